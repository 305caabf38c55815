// What is said about the peer that is chosen.
import { element } from "../card.js";
import { duration, number, percent } from "../format.js";
import { isSeed, isThere, progress, taken } from "./recording.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./recording.js").Peer} Peer */
/** @typedef {import("./recording.js").Slot} Slot */

/** @param {Recording} film @param {Peer} peer @param {number} now */
export function stateOf(film, peer, now) {
  if (now < peer.joined) return `joins after ${duration(peer.joined)}`;
  if (!isThere(peer, now)) return `left after ${duration(peer.left)} (${peer.reason}) with ${percent(progress(film, peer, now))} of the file`;
  if (peer.seed) return "initial seed: has the whole file";
  return isSeed(peer, now) ? `seed: complete since ${duration(peer.completed)}` : `leecher: has ${percent(progress(film, peer, now))} of the file`;
}

/** @param {Recording} film @param {Peer} peer */
export const nameOf = (film, peer) => `Peer ${peer.id} of ${film.groups[peer.group]}`;

/** One sentence about a peer, for screen readers. @param {Recording} film @param {number} i @param {number} now */
export function sentence(film, i, now) {
  const slots = taken(film, now);
  const [serves, served] = [slots.filter((slot) => slot.from === i).length, slots.filter((slot) => slot.to === i).length];
  return `${nameOf(film, film.peers[i])} at ${duration(now)}: ${stateOf(film, film.peers[i], now)}; unchokes ${serves}, unchoked by ${served} of the peers shown.`;
}

/** Fills the panel. @param {HTMLElement} panel @param {Recording} film @param {number} chosen @param {number} now @param {string[]} colours */
export function fillPanel(panel, film, chosen, now, colours) {
  if (chosen < 0) {
    panel.replaceChildren(element("p", { class: "note" }, "Click a peer, or go to the swarm with Tab, choose one with the arrow keys and press Enter: its partners appear here."));
    return;
  }
  const peer = film.peers[chosen];
  const rate = (/** @type {number | null} */ bytes) => (bytes === null ? "unlimited" : `${number(bytes / 1e3)} kB/s`);
  const slots = taken(film, now);
  panel.replaceChildren(
    element("h3", {}, element("i", { style: `background:${colours[peer.group]}` }), nameOf(film, peer)),
    element("p", {}, stateOf(film, peer, now)),
    element("p", { class: "note" }, `upload ${rate(peer.upload)}, download ${rate(peer.download)}`),
    partners("Unchokes", slots.filter((slot) => slot.from === chosen), (slot) => slot.to),
    partners("Unchoked by", slots.filter((slot) => slot.to === chosen), (slot) => slot.from));

  /** @param {string} title @param {Slot[]} list @param {(slot: Slot) => number} other */
  function partners(title, list, other) {
    const rows = [...list].sort((a, b) => other(a) - other(b)).map((slot) => {
      const partner = film.peers[other(slot)];
      const mean = slot.bytes / (slot.end - slot.start) / 1e3;
      const kind = slot.optimistic ? ", optimistic" : "";
      return element("li", {}, element("i", { style: `background:${colours[partner.group]}` }),
        `${partner.id} ${film.groups[partner.group]}: ${number(Math.round(mean * 10) / 10)} kB/s for ${duration(Math.round(slot.end - slot.start))}${kind}`);
    });
    return element("div", {}, element("h4", {}, `${title} ${rows.length}`), element("ul", {}, ...rows));
  }
}
