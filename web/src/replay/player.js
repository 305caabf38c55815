// The replay in the page: a canvas, a panel, and what moves the time.
import { card, element } from "../card.js";
import { duration } from "../format.js";
import { drawSwarm } from "./draw.js";
import { foundChart } from "./found.js";
import { layout } from "./layout.js";
import { fillPanel, sentence } from "./panel.js";
import { isThere, momentOf, recording } from "./recording.js";
import { factsOf, legendOf, noteOf } from "./words.js";

/** @typedef {import("./recording.js").Recording} Recording */

/** Moments that are tried for the picture that the replay opens with. */
const TRIED = 50;

/** A canvas that is higher, as on a projector, shows the same picture larger: dots, lines and names. */
const HEIGHT = 640;

/** Seconds of the run in a second. */
const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000];

/** The name of the colour of a group. @typedef {(group: string) => string} ColourOf */

/** Fills the place of the replay, when somebody joined; what it returns gives the groups other colours. @param {any} data @param {HTMLElement} place @param {ColourOf} colourOf @returns {(colourOf: ColourOf) => void} */
export function replayCard(data, place, colourOf) {
  const film = recording(data);
  if (film.peers.length === 0) return () => {};
  const parts = {
    canvas: /** @type {HTMLCanvasElement} */ (element("canvas", { class: "swarm", tabindex: "0", role: "application", "aria-describedby": "replay-help",
      "aria-label": "The swarm. Arrow keys go from peer to peer, Enter chooses one, Escape lets it go, Space plays and pauses." })),
    play: element("button", { type: "button", class: "play" }, "Play"),
    time: /** @type {HTMLInputElement} */ (element("input", { type: "range", min: "0", max: String(film.end), step: "any", value: "0", "aria-label": "Time" })),
    speed: /** @type {HTMLSelectElement} */ (element("select", { "aria-label": "Speed" }, ...SPEEDS.map((n) => element("option", { value: String(n) }, `${n} × speed`)))),
    answered: /** @type {HTMLInputElement} */ (element("input", { type: "checkbox" })),
    clock: element("span", { class: "clock" }), facts: element("p", { class: "facts" }), panel: element("div", { class: "panel", role: "group", "aria-label": "The peer that is chosen" }),
    status: element("p", { class: "hidden", role: "status" }),
  };
  parts.speed.value = String(SPEEDS.find((n) => film.end / n <= 90) ?? SPEEDS.at(-1));
  const controls = element("div", { class: "controls" }, parts.time, parts.play, parts.clock, parts.speed, element("label", { class: "answered" }, parts.answered, " answered slots only"));
  let legend = legendOf(film, colourOf);
  const made = card("Replay: who unchokes whom", noteOf(film), [legend, element("div", { class: "stage" }, element("div", {}, parts.canvas, controls, parts.facts), parts.panel), parts.status], true);
  made.querySelector(".note")?.setAttribute("id", "replay-help");
  if (document.fullscreenEnabled) controls.append(fullScreen(made));
  place.className = "wide replay";
  let found = foundChart(film, colourOf);
  place.append(made, found);
  place.hidden = false;
  const recolour = operate(film, parts, colourOf);
  return (next) => {
    const [newLegend, newFound] = [legendOf(film, next), foundChart(film, next)];
    legend.replaceWith(newLegend);
    found.replaceWith(newFound);
    [legend, found] = [newLegend, newFound];
    recolour(next);
  };
}

/** Shows the replay alone, for a lecture, and the page again. @param {HTMLElement} whole */
function fullScreen(whole) {
  const button = element("button", { type: "button" }, "Full screen");
  whole.addEventListener("fullscreenchange", () => {
    button.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
    // There it scrolls, by keys too.
    /** @type {HTMLElement} */ (whole.querySelector(".panel")).tabIndex = document.fullscreenElement ? 0 : -1;
  });
  button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : whole.requestFullscreen()));
  return button;
}

/** Makes the parts work; what it returns gives the groups other colours. @param {Recording} film @param {any} parts @param {ColourOf} colourOf @returns {(colourOf: ColourOf) => void} */
function operate(film, parts, colourOf) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  // It opens where something is seen, and is played from there.
  const state = { now: firstSeen(film), playing: false, cursor: -1, chosen: -1, last: 0 };
  /** @type {import("./layout.js").Layout} */
  let places = { points: [], seats: [], rings: [], size: 1, width: 0, height: 0 };
  const speed = () => Number(parts.speed.value);
  let names = film.groups.map(colourOf);

  const draw = () => {
    const { canvas } = parts;
    // Not those that it has now: paper scales the picture.
    const { width, height } = places;
    const context = canvas.getContext("2d");
    if (!context || width === 0) return;
    const style = getComputedStyle(document.documentElement);
    const plain = (/** @type {string} */ name) => style.getPropertyValue(name.replace(/^var\(|\)$/g, "")).trim();
    const moment = momentOf(film, state.now);
    context.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
    drawSwarm({ context, film, layout: places, colours: names.map(plain), ink: plain("--ink"), soft: plain("--soft"), line: plain("--line"), card: plain("--card"),
      view: { moment, fade: calm.matches ? 1e-9 : 0.6 * speed(), cursor: document.activeElement === canvas ? state.cursor : -1, chosen: state.chosen, answered: parts.answered.checked, paper: matchMedia("print").matches } }, width, height);
    parts.clock.textContent = duration(Math.floor(state.now));
    parts.time.value = String(state.now);
    parts.time.setAttribute("aria-valuetext", duration(Math.floor(state.now)));
    parts.facts.textContent = factsOf(film, moment);
    fillPanel(parts.panel, film, state.chosen, moment, names);
  };
  const say = (peer = state.chosen) => {
    const moment = momentOf(film, Math.floor(state.now * 10) / 10);
    parts.status.textContent = peer < 0 ? `${duration(Math.floor(state.now))}. ${factsOf(film, moment)}` : sentence(film, peer, moment);
  };
  const play = (/** @type {boolean} */ on) => {
    if (on && state.now >= film.end) state.now = 0;
    state.playing = on;
    parts.play.textContent = on ? "Pause" : "Play";
    state.last = performance.now();
    if (on) requestAnimationFrame(frame);
    else say();
    draw();
  };
  // Without motion the time goes on in steps of half a second.
  const frame = (/** @type {number} */ at) => {
    if (!state.playing) return;
    requestAnimationFrame(frame);
    const passed = (at - state.last) / 1e3;
    if (passed < (calm.matches ? 0.5 : 0)) return;
    state.last = at;
    state.now = Math.min(film.end, state.now + Math.min(passed, 1) * speed());
    if (state.now >= film.end) play(false);
    else draw();
  };
  const choose = (/** @type {number} */ peer) => {
    state.chosen = state.cursor = peer;
    draw();
    say();
  };

  parts.play.addEventListener("click", () => play(!state.playing));
  for (const part of [parts.speed, parts.answered]) part.addEventListener("change", draw);
  parts.time.addEventListener("input", () => { state.now = Number(parts.time.value); draw(); });
  parts.time.addEventListener("change", () => say());
  for (const event of ["focus", "blur"]) parts.canvas.addEventListener(event, draw);
  parts.canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const zoom = parts.canvas.clientWidth / places.width;
    choose(nearestPeer(places, there(film, state.now), event.offsetX / zoom, event.offsetY / zoom));
  });
  parts.canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (step !== undefined) {
      state.cursor = nextPeer(there(film, state.now), state.cursor, step);
      if (state.cursor >= 0) say(state.cursor);
      draw();
    } else if (event.key === "Enter") choose(state.cursor);
    else if (event.key === "Escape") choose(-1);
    else if (event.key === " ") play(!state.playing);
    else return;
    event.preventDefault();
  });
  new ResizeObserver(() => requestAnimationFrame(() => {
    const { canvas } = parts;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = width * devicePixelRatio;
    canvas.height = height * devicePixelRatio;
    const zoom = Math.max(1, Math.min(width, height) / HEIGHT);
    places = layout(film, width / zoom, height / zoom);
    draw();
  })).observe(parts.canvas);
  for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", draw);
  // On paper the start would be an empty picture.
  addEventListener("beforeprint", () => { if (state.now === 0) { play(false); state.now = film.end / 4; draw(); } });
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return (next) => { names = film.groups.map(next); draw(); };
}

/** The first moment at which half as many slots are taken as ever. @param {Recording} film */
function firstSeen(film) {
  const taken = [...Array(TRIED).keys()].map((k) => momentOf(film, (film.end * k) / TRIED).slots.length);
  const busy = taken.findIndex((slots) => slots > 0 && slots >= Math.max(...taken) / 2);
  return (film.end * Math.max(0, busy)) / TRIED;
}

/** The peers that can be chosen: those that are there, for a place may be that of another later. @param {Recording} film @param {number} now */
const there = (film, now) => film.peers.flatMap((peer, i) => (isThere(peer, now) ? [i] : []));

/** The peer among `shown` after the one at `cursor`, or before it; the first follows the last. -1: there is none. @param {number[]} shown @param {number} cursor @param {number} step */
const nextPeer = (shown, cursor, step) => (step > 0 ? shown.find((i) => i > cursor) ?? shown[0] : shown.filter((i) => i < cursor).at(-1) ?? shown.at(-1)) ?? -1;

/** The peer at a place of the canvas among those `shown`; -1: there is none. @param {import("./layout.js").Layout} places @param {number[]} shown @param {number} x @param {number} y */
function nearestPeer(places, shown, x, y) {
  const away = shown.map((i) => Math.hypot(places.points[i].x - x, places.points[i].y - y));
  const nearest = away.indexOf(Math.min(...away));
  return away[nearest] <= Math.max(14, places.size + 6) ? shown[nearest] : -1;
}
