// Where peers stand: each group on a ring of its own, by upload capacity; initial seeds in the middle. Who is not shown is a dot somewhere inside its ring.

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {{ x: number, y: number }} Point */
/** @typedef {{ points: Point[], rings: { name: string, x: number, y: number, radius: number, above: boolean }[], size: number, width: number, height: number }} Layout */

/** @param {Recording} film @param {number} width @param {number} height @returns {Layout} */
export function layout(film, width, height) {
  const indices = film.peers.map((_, i) => i);
  const seeds = indices.filter((i) => film.peers[i].seed);
  const partners = film.all.map((_, i) => i).slice(indices.length);
  const groups = film.groups.map((name, g) => ({ name, members: indices.filter((i) => film.peers[i].group === g && !film.peers[i].seed), partners: partners.filter((i) => film.all[i].group === g) }))
    .filter(({ members }) => members.length > 0);
  const rest = partners.filter((i) => groups.every((group) => !group.partners.includes(i)));
  const middle = { x: 0, y: 0, radius: Math.sqrt(seeds.length + rest.length / 8) * 0.6, name: "", members: seeds, partners: rest };
  const rings = [middle, ...around(groups, middle.radius, width > height)];
  const size = rings.reduce((least, ring) => Math.min(least, (Math.PI * ring.radius) / Math.max(ring.members.length, 6)), 0.7);
  return fitted(rings, size, width, height, film);
}

/** Rings side by side on a circle, without touching each other or what stands in the middle. @param {{ name: string, members: number[], partners: number[] }[]} groups @param {number} middle @param {boolean} isWide */
function around(groups, middle, isWide) {
  const radii = groups.map(({ members }) => Math.sqrt(members.length + 2));
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
  for (const ring of rings) {
    const [centre, radius] = [place(ring.x * wide, ring.y * high), ring.radius * scale];
    const alone = ring.members.length === 1 && ring.partners.length === 0;
    const put = (/** @type {number[]} */ members, /** @type {(i: number) => number} */ away) => byUpload(film, members).forEach((i, k) => {
      const angle = (2 * Math.PI * k) / members.length - Math.PI / 2;
      points[i] = { x: centre.x + away(i) * radius * Math.cos(angle), y: centre.y + away(i) * radius * Math.sin(angle) };
    });
    put(ring.members, () => (alone ? 0 : 1));
    put(ring.partners, (i) => 0.12 + 0.66 * Math.sqrt((film.all[i].id * 0.618034) % 1));
  }
  return { points, width, height, size: Math.max(3, Math.min(17, size * scale * 0.85)),
    rings: rings.filter((ring) => ring !== rings[0]).map((ring) => ({ name: ring.name, radius: ring.radius * scale, above: ring.y < -1e-6, ...place(ring.x * wide, ring.y * high) })) };
}

/** @param {Recording} film @param {number[]} members */
const byUpload = (film, members) => [...members].sort((a, b) => film.all[a].upload - film.all[b].upload || a - b);
