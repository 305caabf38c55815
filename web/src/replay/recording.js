// What was recorded, and what held at a moment of it. Times are in seconds here; the page carries tenths.

/** @typedef {{ id: number, group: number, seed: boolean, upload: number, download: number | null, joined: number, completed: number | null,
 *   left: number | null, reason: string | null, progress: [number, number][] }} Peer */
/** @typedef {{ from: number, to: number, start: number, end: number, optimistic: boolean, bytes: number }} Slot one peer unchoked by another */
/** @typedef {{ end: number, total: number, oneOf: number, shortest: number, steps: number, groups: string[], peers: Peer[], slots: Slot[] }} Recording */

/** @param {any} data @returns {Recording} */
export function recording(data) {
  const time = (/** @type {any} */ tenths) => (tenths === null ? null : tenths / 10);
  return {
    end: data.end / 10, total: data.peers_in_run, oneOf: data.one_of, shortest: data.shortest_s, steps: data.steps, groups: data.groups,
    peers: data.peers.map((/** @type {any} */ p) => ({ ...p, joined: p.joined / 10, completed: time(p.completed), left: time(p.left),
      progress: p.progress.map((/** @type {[number, number]} */ [at, step]) => [at / 10, step]) })),
    slots: data.unchokes.map((/** @type {number[]} */ [from, to, start, end, optimistic, bytes]) =>
      ({ from, to, start: start / 10, end: end / 10, optimistic: optimistic === 1, bytes })),
  };
}

/** @param {Peer} peer @param {number} now */
export const isThere = (peer, now) => peer.joined <= now && (peer.left === null || now < peer.left);

/** @param {Peer} peer @param {number} now */
export const isSeed = (peer, now) => peer.seed || (peer.completed !== null && peer.completed <= now);

/** Share of the file that a peer has, in steps. @param {Recording} film @param {Peer} peer @param {number} now */
export function progress(film, peer, now) {
  const reached = peer.progress.filter(([at]) => at <= now).at(-1);
  return reached ? reached[1] / film.steps : 0;
}

/** The slots that are taken at a moment. @param {Recording} film @param {number} now */
export const taken = (film, now) => film.slots.filter((slot) => slot.start <= now && now < slot.end);

/** Finds out whether a slot is answered: its receiver serves its sender too. @param {Slot[]} slots */
export function answered(slots) {
  const key = (/** @type {number} */ from, /** @type {number} */ to) => from * 2 ** 20 + to;
  const ways = new Set(slots.map((slot) => key(slot.from, slot.to)));
  return (/** @type {Slot} */ slot) => ways.has(key(slot.to, slot.from));
}

/** Of the leechers' slots the share that is answered, and for each group the share that stays in it; `null` without any slot. @param {Recording} film @param {number} now */
export function clustering(film, now) {
  const slots = taken(film, now).filter((slot) => !isSeed(film.peers[slot.from], now));
  if (slots.length === 0) return null;
  const both = answered(slots);
  const share = (/** @type {Slot[]} */ list, /** @type {(slot: Slot) => boolean} */ holds) => (list.length === 0 ? null : list.filter(holds).length / list.length);
  const own = film.groups.map((_, g) => share(slots.filter((slot) => film.peers[slot.from].group === g), (slot) => film.peers[slot.to].group === g));
  return { own, both: share(slots, both) ?? 0 };
}
