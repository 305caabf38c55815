// Charts of groups.csv: who deals with whom.
import { card } from "./card.js";
import { colour } from "./charts/colours.js";
import { heatmap } from "./charts/heatmap.js";
import { xyChart } from "./charts/xy.js";
import { largest, pairs } from "./format.js";
import { BYTES, scale } from "./units.js";

/** @typedef {import("./format.js").Table} Table */
/** Shares of what the leechers of each group unchoke (rows) that go to each group: in this run, and by chance. @typedef {{ run: (number | null)[][], chance: (number | null)[][] }} Unchoked */

/** Which leechers unchoke which, how groups keep to themselves, and who sends what to whom. @param {Table} groups @param {any[]} names @param {any[]} leeching those with leechers */
export function exchanges(groups, names, leeching) {
  const [unit, size] = scale(BYTES, largest(groups.bytes));
  const traffic = heatmap({ title: "Traffic between groups", note: `${unit} sent in the whole run.`, x: "receiver", y: "sender", xs: names, ys: names, numbers: true, unit,
    cells: square(groups, names, (i) => groups.bytes[i] / size) });
  const titles = ["Who unchokes whom", "Clustering index"];
  if (!groups.unchoked_s_by_chance) return [...titles.map((title) => card(title, "This needs results of a newer swarmsim: run once more.", [])), traffic];
  const unchoked = { run: shares(groups, leeching, "unchoked_s_while_sender_leeches"), chance: shares(groups, leeching, "unchoked_s_by_chance") };
  if (leeching.length < 2 || unchoked.run.flat().every((share) => !share)) return [...titles.map((title) => card(title, leeching.length === 1 ? ONE_GROUP : "No leecher unchoked another.", [])), traffic];
  return [preferences(titles[0], unchoked, leeching), clusteringIndex(titles[1], unchoked, leeching), traffic];
}

const ONE_GROUP = "All leechers are of one group, and who deals with whom is counted between groups. To see whether equals find each other, make a group of each class of upload capacity, "
  + "as in scenarios/bandwidth_classes.toml.";

/** A square of pairs of groups. @param {Table} table @param {any[]} names @param {(row: number) => number | null} value */
function square(table, names, value) {
  return names.map((from) => names.map((to) => {
    const row = table.from_group.findIndex((f, i) => f === from && table.to_group[i] === to);
    return row < 0 ? null : value(row);
  }));
}

/** What each group gives of a column to each. @param {Table} groups @param {any[]} names @param {string} column */
const shares = (groups, names, column) => square(groups, names, (i) => groups[column][i]).map((row) => {
  const all = row.reduce((/** @type {number} */ sum, s) => sum + (s ?? 0), 0);
  return row.map((s) => (all > 0 ? (s ?? 0) / all : null));
});

const CHANCE = "chance chooses blindly among the other leechers that are there at the time";

/** @param {string} title @param {Unchoked} unchoked @param {any[]} leeching */
function preferences(title, { run, chance }, leeching) {
  const times = run.map((row, i) => row.map((share, j) => { const blind = chance[i][j]; return share === null || !blind ? null : share / blind; }));
  return heatmap({ title, note: `Time that leechers unchoke those of a group, over what chance would give them: ${CHANCE}. Above 1 they are preferred.`,
    x: "receiver", y: "sender", xs: leeching, ys: leeching, numbers: true, unit: "times chance", cells: times });
}

/** The clustering index of Legout et al. 2007, a class being a group. @param {string} title @param {Unchoked} unchoked @param {any[]} leeching */
function clusteringIndex(title, { run, chance }, leeching) {
  const own = (/** @type {(number | null)[][]} */ of) => pairs(leeching.map((_, i) => i), of.map((row, i) => { const share = row[i]; return share === null ? null : 100 * share; }));
  return xyChart({ title, note: `Share of the time unchoked that the leechers of a group give to their own group, and what it would be by chance: ${CHANCE}. After Legout et al. 2007.`,
    x: "group", y: "to the own group (%)", yMax: 100, names: true, places: leeching.map((name, at) => ({ at, text: String(name) })), series: [
      { name: "in this run", colour: colour(0), mark: 0, dots: 5, points: own(run) },
      { name: "by chance", colour: colour(1), mark: 1, dots: 5, points: own(chance) }] });
}
