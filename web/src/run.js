// The report of one run.
import { card, element, gathered } from "./card.js";
import { colour, dash } from "./charts/colours.js";
import { xyChart } from "./charts/xy.js";
import { distinct, isWide, largest, pairs } from "./format.js";
import { exchanges } from "./groups.js";
import { earlyEnd, endOf, heading, keyFigures, warnings } from "./head.js";
import { chartsOverTime } from "./overtime.js";
import { replayCard } from "./replay/player.js";
import { RATES, TIMES, scale } from "./units.js";

/** @typedef {import("./format.js").Table} Table */

/** @param {any} data @param {HTMLElement} main */
export function showRun(data, main) {
  const { chunks } = data;
  const figures = Object.fromEntries(Object.entries(data.summary).map(([name, values]) => [name, /** @type {any[]} */ (values)[0]]));
  const names = distinct(data.group_summary.group);
  const sizes = new Map(names.map((name, i) => [name, data.group_summary.leechers[i]]));
  const leeching = names.filter((name) => (sizes.get(name) ?? 0) > 0);
  const over = chartsOverTime(data.timeseries, data.samples, chunks, data.chunk_copies);
  const { byGroup, traffic, unchoked, clustering } = exchanges(data, names, leeching);
  const [completion, against, ratio, ratios] = ofLeechers(data, leeching, figures);
  document.title = `${figures.scenario} – swarmsim report`;
  heading(figures.scenario, `seed ${figures.seed} · swarmsim ${figures.version} · ${endOf(figures)}`);
  main.append(...warnings([...earlyEnd(figures), ...data.warnings]), keyFigures(figures),
    ...gathered([completion, over.population, over.utilisation, over.copies, over.held, over.seedLoad, over.sent, traffic, byGroup, clustering, unchoked, against, ratio, ratios, over.everyChunk]),
    replay(data.replay, leeching, figures.simulated_s));
  main.append(card("Data", data.notes.join(" "), [
    element("details", {}, element("summary", {}, "The scenario as it was run"), element("pre", { tabindex: "0" }, data.scenario))], true));
}

/** Charts of peers.csv, by group. @param {any} data @param {any[]} leeching @param {Record<string, any>} figures */
function ofLeechers({ peers, group_summary, chunks }, leeching, figures) {
  const seeding = new Set(group_summary.group.filter((/** @type {any} */ _, /** @type {number} */ i) => group_summary.initial_seeds[i] > 0));
  const rows = leeching.map((group) => peers.group.flatMap((/** @type {any} */ name, /** @type {number} */ i) => (name === group && !(seeding.has(name) && peers.chunks_at_start[i] === chunks) ? [i] : [])));
  const column = (/** @type {string} */ name) => rows.map((own) => own.map((/** @type {number} */ i) => peers[name][i]));
  const times = column("completion_time_s");
  // Who did not complete was seen until it left or the run ended.
  const seen = rows.flat().map((i) => peers.completion_time_s[i] ?? (peers.left_s[i] ?? figures.simulated_s) - peers.joined_s[i]);
  const [[unit, size], [rate, perS]] = [scale(TIMES, largest(seen)), scale(RATES, largest(column("upload_bytes_per_s").flat()))];
  const uploads = column("upload_bytes_per_s").map((own) => own.map((/** @type {number} */ value) => value / perS));
  const points = (/** @type {any[][]} */ values, /** @type {number} */ unitSize) => leeching.map((group, k) => ({ name: String(group), colour: colour(k), mark: k, dots: DOT * Math.max(0.45, Math.min(1, Math.sqrt(FULL_SIZE / rows.flat().length))),
    points: pairs(uploads[k], values[k].map((value) => (value === null ? null : value / unitSize))) }));
  const [title, capacity, log] = ["Completion time", `upload capacity (${rate})`, isWide(uploads.flat())];
  const nobody = (/** @type {string} */ name) => card(name, "Nobody completed the file.", []);
  return [
    figures.completed ? xyChart({ title, note: "Share of the leechers of each group that are done this long after they joined.", x: `time since joining (${unit})`, y: "leechers done (%)", yMax: 100,
      series: leeching.map((group, k) => ({ name: String(group), colour: colour(k), dash: dash(k), step: true, points: upTo(times[k].filter((/** @type {any} */ t) => t !== null).map((/** @type {number} */ t) => t / size).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b), times[k].length, largest(seen) / size) })) }) : nobody(title),
    figures.completed ? xyChart({ title: `${title} against upload capacity`, note: "A point for each leecher that completed.", x: capacity, log, y: `completion time (${unit})`, series: points(times, size) }) : nobody(`${title} against upload capacity`),
    xyChart({ title: "Share ratio against upload capacity", note: "Bytes sent over bytes received, leechers only.", x: capacity, log, y: SHARE_RATIO, series: points(column("share_ratio"), 1) }),
    shareRatios(leeching, column("share_ratio"))];
}

/** The radius of a dot; of more than `FULL_SIZE` dots each is smaller, so that they don't run into one. */
const DOT = 3.4;
const FULL_SIZE = 500;

const SHARE_RATIO = "share ratio (sent / received)";

/** The distribution of the share ratios in each group. @param {any[]} leeching @param {(number | null)[][]} ratios */
function shareRatios(leeching, ratios) {
  const known = ratios.map((own) => own.filter((ratio) => ratio !== null).sort((a, b) => a - b));
  const end = largest(known.flat());
  return xyChart({ title: "Share ratios", note: "Share of the leechers of each group, of those that received something, that have at most this share ratio. Below 1 a leecher took more than it gave.",
    x: SHARE_RATIO, y: "leechers (%)", yMax: 100, series: leeching.map((group, k) => ({ name: String(group), colour: colour(k), dash: dash(k), step: true, points: upTo(known[k], known[k].length, end) })) });
}

/** How many % of `all` have at most a value, from 0 up to `end`. @param {number[]} values in order @param {number} all @param {number} end @returns {[number, number][]} */
function upTo(values, all, end) {
  /** @type {[number, number][]} */
  const steps = values.map((value, k) => [value, (100 * (k + 1)) / all]);
  return all > 0 && end > 0 ? [[0, 0], ...steps, [end, (100 * values.length) / all]] : [];
}

/** The animated replay; it stays hidden when none was recorded. @param {any} data @param {any[]} leeching @param {number} simulated seconds */
function replay(data, leeching, simulated) {
  const place = element("section", { id: "replay", hidden: "" });
  const colourOf = (/** @type {string} */ group) => (leeching.includes(group) ? colour(leeching.indexOf(group)) : "var(--ink)");
  if (data) replayCard({ ...data, run_end: simulated }, place, colourOf);
  // Each chart before it has its stops for Tab.
  if (!place.hidden) document.body.prepend(element("a", { class: "skip", href: "#replay" }, "Skip to the replay"));
  return place;
}
