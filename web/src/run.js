// The report of one run.
import { card, element } from "./card.js";
import { colour } from "./charts/colours.js";
import { heatmap } from "./charts/heatmap.js";
import { xyChart } from "./charts/xy.js";
import { replayCard } from "./replay/player.js";
import { distinct, duration, number, pairs, percent } from "./format.js";

/** @typedef {import("./format.js").Table} Table */

/** @param {[string, string][]} figures */
function keyFigures(figures) {
  return element("dl", { class: "keys" }, ...figures.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

/** The share of a group's leechers that is done after a time, up to `end`; those that never complete keep it below 1. @param {any[]} completionTimes @param {number} end */
function doneOverTime(completionTimes, end) {
  const times = completionTimes.filter((t) => t !== null).sort((a, b) => a - b);
  /** @type {[number, number][]} */
  const steps = [[0, 0]];
  times.forEach((t, k) => steps.push([t, (k + 1) / completionTimes.length]));
  if (end > 0) steps.push([end, times.length / completionTimes.length]);
  return steps;
}

/** A square of pairs of groups. @param {Table} table @param {any[]} names @param {(row: number) => number | null} value */
function square(table, names, value) {
  return names.map((from) => names.map((to) => {
    const row = table.from_group.findIndex((f, i) => f === from && table.to_group[i] === to);
    return row < 0 ? null : value(row);
  }));
}

/** Time unchoked per pair of peers over what the sender's group gives to the average pair. @param {Table} groups @param {any[]} names @param {Map<any, number>} sizes */
function againstChance(groups, names, sizes) {
  const size = (/** @type {any} */ name) => sizes.get(name) ?? 0;
  const pairsOf = (/** @type {any} */ from, /** @type {any} */ to) => size(from) * (size(to) - (from === to ? 1 : 0));
  const seconds = square(groups, names, (i) => groups.unchoked_s_while_sender_leeches[i]);
  return names.map((from, i) => {
    const all = seconds[i].reduce((/** @type {number} */ sum, s) => sum + (s ?? 0), 0) / names.reduce((sum, to) => sum + pairsOf(from, to), 0);
    return names.map((to, j) => (pairsOf(from, to) > 0 && all > 0 ? (seconds[i][j] ?? 0) / pairsOf(from, to) / all : null));
  });
}

/** @param {any} data @param {HTMLElement} main */
export function showRun(data, main) {
  const { peers, timeseries, groups } = data;
  const figures = Object.fromEntries(Object.entries(data.summary).map(([name, values]) => [name, /** @type {any[]} */ (values)[0]]));
  const { chunks } = data;
  const names = distinct(data.group_summary.group);
  const withSeeds = new Set(names.filter((_, i) => data.group_summary.initial_seeds[i] > 0));
  const sizes = new Map(names.map((name, i) => [name, data.group_summary.leechers[i]]));
  const leeching = names.filter((_, i) => data.group_summary.leechers[i] > 0);
  /** A column of peers.csv for the leechers of a group. @param {any} group @param {string} column @returns {any[]} */
  const ofLeechers = (group, column) => peers[column].filter((/** @type {any} */ _, /** @type {number} */ i) =>
    peers.group[i] === group && !(withSeeds.has(group) && peers.chunks_at_start[i] === chunks));
  const byGroup = (/** @type {string} */ x, /** @type {string} */ y) => leeching.map((group, k) => ({
    name: String(group), colour: colour(k), dots: 3,
    points: pairs(ofLeechers(group, x), ofLeechers(group, y)),
  }));
  const over = (/** @type {[string, string][]} */ columns) => columns.map(([column, name], k) => ({ name, colour: colour(k), points: pairs(timeseries.time_s, timeseries[column]) }));
  const scaled = (/** @type {any[]} */ series, /** @type {number} */ x, /** @type {number} */ y) => series.map((s) => ({ ...s, points: s.points.map((/** @type {[number, number]} */ p) => [p[0] / x, p[1] / y]) }));

  const completedChart = (/** @type {import("./charts/xy.js").XyChart} */ chart) => (figures.completed ? xyChart(chart) : card(chart.title, "Nobody completed the file.", []));

  document.title = `${figures.scenario} – swarmsim report`;
  heading(figures.scenario, `seed ${figures.seed} · swarmsim ${figures.version} · ended after ${duration(figures.simulated_s)}: ${figures.ending}`);
  const ended = ENDINGS[figures.ending]?.(figures.not_completed - figures.aborted, figures.extinct_chunks);
  main.append(...warnings([...(ended ? [`The run ended early. ${ended}`] : []), ...data.warnings]));
  main.append(card("Key figures", "", [keyFigures([
    ["peers", number(figures.peers)], ["completed", `${number(figures.completed)} of ${number(figures.leechers)}`],
    ["completion time, mean", duration(figures.completion_mean_s)], ["median", duration(figures.completion_median_s)],
    ["95 % are done within", duration(figures.completion_p95_s)], ["last", duration(figures.completion_last_s)],
    ["upload used by leechers", percent(figures.leecher_utilisation)], ["upload used by all", percent(figures.utilisation)],
    ["seed load, copies of the file", number(figures.seed_load)], ["fairness (Jain)", number(figures.share_ratio_jain)],
    ["time over lower bound", number(figures.makespan_over_bound)], ["wasted bytes", number(figures.wasted_bytes)]])], true));
  main.append(
    completedChart({ title: "Completion time", note: "Share of the leechers of each group that are done this long after they joined.", x: "time since joining (min)", y: "share of leechers", yMax: 1,
      series: scaled(leeching.map((group, k) => ({ name: String(group), colour: colour(k), step: true, points: doneOverTime(ofLeechers(group, "completion_time_s"), figures.completion_last_s) })), 60, 1) }),
    xyChart({ title: "Leechers and seeds", x: "time (min)", y: "peers", series: scaled(over([["leechers", "leechers"], ["seeds", "seeds"]]), 60, 1) }),
    xyChart({ title: "Use of upload capacity", note: "Mean since the sample before.", x: "time (min)", y: "share of capacity", yMax: 1,
      series: scaled(over([["leecher_utilisation", "leechers"], ["seed_utilisation", "seeds"], ["utilisation", "all"]]), 60, 1) }),
    xyChart({ title: "Copies of a chunk", note: "The rarest chunk, the mean, and the most common one.", x: "time (min)", y: "copies",
      series: scaled(over([["copies_min", "rarest"], ["copies_mean", "mean"], ["copies_max", "most common"]]), 60, 1) }),
    chunksHeld(timeseries, chunks),
    seedLoad(timeseries),
    heatmap({ title: "Who unchokes whom", note: "Time unchoked per pair of leechers while the sender leeches, over what an average leecher gets from that group. 1 is chance, if all are there equally long.",
      x: "receiver", y: "sender", xs: names, ys: names, numbers: true, unit: "times chance", cells: againstChance(groups, names, sizes) }),
    heatmap({ title: "Traffic between groups", note: "MiB sent in the whole run.", x: "receiver", y: "sender", xs: names, ys: names, numbers: true, unit: "MiB",
      cells: square(groups, names, (i) => groups.bytes[i] / 2 ** 20) }),
    clusteringIndex(groups, leeching, sizes),
    completedChart({ title: "Completion time against upload capacity", x: "upload capacity (kB/s)", y: "completion time (min)", series: scaled(byGroup("upload_bytes_per_s", "completion_time_s"), 1e3, 60) }),
    xyChart({ title: "Share ratio against upload capacity", note: "Bytes sent over bytes received, leechers only.", x: "upload capacity (kB/s)", y: "share ratio", series: scaled(byGroup("upload_bytes_per_s", "share_ratio"), 1e3, 1) }),
    chunkCopies(data.chunk_copies),
    replay(data.replay, leeching));
  main.append(card("Data", data.notes.join(" "), [
    element("details", {}, element("summary", {}, "The scenario as it was run"), element("pre", { tabindex: "0" }, data.scenario))], true));
}

/** How far the leechers are: the share of the file that the middle one and the tenths at both ends have. @param {Table} series @param {number} chunks */
function chunksHeld(series, chunks) {
  const title = "Chunks of a leecher";
  if (!series.leecher_chunks_p50) return card(title, "This needs results of a newer swarmsim: run once more.", []);
  const rows = series.time_s.map((_, i) => i).filter((i) => series.leecher_chunks_p50[i] !== null);
  const share = (/** @type {string} */ column, /** @type {number} */ i) => series[column][i] / chunks;
  return xyChart({ title, note: "Share of the file that the leechers have that are there. Line: median; band: 10 % to 90 % quantile.", x: "time (min)", y: "share of chunks", yMax: 1, series: [{ name: "", colour: colour(0),
    points: rows.map((i) => [series.time_s[i] / 60, share("leecher_chunks_p50", i)]),
    span: rows.map((i) => [series.time_s[i] / 60, share("leecher_chunks_p10", i), share("leecher_chunks_p90", i)]) }] });
}

/** The clustering index of Legout et al. 2007, a class being a group. @param {Table} groups @param {any[]} leeching @param {Map<any, number>} sizes */
function clusteringIndex(groups, leeching, sizes) {
  const title = "Clustering index";
  const seconds = square(groups, leeching, (i) => groups.unchoked_s_while_sender_leeches[i]);
  const all = leeching.reduce((sum, name) => sum + sizes.get(name), 0);
  const given = seconds.map((row) => row.reduce((/** @type {number} */ sum, s) => sum + (s ?? 0), 0));
  if (leeching.length < 2 || given.every((s) => s === 0)) return card(title, "This needs two groups of leechers that unchoke each other.", []);
  const points = (/** @type {(i: number) => number | null} */ value) => pairs(leeching.map((_, i) => i), leeching.map((_, i) => value(i)));
  return xyChart({ title, note: "Share of the time unchoked that the leechers of a group give to their own group, and what it would be by chance: (group \u2212 1) / (all leechers \u2212 1). After Legout et al. 2007.",
    x: "group", y: "share to the own group", yMax: 1, places: leeching.map((name, at) => ({ at, text: String(name) })), series: [
      { name: "in this run", colour: colour(0), dots: 5, points: points((i) => (given[i] > 0 ? (seconds[i][i] ?? 0) / given[i] : null)) },
      { name: "by chance", colour: colour(1), dots: 5, points: points((i) => (all > 1 ? ((sizes.get(leeching[i]) ?? 0) - 1) / (all - 1) : null)) }] });
}

/** What seeds give: of their capacity, and of all that is sent. @param {Table} series */
function seedLoad(series) {
  const minutes = series.time_s.map((t) => t / 60);
  const sent = (/** @type {number} */ i) => series.seed_sent_bytes[i] + series.leecher_sent_bytes[i];
  const share = (/** @type {number} */ from, /** @type {number} */ to) => (sent(to) > sent(from) ? (series.seed_sent_bytes[to] - series.seed_sent_bytes[from]) / (sent(to) - sent(from)) : null);
  return xyChart({ title: "Load of the seeds", note: "Their use of their own capacity and their share of all bytes, since the sample before; and their share of all bytes so far.", x: "time (min)", y: "share", yMax: 1, series: [
    { name: "of their capacity", colour: colour(0), points: pairs(minutes, series.seed_utilisation) },
    { name: "of all bytes", colour: colour(1), points: pairs(minutes, minutes.map((_, i) => (i ? share(i - 1, i) : null))) },
    { name: "of all bytes so far", colour: colour(2), points: pairs(minutes, minutes.map((_, i) => (sent(i) > 0 ? series.seed_sent_bytes[i] / sent(i) : null))) }] });
}

/** @param {any} grid */
function chunkCopies(grid) {
  const title = "Copies of every chunk over time";
  if (!grid) return card(title, "This needs chunks.csv: run once more with --detail chunks.", [], true);
  return heatmap({ title, wide: true, note: grid.note, x: "time (min)", y: "chunk", unit: "copies", xs: grid.time_s.map((/** @type {number} */ t) => t / 60), ys: grid.first_chunk, cells: grid.copies });
}

/** The animated replay; it stays hidden when none was recorded. @param {any} data @param {any[]} leeching */
function replay(data, leeching) {
  const place = element("section", { id: "replay", hidden: "" });
  const colourOf = (/** @type {string} */ group) => (leeching.includes(group) ? colour(leeching.indexOf(group)) : "var(--ink)");
  if (data) replayCard(data, place, colourOf);
  return place;
}

/** What a reader must know of an early end. @type {Record<string, (waiting: number, extinct: number) => string>} */
const ENDINGS = {
  "time-limit": (waiting) => `The time limit came first, with ${number(waiting)} leechers without the file: completion times are those of the quicker ones.`,
  dead: (waiting, extinct) => `The swarm died: nobody had ${number(extinct)} of the chunks any more, so it ended with ${number(waiting)} leechers without the file.`,
  stalled: (waiting) => `Nothing moved for run.stall_limit, with ${number(waiting)} leechers without the file.`,
  interrupted: (waiting) => `It was interrupted, with ${number(waiting)} leechers without the file: all figures are partial.`,
};

/** A card for each warning; that of a scenario shows the lines that are meant. @param {string[]} texts */
export const warnings = (texts) => texts.map((text) => {
  const [first, ...lines] = text.replace(/^warning: /, "").split("\n");
  const place = lines.length ? [element("pre", { tabindex: "0" }, lines.join("\n"))] : [];
  return element("section", { class: "card wide warning", role: "note" }, element("p", {}, first), ...place);
});

/** @param {any} title @param {string} text */
export function heading(title, text) {
  /** @type {HTMLElement} */ (document.getElementById("title")).textContent = String(title);
  /** @type {HTMLElement} */ (document.getElementById("subtitle")).textContent = text;
}
