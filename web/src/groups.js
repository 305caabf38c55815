// Charts of groups.csv: who deals with whom.
import { card } from "./card.js";
import { colour } from "./charts/colours.js";
import { heatmap } from "./charts/heatmap.js";
import { xyChart } from "./charts/xy.js";
import { largest, pairs } from "./format.js";
import { BYTES, scale } from "./units.js";

/** @typedef {import("./format.js").Table} Table */
/** @typedef {Map<any, number>} Sizes leechers of each group */

/** Which leechers unchoke which, and who sends what to whom. @param {Table} groups @param {any[]} names @param {any[]} leeching those with leechers @param {Sizes} sizes */
export function exchanges(groups, names, leeching, sizes) {
  const [unit, size] = scale(BYTES, largest(groups.bytes));
  const between = (/** @type {any[]} */ all) => ({ x: "receiver", y: "sender", xs: all, ys: all, numbers: true });
  return [
    heatmap({ title: "Who unchokes whom", note: "Time unchoked per pair of leechers while the sender leeches, over what an average leecher gets from that group. 1 is chance, if all are there equally long.",
      ...between(leeching), unit: "times chance", cells: againstChance(groups, leeching, sizes) }),
    heatmap({ title: "Traffic between groups", note: `${unit} sent in the whole run.`, ...between(names), unit, cells: square(groups, names, (i) => groups.bytes[i] / size) })];
}

/** A square of pairs of groups. @param {Table} table @param {any[]} names @param {(row: number) => number | null} value */
function square(table, names, value) {
  return names.map((from) => names.map((to) => {
    const row = table.from_group.findIndex((f, i) => f === from && table.to_group[i] === to);
    return row < 0 ? null : value(row);
  }));
}

/** Time unchoked per pair of peers over what the sender's group gives to the average pair. @param {Table} groups @param {any[]} names @param {Sizes} sizes */
function againstChance(groups, names, sizes) {
  const size = (/** @type {any} */ name) => sizes.get(name) ?? 0;
  const pairsOf = (/** @type {any} */ from, /** @type {any} */ to) => size(from) * (size(to) - (from === to ? 1 : 0));
  const seconds = square(groups, names, (i) => groups.unchoked_s_while_sender_leeches[i]);
  return names.map((from, i) => {
    const all = seconds[i].reduce((/** @type {number} */ sum, s) => sum + (s ?? 0), 0) / names.reduce((sum, to) => sum + pairsOf(from, to), 0);
    return names.map((to, j) => (pairsOf(from, to) > 0 && all > 0 ? (seconds[i][j] ?? 0) / pairsOf(from, to) / all : null));
  });
}

/** The clustering index of Legout et al. 2007, a class being a group. @param {Table} groups @param {any[]} leeching @param {Sizes} sizes */
export function clusteringIndex(groups, leeching, sizes) {
  const title = "Clustering index";
  const seconds = square(groups, leeching, (i) => groups.unchoked_s_while_sender_leeches[i]);
  const all = leeching.reduce((sum, name) => sum + sizes.get(name), 0);
  const given = seconds.map((row) => row.reduce((/** @type {number} */ sum, s) => sum + (s ?? 0), 0));
  if (leeching.length < 2 || given.every((s) => s === 0)) return card(title, "This needs two groups of leechers that unchoke each other.", []);
  const points = (/** @type {(i: number) => number | null} */ value) => pairs(leeching.map((_, i) => i), leeching.map((_, i) => value(i)));
  return xyChart({ title, note: "Share of the time unchoked that the leechers of a group give to their own group, and what it would be by chance: (group \u2212 1) / (all leechers \u2212 1). After Legout et al. 2007.",
    x: "group", y: "to the own group (%)", yMax: 100, places: leeching.map((name, at) => ({ at, text: String(name) })), series: [
      { name: "in this run", colour: colour(0), mark: 0, dots: 5, points: points((i) => (given[i] > 0 ? (100 * (seconds[i][i] ?? 0)) / given[i] : null)) },
      { name: "by chance", colour: colour(1), mark: 1, dots: 5, points: points((i) => (all > 1 ? (100 * ((sizes.get(leeching[i]) ?? 0) - 1)) / (all - 1) : null)) }] });
}
