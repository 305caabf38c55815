// Charts of groups.csv and capacities.csv: who deals with whom, and whether equals find each other.
import { card } from "./card.js";
import { colour } from "./charts/colours.js";
import { heatmap } from "./charts/heatmap.js";
import { ratios } from "./charts/shades.js";
import { xyChart } from "./charts/xy.js";
import { distinct, largest, number, pairs } from "./format.js";
import { BYTES, RATES, scale } from "./units.js";

/** @typedef {import("./format.js").Table} Table */
/** @typedef {import("./run.js").Group} Group */
/** Shares of what the leechers of each class unchoke (rows) that go to each class: in this run, and by chance. @typedef {{ run: (number | null)[][], chance: (number | null)[][] }} Unchoked */
/** Classes of leechers: their names in the table, how charts call them and saved tables do, and how many are in each with which capacities. @typedef {{ of: any[], called: string[], saved: string[], said: string }} Classes */

/** Which leechers unchoke which, by group and by upload capacity, and who sends what to whom. @param {any} data @param {any[]} names of all groups @param {Group[]} leeching those with leechers */
export function exchanges({ groups, capacities, group_summary }, names, leeching) {
  return { ...betweenGroups(["Traffic between groups", "Who unchokes whom"], groups, names, leeching), ...byCapacity(["Who unchokes whom by capacity", "Clustering by capacity"], capacities, leeching, group_summary.choking.includes("free-rider")) };
}

/** Charts of pairs of groups. @param {string[]} titles @param {Table | null} groups none if they are too many @param {any[]} names @param {Group[]} leeching */
function betweenGroups(titles, groups, names, leeching) {
  if (!groups) { const [traffic, byGroup] = titles.map((title) => card(title, `Pairs of ${number(names.length)} groups are too many to show here: groups.csv has their numbers, and scripts/plot.py draws 40 of the groups (--figure traffic,clustering).`, [])); return { traffic, byGroup }; }
  const [unit, size] = scale(BYTES, largest(groups.bytes));
  const traffic = heatmap({ title: titles[0], note: `${unit} sent in the whole run.`, x: "receiver", y: "sender", xs: names, ys: names, numbers: true, unit,
    cells: square(groups, "group", names, (i) => groups.bytes[i] / size) });
  return { traffic, byGroup: byGroup(titles[1], groups, leeching.map(({ group }) => group)) };
}

const OLDER = "This needs results of a newer swarmsim: run once more.";
const NO_UNCHOKES = "No leecher unchoked another.";

/** @param {string} title @param {Table} groups @param {any[]} leeching */
function byGroup(title, groups, leeching) {
  if (!groups.unchoked_s_by_chance) return card(title, OLDER, []);
  if (leeching.length === 1) return card(title, "All leechers are of one group.", []);
  const unchoked = unchokedOf(groups, "group", leeching);
  return isNothing(unchoked) ? card(title, NO_UNCHOKES, []) : preferences(title, "those of a group", ["receiver", "sender"], unchoked, leeching, leeching);
}

/** @param {string[]} titles @param {Table | null} capacities @param {Group[]} leeching @param {boolean} hasRiders */
function byCapacity(titles, capacities, leeching, hasRiders) {
  const without = (/** @type {string} */ why) => { const [unchoked, clustering] = titles.map((title) => card(title, why, [])); return { unchoked, clustering }; };
  if (!capacities) return without(OLDER);
  const [rate, perS] = scale(RATES, largest(capacities.from_upload_max_bytes_per_s));
  const { of, called, saved, said } = classesOf(capacities, [rate, perS]);
  if (of.length < 2) return without("All leechers have the same upload capacity.");
  const unchoked = unchokedOf(capacities, "class", of);
  if (isNothing(unchoked)) return without(NO_UNCHOKES);
  const sizes = hasRiders ? `${said} Free riders are in the class of the capacity that they have and keep to themselves.` : said;
  return {
    unchoked: areGroups(capacities, of, leeching) ? card(titles[0], "Each group of leechers has an upload capacity of its own: see Who unchokes whom.", [])
      : preferences(titles[0], "those of a class of upload capacity", [`receiver's upload (${rate})`, `sender's upload (${rate})`], unchoked, called, saved, sizes),
    clustering: clusteringIndex(titles[1], unchoked, called, saved, `upload capacity (${rate})`, sizes) };
}

/** The classes that have leechers, called by the capacities in them. @param {Table} capacities @param {import("./units.js").Unit} unit @returns {Classes} */
function classesOf(capacities, [rate, perS]) {
  const of = distinct(capacities.from_class.filter((_, i) => capacities.from_leechers[i] > 0));
  const spans = of.map((each) => {
    const row = capacities.from_class.indexOf(each);
    return distinct([capacities.from_upload_min_bytes_per_s[row], capacities.from_upload_max_bytes_per_s[row]]).map((value) => value / perS);
  });
  // No more digits than tell them apart.
  const inDigits = (/** @type {number} */ digits) => spans.map((span) => distinct(span.map((value) => number(span.length > 1 ? Number(value.toPrecision(digits)) : value))).join("–"));
  const called = [2, 3, 4].map(inDigits).find((names) => distinct(names).length === of.length);
  const sizes = of.map((each) => capacities.from_leechers[capacities.from_class.indexOf(each)]);
  const [first, ...others] = (called ?? inDigits(4)).map((span, i) => `${number(sizes[i])} with ${whole(span)}`);
  const names = called ?? of.map((each) => `class ${each}`);
  return { of, called: names, saved: names.map((name) => name.replaceAll(",", "")), said: `Leechers in the classes: ${[`${first} ${rate}`, ...others].join(", ")}.` };
}

/** A range that goes on in no new line. @param {string} span */
const whole = (span) => span.replace("\u2013", "\u2060\u2013\u2060");

/** Whether each group is a class, and each class a group. @param {Table} capacities @param {any[]} of @param {Group[]} leeching */
function areGroups(capacities, of, leeching) {
  const least = of.map((each) => capacities.from_upload_min_bytes_per_s[capacities.from_class.indexOf(each)]);
  const classOf = (/** @type {number} */ upload) => least.filter((from) => from <= upload).length;
  const spans = leeching.map(({ upload_bytes_per_s }) => distinct(upload_bytes_per_s.map(classOf)));
  return leeching.length === of.length && spans.every((span) => span.length === 1) && distinct(spans.flat()).length === of.length;
}

/** A square of pairs of classes. @param {Table} table @param {string} kind of the classes, as its columns say it @param {any[]} classes @param {(row: number) => number | null} value */
function square(table, kind, classes, value) {
  return classes.map((from) => classes.map((to) => {
    const row = table[`from_${kind}`].findIndex((f, i) => f === from && table[`to_${kind}`][i] === to);
    return row < 0 ? null : value(row);
  }));
}

/** @param {Table} table @param {string} kind @param {any[]} classes @returns {Unchoked} */
function unchokedOf(table, kind, classes) {
  const shares = (/** @type {string} */ column) => square(table, kind, classes, (i) => table[column][i]).map((row) => {
    const all = row.reduce((/** @type {number} */ sum, s) => sum + (s ?? 0), 0);
    return row.map((s) => (all > 0 ? (s ?? 0) / all : null));
  });
  return { run: shares("unchoked_s_while_sender_leeches"), chance: shares("unchoked_s_by_chance") };
}

/** @param {Unchoked} unchoked */
const isNothing = ({ run }) => run.flat().every((share) => !share);

const CHANCE = "chance chooses blindly among the other leechers that are there";

/** @param {string} title @param {string} whom @param {[string, string]} axes of receivers and senders @param {Unchoked} unchoked @param {any[]} called @param {any[]} saved @param {string} [sizes] */
function preferences(title, whom, [x, y], { run, chance }, called, saved, sizes) {
  const times = run.map((row, i) => row.map((share, j) => { const blind = chance[i][j]; return share === null || !blind ? null : share / blind; }));
  return heatmap({ title, note: `Time that leechers unchoke ${whom}, over what chance would give them: ${CHANCE}. Above 1 they are preferred.${sizes ? ` ${sizes}` : ""}`,
    x, y, xs: called, ys: called, saved, numbers: true, unit: "times chance", scale: ratios, cells: times });
}

/** The clustering index of Legout et al. 2007. @param {string} title @param {Unchoked} unchoked @param {any[]} called @param {string[]} saved @param {string} x @param {string} sizes */
function clusteringIndex(title, { run, chance }, called, saved, x, sizes) {
  const own = (/** @type {(number | null)[][]} */ of) => pairs(called.map((_, i) => i), of.map((row, i) => { const share = row[i]; return share === null ? null : 100 * share; }));
  return xyChart({ title, note: `Share of the time unchoked that leechers give to those of their own class of upload capacity (the clustering index of Legout et al. 2007), and what it would be by chance: ${CHANCE}. ${sizes}`,
    x, y: "to the own class (%)", yMax: 100, names: true, places: called.map((text, at) => ({ at, text, saved: saved[at] })), series: [
      { name: "in this run", colour: colour(0), mark: 0, dots: 5, points: own(run) },
      { name: "by chance", colour: colour(1), mark: 1, dots: 5, points: own(chance) }] });
}
