// Which place on the ring of its group a peer has: it keeps it while it is there, then it is free for one that comes. Of many groups all have one ring.
import { COLOURS_MAX } from "../charts/colours.js";
import { isThere } from "./recording.js";

/** @typedef {import("./recording.js").Recording} Recording */

/** The peers of a group that stand on its ring: all but initial seeds. @param {Recording} film @param {number} group */
export const membersOf = (film, group) => film.peers.flatMap((peer, i) => (peer.group === group && !peer.seed ? [i] : []));

/** What has a ring: each group that has leechers, or all of them together where they are many. @param {Recording} film @returns {{ name: string, groups: number[] }[]} */
export function ringsOf(film) {
  const groups = film.groups.map((_, group) => group).filter((group) => membersOf(film, group).length > 0);
  return groups.length > COLOURS_MAX ? [{ name: `${groups.length} groups`, groups }] : groups.map((group) => ({ name: film.groups[group], groups: [group] }));
}

/** @param {Recording} film */
export const areTogether = (film) => ringsOf(film).some(({ groups }) => groups.length > 1);

/** @param {Recording} film @param {number[]} members */
export const byUpload = (film, members) => [...members].sort((a, b) => film.all[a].upload - film.all[b].upload || a - b);

/**
 * How many places `members` need, and the place of each, from 0: as many as are ever there at once. Who comes takes the free one that is nearest to its rank by upload capacity;
 * where nobody ever leaves before the last has come, that is its rank.
 * @param {Recording} film @param {number[]} members @returns {{ count: number, of: Map<number, number> }}
 */
export function seatsOf(film, members) {
  const { peers } = film;
  const atOnce = members.map((i) => members.filter((j) => j === i || isThere(peers[j], peers[i].joined)).length);
  const count = Math.max(0, ...atOnce);
  const ranks = new Map(byUpload(film, members).map((i, rank) => [i, rank]));
  const until = Array(count).fill(-Infinity);
  const of = new Map();
  for (const i of [...members].sort((a, b) => peers[a].joined - peers[b].joined || a - b)) {
    const wish = ((ranks.get(i) ?? 0) * count) / members.length;
    const free = [...until.keys()].filter((seat) => until[seat] <= peers[i].joined);
    const seat = free.reduce((best, each) => (Math.abs(each - wish) < Math.abs(best - wish) ? each : best));
    until[seat] = peers[i].left ?? Infinity;
    of.set(i, seat);
  }
  return { count, of };
}

/** Whether a place is ever had by two. @param {Recording} film */
export const areShared = (film) => ringsOf(film).some(({ groups }) => {
  const members = groups.flatMap((group) => membersOf(film, group));
  return seatsOf(film, members).count < members.length;
});
