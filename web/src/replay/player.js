// The replay in the page: a canvas, a panel, and what moves the time.
import { card, element } from "../card.js";
import { duration, number, percent } from "../format.js";
import { drawSwarm } from "./draw.js";
import { layout } from "./layout.js";
import { fillPanel, sentence } from "./panel.js";
import { clustering, isSeed, isThere, recording } from "./recording.js";

/** @typedef {import("./recording.js").Recording} Recording */

/** Seconds of the run in a second. */
const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000];

/** Fills the place of the replay, when somebody joined. `colourOf` names the colour of a group. @param {any} data @param {HTMLElement} place @param {(group: string) => string} colourOf */
export function replayCard(data, place, colourOf) {
  const film = recording(data);
  if (film.peers.length === 0) return;
  const parts = {
    canvas: /** @type {HTMLCanvasElement} */ (element("canvas", { tabindex: "0", role: "application", "aria-describedby": "replay-help",
      "aria-label": "The swarm. Arrow keys go from peer to peer, Enter chooses one, Escape lets it go, Space plays and pauses." })),
    play: element("button", { type: "button", class: "play" }, "Play"),
    time: /** @type {HTMLInputElement} */ (element("input", { type: "range", min: "0", max: String(film.end), step: "any", value: "0", "aria-label": "Time" })),
    speed: /** @type {HTMLSelectElement} */ (element("select", { "aria-label": "Speed" }, ...SPEEDS.map((n) => element("option", { value: String(n) }, `${n} × speed`)))),
    clock: element("span", { class: "clock" }), facts: element("p", { class: "facts" }), panel: element("div", { class: "panel" }),
    status: element("p", { class: "hidden", role: "status" }),
  };
  parts.speed.value = String(SPEEDS.find((n) => film.end / n <= 90) ?? SPEEDS.at(-1));
  const controls = element("div", { class: "controls" }, parts.play, parts.clock, parts.time, parts.speed);
  const made = card("Replay: who unchokes whom", note(film), [legend(film, colourOf), element("div", { class: "stage" }, element("div", {}, parts.canvas, controls, parts.facts), parts.panel), parts.status], true);
  made.querySelector(".note")?.setAttribute("id", "replay-help");
  place.className = "wide";
  place.append(made);
  place.hidden = false;
  operate(film, parts, colourOf);
}

/** @param {Recording} film */
function note(film) {
  const sample = film.oneOf === 1 ? `All ${film.peers.length} peers are shown.`
    : `${film.peers.length} of ${film.total} peers are shown, every ${film.oneOf}th of each group, and only what is between them.`;
  const brief = film.shortest > 0 ? ` Slots shorter than ${number(film.shortest)} s are left out.` : "";
  return `${sample}${brief} A line is a slot: an arrow from who unchokes to who is unchoked, in the colour of its sender. Rings go clockwise by upload capacity.`;
}

/** @param {Recording} film @param {(group: string) => string} colourOf */
function legend(film, colourOf) {
  const groups = film.groups.filter((_, g) => film.peers.some((peer) => peer.group === g && !peer.seed));
  const item = (/** @type {string} */ mark, /** @type {string} */ name, style = "") => element("li", {}, element("i", { class: mark, style }), name);
  return element("ul", { class: "legend" }, ...groups.map((name) => item("dot", name, `background:${colourOf(name)}`)),
    item("line both", "both unchoke each other"), item("line", "one way"), item("line dashed", "optimistic"),
    item("pie", "share of the file"), item("double", "complete"), item("square", "initial seed"));
}

/** @param {Recording} film @param {any} parts @param {(group: string) => string} colourOf */
function operate(film, parts, colourOf) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const state = { now: 0, playing: false, cursor: -1, chosen: -1, last: 0 };
  /** @type {import("./layout.js").Layout} */
  let places = { points: [], rings: [], size: 1 };
  const speed = () => Number(parts.speed.value);
  const names = film.groups.map(colourOf);

  const draw = () => {
    const { canvas } = parts;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const context = canvas.getContext("2d");
    if (!context || width === 0) return;
    const style = getComputedStyle(document.documentElement);
    const plain = (/** @type {string} */ name) => style.getPropertyValue(name.replace(/^var\(|\)$/g, "")).trim();
    context.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
    drawSwarm({ context, film, layout: places, colours: names.map(plain), ink: plain("--ink"), soft: plain("--soft"), line: plain("--line"), card: plain("--card"),
      view: { now: state.now, fade: calm.matches ? 1e-9 : 0.6 * speed(), cursor: document.activeElement === canvas ? state.cursor : -1, chosen: state.chosen } }, width, height);
    parts.clock.textContent = duration(Math.floor(state.now));
    parts.time.value = String(state.now);
    parts.time.setAttribute("aria-valuetext", duration(Math.floor(state.now)));
    parts.facts.textContent = facts(film, state.now);
    fillPanel(parts.panel, film, state.chosen, state.now, names);
  };
  const say = () => { parts.status.textContent = state.chosen < 0 ? `${duration(Math.floor(state.now))}. ${facts(film, state.now)}` : sentence(film, state.chosen, Math.floor(state.now * 10) / 10); };
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
  parts.speed.addEventListener("change", draw);
  parts.time.addEventListener("input", () => { state.now = Number(parts.time.value); draw(); });
  parts.time.addEventListener("change", say);
  for (const event of ["focus", "blur"]) parts.canvas.addEventListener(event, draw);
  parts.canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => choose(nearestPeer(places, event.offsetX, event.offsetY)));
  parts.canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (step !== undefined) {
      state.cursor = (Math.max(state.cursor, step < 0 ? 0 : -1) + step + film.peers.length) % film.peers.length;
      parts.status.textContent = sentence(film, state.cursor, state.now);
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
    places = layout(film, width, height);
    draw();
  })).observe(parts.canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
}

/** The peer at a place of the canvas; -1: there is none. @param {import("./layout.js").Layout} places @param {number} x @param {number} y */
function nearestPeer(places, x, y) {
  const away = places.points.map((point) => Math.hypot(point.x - x, point.y - y));
  const nearest = away.indexOf(Math.min(...away));
  return away[nearest] <= Math.max(14, places.size + 6) ? nearest : -1;
}

/** The moment in words. @param {Recording} film @param {number} now */
function facts(film, now) {
  const there = film.peers.filter((peer) => isThere(peer, now));
  const seeds = there.filter((peer) => isSeed(peer, now)).length;
  const found = clustering(film, now);
  const whole = (/** @type {number} */ share) => percent(Math.round(share * 100) / 100);
  const text = `Leechers: ${there.length - seeds}, seeds: ${seeds}.`;
  if (found === null) return text;
  const own = film.groups.flatMap((name, g) => (found.own[g] === null ? [] : [`${name} ${whole(found.own[g])}`]));
  const stay = own.length > 1 ? ` Leechers' slots that stay in their own group: ${own.join(", ")}.` : "";
  return `${text}${stay} Leechers' slots that are answered, so that both unchoke each other: ${whole(found.both)}.`;
}
