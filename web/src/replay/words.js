// What the replay says around the canvas: what is shown, what lines and marks mean, the moment in words.
import { element } from "../card.js";
import { duration, nth, number, percent, short } from "../format.js";
import { clustering, isSeed, isThere } from "./recording.js";
import { areShared, areTogether } from "./seats.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./recording.js").Moment} Moment */

/** Letters of a name in the legend at most: a phone is as wide. */
const LETTERS = 34;

/** @param {Recording} film */
export function noteOf(film) {
  const ends = film.end < film.runEnd - 1;
  const [shown, total] = [number(film.peers.length), number(film.total)];
  const sample = film.oneOf === 1 ? (ends ? `The first ${shown} of ${total} peers are shown.` : film.total === 1 ? "The one peer is shown." : `All ${shown} peers are shown.`)
    : `A sample: ${shown} of ${total} peers, ${film.oneOf > film.total ? "the first" : `every ${nth(film.oneOf)}`} of each group${ends ? " that came until the replay ends" : ""}. Small dots inside a ring are peers of its group that are not in the sample, `
      + "while one that is deals with them; so all slots of the sample are here, and shares are those of all its slots.";
  const brief = film.shortest > 0 ? ` Slots and transfers shorter than ${number(film.shortest)} s are left out, here and in the shares.` : "";
  const brevity = ends ? ` The replay ends after ${duration(film.end)} of ${duration(film.runEnd)}: most of those shown have left by then.` : "";
  const ring = areTogether(film) ? " The groups are too many for a ring each: all leechers stand on one." : "";
  return `${sample}${brevity}${brief}${ring} A line is a slot: an arrow from who unchokes to who is unchoked, in the colour of its sender. ${areShared(film) ? "Once a peer has left, its place is free for another one; r" : "R"}ings go clockwise by upload capacity${areShared(film) ? ", as far as places are free" : ""}.`;
}

/** @param {Recording} film @param {(group: string) => string} colourOf */
export function legendOf(film, colourOf) {
  const leeching = film.groups.filter((_, g) => film.peers.some((peer) => peer.group === g && !peer.seed));
  const groups = leeching.filter((name) => colourOf(name) !== "var(--soft)");
  const others = leeching.length - groups.length;
  const item = (/** @type {string} */ mark, /** @type {string} */ name, style = "") => element("li", { title: name }, element("i", { class: mark, style }), short(name, LETTERS));
  return element("ul", { class: "legend" }, ...groups.map((name) => item("dot", name, `background:${colourOf(name)}`)), ...(others > 0 ? [item("dot", `${number(others)} other groups`, "background:var(--soft)")] : []),
    item("line both", "answered: both unchoke each other"), item("line one-way", "one way"), item("line dashed", "optimistic"), item("bead", "a transfer runs"), item("line idle", "idle"),
    item("pie", "share of the file"), item("double", "complete"), item("square", "initial seed"),
    item("pulse", "completes just now"), item("fading", "joins or leaves: fades in or out"), item("absent", "free place"),
    ...(film.oneOf === 1 ? [] : [item("partner", "not in the sample")]));
}

/** The moment in words. @param {Recording} film @param {Moment} moment */
export function factsOf(film, moment) {
  const there = film.peers.filter((peer) => isThere(peer, moment.now));
  const seeds = there.filter((peer) => isSeed(peer, moment.now)).length;
  const found = clustering(film, moment);
  // A number and its % stay in one line.
  const whole = (/** @type {number} */ share) => percent(Math.round(share * 100) / 100).replace(" ", "\u00a0");
  const text = `Leechers${film.oneOf === 1 ? "" : " shown"}: ${there.length - seeds}, seeds: ${seeds}.`;
  if (found === null) return text;
  const own = film.groups.flatMap((name, g) => (found.own[g] === null ? [] : [`${name} ${whole(found.own[g])}`]));
  const stay = areTogether(film) ? ` Stay in their own group: ${whole(found.any)}.` : own.length > 1 ? ` Stay in their own group: ${own.join(", ")}.` : "";
  return `${text} The leechers give ${number(found.given)} slots. Answered, so that both unchoke each other: ${whole(found.both)}.${stay}`;
}
