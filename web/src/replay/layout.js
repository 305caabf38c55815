// Where peers stand: each group on a ring of its own, by upload capacity; initial seeds in the middle. Who is not shown is a dot somewhere inside its ring.
import { membersOf, ringsOf, seatsOf } from "./seats.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {{ x: number, y: number }} Point */
/** `seats`: all places, taken or not. @typedef {{ points: Point[], seats: Point[], rings: { name: string, x: number, y: number, radius: number, above: boolean }[], size: number, width: number, height: number }} Layout */

/** What stands together: `members` on `seats`, and partners inside. @typedef {{ name: string, members: number[], seats: ReturnType<typeof seatsOf>, partners: number[] }} Group */

/** @param {Recording} film @param {number} width @param {number} height @returns {Layout} */
export function layout(film, width, height) {
  const seeds = film.peers.flatMap((peer, i) => (peer.seed ? [i] : []));
  const partners = film.all.map((_, i) => i).slice(film.peers.length);
  const group = (/** @type {string} */ name, /** @type {number[]} */ members, /** @type {number[]} */ inside) => ({ name, members, seats: seatsOf(film, members), partners: inside });
  const groups = ringsOf(film).map((ring) => group(ring.name, ring.groups.flatMap((g) => membersOf(film, g)), partners.filter((i) => ring.groups.includes(film.all[i].group))));
  const rest = partners.filter((i) => groups.every((each) => !each.partners.includes(i)));
  const middle = { ...group("", seeds, rest), x: 0, y: 0, radius: Math.sqrt(seeds.length + rest.length / 8) * 0.6 };
  const rings = [middle, ...around(groups, middle.radius, width > height)];
  const size = rings.reduce((least, ring) => Math.min(least, (Math.PI * ring.radius) / Math.max(ring.seats.count, 6)), 0.7);
  return fitted(rings, size, width, height, film);
}

/** Rings side by side on a circle, without touching each other or what stands in the middle. @param {Group[]} groups @param {number} middle @param {boolean} isWide */
function around(groups, middle, isWide) {
  const radii = groups.map(({ seats }) => Math.sqrt(seats.count + 2));
  if (groups.length === 1) return [{ ...groups[0], x: 0, y: 0, radius: Math.max(radii[0], middle + 2) }];
  const total = radii.reduce((sum, r) => sum + r, 0);
  const next = (/** @type {number} */ k) => (k + 1) % radii.length;
  const angle = (/** @type {number} */ k) => (Math.PI * (radii[k] + radii[next(k)])) / total;
  const needs = radii.map((r, k) => (r + radii[next(k)] + 1.6) / (2 * Math.sin(angle(k) / 2)));
  const distance = Math.max(...needs, ...radii.map((r) => r + middle + 1.4));
  // Two stand beside each other where there is more room than above each other.
  let at = groups.length === 2 && isWide ? -Math.PI : -Math.PI / 2;
  return groups.map((group, k) => {
    const ring = { ...group, x: distance * Math.cos(at), y: distance * Math.sin(at), radius: radii[k] };
    at += angle(k);
    return ring;
  });
}

/** Scaled to the canvas, with room for names above and below the rings. @param {any[]} rings @param {number} size @param {number} width @param {number} height @param {Recording} film @returns {Layout} */
function fitted(rings, size, width, height, film) {
  const pad = 18;
  const label = 26;
  const reach = (/** @type {(ring: any) => number} */ side) => Math.max(...rings.map(side));
  const [left, right] = [-reach((r) => r.radius - r.x), reach((r) => r.x + r.radius)];
  const [top, bottom] = [-reach((r) => r.radius - r.y), reach((r) => r.y + r.radius)];
  const scale = Math.min((width - 2 * pad) / (right - left + 2 * size), (height - 2 * pad - 2 * label) / (bottom - top + 2 * size));
  const stretch = (/** @type {number} */ room, /** @type {number} */ span) => Math.max(1, Math.min(1.4, 1 + (room / scale - span - 2 * size) / (span || 1)));
  const [wide, high] = [stretch(width - 2 * pad, right - left), stretch(height - 2 * pad - 2 * label, bottom - top)];
  const place = (/** @type {number} */ x, /** @type {number} */ y) =>
    ({ x: width / 2 + (x - (wide * (left + right)) / 2) * scale, y: height / 2 + (y - (high * (top + bottom)) / 2) * scale });
  const points = film.all.map(() => ({ x: 0, y: 0 }));
  /** @type {Point[]} */
  const seats = [];
  for (const ring of rings) {
    const [centre, radius] = [place(ring.x * wide, ring.y * high), ring.radius * scale];
    const at = (/** @type {number} */ share, /** @type {number} */ away) => {
      const angle = 2 * Math.PI * share - Math.PI / 2;
      return { x: centre.x + away * radius * Math.cos(angle), y: centre.y + away * radius * Math.sin(angle) };
    };
    const away = ring.seats.count === 1 && ring.partners.length === 0 ? 0 : 1;
    const own = [...Array(ring.seats.count).keys()].map((seat) => at(seat / ring.seats.count, away));
    for (const i of ring.members) points[i] = own[ring.seats.of.get(i)];
    seats.push(...own);
    scattered(film, ring.partners).forEach((i, k, all) => { points[i] = at(k / all.length, 0.12 + 0.66 * Math.sqrt(scatter(film.all[i].id)[0])); });
  }
  return { points, seats, width, height, size: Math.max(3, Math.min(17, size * scale * 0.85)),
    rings: rings.filter((ring) => ring !== rings[0]).map((ring) => ({ name: ring.name, radius: ring.radius * scale, above: ring.y < -1e-6, ...place(ring.x * wide, ring.y * high) })) };
}

/** Numbers from 0 to 1 that are far from those of the peers that came before and after: for how far inside a ring and for where around it. @param {number} id */
const scatter = (id) => [(id * 0.618034) % 1, (id * 0.754878) % 1];

/** By upload capacity; those that have the same stand apart though they come one after the other. @param {Recording} film @param {number[]} partners */
const scattered = (film, partners) => [...partners].sort((a, b) => film.all[a].upload - film.all[b].upload || scatter(film.all[a].id)[1] - scatter(film.all[b].id)[1] || a - b);
