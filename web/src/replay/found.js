// How leechers find their partners, as curves over the whole replay.
import { dash } from "../charts/colours.js";
import { xyChart } from "../charts/xy.js";
import { TIMES, scale } from "../units.js";
import { clustering, momentOf } from "./recording.js";
import { areTogether } from "./seats.js";

/** Moments at which slots are looked at. */
const MOMENTS = 200;

/** Moments on each side over which shares are averaged: those of few slots jump. */
const AROUND = 5;

/** The mean of the values around each that has one. @param {(number | null)[]} values */
export const smoothed = (values) => values.map((value, k) => {
  const near = values.slice(Math.max(0, k - AROUND), k + AROUND + 1).filter((one) => one !== null);
  return value === null ? null : near.reduce((sum, one) => sum + one, 0) / near.length;
});

/** How long a peer that is shown gives a slot as a leecher. @param {import("./recording.js").Peer | undefined} peer @param {number} end */
const givenUntil = (peer, end) => (!peer || peer.seed ? 0 : Math.min(end, peer.completed ?? end));

/** @param {import("./recording.js").Recording} film @param {(group: string) => string} colourOf */
export function foundChart(film, colourOf) {
  const last = film.slots.reduce((latest, { from, end }) => Math.max(latest, givenUntil(film.peers[from], Math.min(end, film.end))), 0);
  const moments = [...Array(MOMENTS + 1).keys()].map((k) => (last * k) / MOMENTS);
  const [unit, size] = scale(TIMES, last);
  const found = moments.map((now) => clustering(film, momentOf(film, now)));
  const curve = (/** @type {(at: { own: (number | null)[], any: number, both: number }) => number | null} */ value) =>
    smoothed(found.map((at) => at && value(at))).map((share, k) => /** @type {[number, number | null]} */ ([moments[k] / size, share === null ? null : share * 100]));
  const groups = areTogether(film) ? [{ name: "stay in the own group", colour: "var(--c0)", dash: dash(1), points: curve(({ any }) => any) }] : ofGroups(film, colourOf, curve);
  const sample = film.oneOf === 1 ? "" : " Of the sample, with all its slots.";
  return xyChart({ title: "Partners over time", wide: true, note: `Of the slots that leechers give at a moment: the share that is answered, and the share that stays in the own group. Each point is the mean over ${Math.round((100 * (2 * AROUND + 1)) / MOMENTS)} % of the time shown.${sample}`,
    x: `time (${unit})`, y: "slots (%)", yMax: 100, series: [{ name: "answered", colour: "var(--ink)", points: curve(({ both }) => both) }, ...groups] });
}

/** The share of the slots of each group that stays in it; nothing of one group alone. @param {import("./recording.js").Recording} film @param {(group: string) => string} colourOf
 * @param {(value: (at: { own: (number | null)[] }) => number | null) => [number, number | null][]} curve */
function ofGroups(film, colourOf, curve) {
  const groups = film.groups.map((name, g) => ({ name: `stay in ${name}`, colour: colourOf(name), points: curve(({ own }) => own[g]) })).filter(({ points }) => points.some(([, share]) => share !== null));
  return groups.length > 1 ? groups.map((series, k) => ({ ...series, dash: dash(k + 1) })) : [];
}
