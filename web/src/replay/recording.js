// What was recorded, and what held at a moment of it. Times are in seconds here; the page carries tenths.

/** @typedef {{ id: number, group: number, upload: number }} Partner a peer that is not shown, but has dealt with one that is */
/** @typedef {Partner & { seed: boolean, download: number | null, joined: number, completed: number | null, left: number | null, reason: string | null,
 *   progress: [number, number][], begun: (number | null)[], whole: (number | null)[] }} Peer */
/** @typedef {{ from: number, to: number, start: number, end: number }} Span places among `all`: peers, then partners */
/** @typedef {Span & { optimistic: boolean, bytes: number, whole: Whole }} Slot one peer unchoked by another, as long as it is of one kind; it is a part of the `whole` */
/** @typedef {{ start: number, end: number, bytes: number, turns: boolean }} Whole `turns`: from optimistic to regular, or back */
/** @typedef {{ end: number, runEnd: number, total: number, oneOf: number, shortest: number, chunks: number, steps: number, fullMesh: boolean, groups: string[], peers: Peer[],
 *   all: Partner[], slots: Slot[], transfers: Span[], connections: Span[] | null }} Recording */
/** @typedef {{ now: number, slots: Slot[], both: (slot: Span) => boolean, sending: (slot: Span) => boolean }} Moment the slots that are taken, which of them are answered, and which are in use */

/** @param {any} data @returns {Recording} */
export function recording(data) {
  const time = (/** @type {any} */ tenths) => (tenths === null ? null : tenths / 10);
  const span = (/** @type {number[]} */ [from, to, start, end]) => ({ from, to, start: start / 10, end: end / 10 });
  const peers = data.peers.map((/** @type {any} */ p) => ({ ...p, joined: p.joined / 10, completed: time(p.completed), left: time(p.left),
    progress: p.progress.map((/** @type {[number, number]} */ [at, step]) => [at / 10, step]), begun: (p.begun ?? p.whole).map(time), whole: p.whole.map(time) }));
  return {
    end: data.end / 10, runEnd: data.run_end, total: data.peers_in_run, oneOf: data.one_of, shortest: data.shortest_s, chunks: data.chunks, steps: data.steps, fullMesh: data.full_mesh,
    groups: data.groups, peers,
    all: [...peers, ...data.partners.map((/** @type {number[]} */ [id, group, upload]) => ({ id, group, upload }))],
    slots: slotsOf(data.unchokes.map((/** @type {number[]} */ row) => ({ ...span(row), optimistic: row[4] === 1, bytes: row[5] }))),
    transfers: data.transfers.map(span), connections: data.connections?.map(span) ?? null,
  };
}

/** A slot that turns is a row of each kind, each of which begins as the one before ends. @param {Omit<Slot, "whole">[]} rows @returns {Slot[]} */
function slotsOf(rows) {
  /** @type {Map<number, Slot>} */
  const latest = new Map();
  const slots = rows.map((row) => ({ ...row, whole: { start: row.start, end: row.end, bytes: row.bytes, turns: false } }));
  for (const slot of [...slots].sort((one, other) => one.start - other.start)) {
    const before = latest.get(way(slot.from, slot.to));
    if (before && before.end === slot.start && before.optimistic !== slot.optimistic) {
      slot.whole = Object.assign(before.whole, { end: slot.end, bytes: before.whole.bytes + slot.bytes, turns: true });
    }
    latest.set(way(slot.from, slot.to), slot);
  }
  return slots;
}

/** @param {Span[]} spans @param {number} now */
const lasting = (spans, now) => /** @type {any[]} */ (spans.filter((span) => span.start <= now && now < span.end));

/** @param {number} from @param {number} to */
const way = (from, to) => from * 2 ** 20 + to;

/** What holds at a moment. @param {Recording} film @param {number} now @returns {Moment} */
export function momentOf(film, now) {
  const slots = /** @type {Slot[]} */ (lasting(film.slots, now));
  const given = new Set(slots.map((slot) => way(slot.from, slot.to)));
  const used = new Set(lasting(film.transfers, now).map((span) => way(span.from, span.to)));
  return { now, slots, both: (slot) => given.has(way(slot.to, slot.from)), sending: (slot) => used.has(way(slot.from, slot.to)) };
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

/** How much of each part of the file a peer has: 0 none, 1 some, 2 all. @param {Peer} peer @param {number} now */
export function partsOf(peer, now) {
  const reached = (/** @type {number | null} */ at) => (at !== null && at <= now ? 1 : 0);
  return peer.whole.map((at, part) => reached(at) + reached(peer.begun[part]));
}

/** The neighbours of a peer, as places among `all`; `null` where they were not recorded. @param {Recording} film @param {number} i @param {number} now */
export function neighboursOf(film, i, now) {
  if (film.fullMesh) return film.oneOf > 1 ? null : film.peers.flatMap((peer, j) => (j !== i && isThere(peer, now) && isThere(film.peers[i], now) ? [j] : []));
  return film.connections && lasting(film.connections.filter((span) => span.from === i || span.to === i), now).map((span) => (span.from === i ? span.to : span.from));
}

/**
 * Of the slots that the leechers shown give, the share that is answered, the share that stays in the own group, and for each group the share that stays in it; `null` without any slot. Whoever is at the
 * other end, shown or not, all slots of the peers shown are recorded both ways.
 * @param {Recording} film @param {Moment} moment
 */
export function clustering(film, { now, slots, both }) {
  const given = slots.filter((slot) => slot.from < film.peers.length && !isSeed(film.peers[slot.from], now));
  if (given.length === 0) return null;
  const share = (/** @type {Slot[]} */ list, /** @type {(slot: Slot) => boolean} */ holds) => (list.length === 0 ? null : list.filter(holds).length / list.length);
  const own = film.groups.map((_, g) => share(given.filter((slot) => film.all[slot.from].group === g), (slot) => film.all[slot.to].group === g));
  return { own, any: share(given, (slot) => film.all[slot.from].group === film.all[slot.to].group) ?? 0, both: share(given, both) ?? 0, given: given.length };
}
