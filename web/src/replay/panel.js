// What is said about the peer that is chosen: its neighbours, its chunks, its slots.
import { element } from "../card.js";
import { amount, duration, number, percent } from "../format.js";
import { RATES } from "../units.js";
import { isSeed, isThere, neighboursOf, partsOf, progress } from "./recording.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./recording.js").Moment} Moment */
/** @typedef {import("./recording.js").Peer} Peer */
/** @typedef {import("./recording.js").Slot} Slot */

/** How much of the file a peer has: in chunks where each was recorded. @param {Recording} film @param {Peer} peer @param {number} now */
function held(film, peer, now) {
  const share = progress(film, peer, now);
  if (peer.whole.length < film.chunks) return `${percent(share)} of the file`;
  return `${number(partsOf(peer, now).filter((part) => part === 2).length)} of ${number(film.chunks)} chunks`;
}

/** @param {Recording} film @param {Peer} peer @param {number} now */
export function stateOf(film, peer, now) {
  if (now < peer.joined) return `joins after ${duration(peer.joined)}`;
  if (!isThere(peer, now)) return `left after ${duration(peer.left)} (${peer.reason}) with ${held(film, peer, now)}`;
  if (peer.seed) return "initial seed: has the whole file";
  return isSeed(peer, now) ? `seed: complete since ${duration(peer.completed)}` : `leecher: has ${held(film, peer, now)}`;
}

/** @param {Recording} film @param {Peer} peer */
export const nameOf = (film, peer) => `Peer ${peer.id} of ${film.groups[peer.group]}`;

/** Who the neighbours of a peer are, by group. @param {Recording} film @param {number} i @param {number} now */
function neighbours(film, i, now) {
  const list = neighboursOf(film, i, now);
  if (list === null) return film.fullMesh ? "everybody who is there (full mesh)" : "not recorded: there were too many in this run";
  const of = (/** @type {number} */ g) => list.filter((j) => film.all[j].group === g).length;
  const parts = film.groups.flatMap((name, g) => (of(g) > 0 ? [`${of(g)} ${name}`] : []));
  return `${list.length}${parts.length > 1 ? `: ${parts.join(", ")}` : parts.length ? ` ${film.groups[film.all[list[0]].group]}` : ""}`;
}

/** One sentence about a peer, for screen readers. @param {Recording} film @param {number} i @param {Moment} moment */
export function sentence(film, i, { now, slots }) {
  const [serves, served] = [slots.filter((slot) => slot.from === i).length, slots.filter((slot) => slot.to === i).length];
  return `${nameOf(film, film.peers[i])} at ${duration(now)}: ${stateOf(film, film.peers[i], now)}; neighbours: ${neighbours(film, i, now)}; unchokes ${serves}, unchoked by ${served}.`;
}

/** Fills the panel. @param {HTMLElement} panel @param {Recording} film @param {number} chosen @param {Moment} moment @param {string[]} colours */
export function fillPanel(panel, film, chosen, moment, colours) {
  if (chosen < 0) {
    panel.replaceChildren(element("p", { class: "note" }, "Click a peer, or go to the swarm with Tab, choose one with the arrow keys and press Enter: its neighbours, chunks and slots appear here."));
    return;
  }
  const { now, slots } = moment;
  const peer = film.peers[chosen];
  const given = slots.filter((slot) => slot.from === chosen);
  const got = slots.filter((slot) => slot.to === chosen);
  panel.replaceChildren(
    element("h3", {}, element("i", { style: `background:${colours[peer.group]}` }), nameOf(film, peer)),
    element("p", {}, stateOf(film, peer, now)),
    element("p", { class: "note" }, `upload capacity ${rate(peer.upload)}, download ${rate(peer.download)}`),
    map(film, peer, now, colours[peer.group]),
    element("p", {}, element("strong", {}, "Neighbours "), element("span", { class: "neighbours" }, neighbours(film, chosen, now))),
    element("p", { class: "note" }, "Of each slot: the partner and its upload capacity; the mean rate of the slot, and how much of its time has passed."),
    partners("Unchokes", given, (slot) => slot.to), partners("Unchoked by", got, (slot) => slot.from));

  /** @param {string} title @param {Slot[]} list @param {(slot: Slot) => number} other */
  function partners(title, list, other) {
    const rows = [...list].sort((a, b) => other(a) - other(b)).map((slot) => {
      const partner = film.all[other(slot)];
      const { start, end, bytes, turns } = slot.whole;
      const kind = slot.optimistic ? "optimistic" : turns ? "regular" : "";
      const marks = [turns ? `${kind} now` : kind, moment.both(slot) ? "answered" : "", moment.sending(slot) ? "" : "idle now", other(slot) < film.peers.length ? "" : "not shown"].filter(Boolean);
      return element("li", {}, element("i", { style: `background:${colours[partner.group]}` }),
        `${partner.id} ${film.groups[partner.group]}, ${rate(partner.upload)}: ${rate(bytes / (end - start))}, ${duration(Math.floor(now - start))} of ${duration(Math.round(end - start))}${marks.length ? ` (${marks.join(", ")})` : ""}`);
    });
    return element("div", {}, element("h4", {}, `${title} ${rows.length}`), element("ul", {}, ...rows));
  }
}

/** @param {number | null} bytes */
const rate = (bytes) => (bytes === null ? "unlimited" : amount(bytes, RATES));

/** The file as a strip of cells: filled where the peer has the chunks, half where it has some of them. @param {Recording} film @param {Peer} peer @param {number} now @param {string} colour */
function map(film, peer, now, colour) {
  const parts = partsOf(peer, now);
  const columns = Math.min(parts.length, 32);
  const canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { class: "chunks", role: "img", "aria-label": `Chunk map: ${held(film, peer, now)}` }));
  [canvas.width, canvas.height] = [columns * 16, Math.ceil(parts.length / columns) * 16];
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  const plain = getComputedStyle(document.documentElement);
  const value = (/** @type {string} */ name) => plain.getPropertyValue(name.replace(/^var\(|\)$/g, "")).trim();
  const [full, empty] = [value(colour), value("--line")];
  parts.forEach((part, i) => {
    const [x, y] = [(i % columns) * 16, Math.floor(i / columns) * 16];
    context.fillStyle = empty;
    context.fillRect(x, y, 14, 14);
    context.fillStyle = full;
    if (part > 0) context.fillRect(x, y + (part === 2 ? 0 : 7), 14, part === 2 ? 14 : 7);
  });
  return canvas;
}
