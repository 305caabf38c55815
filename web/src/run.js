// The report of one run.
import { card, element } from "./card.js";
import { colour, heatmap, xyChart } from "./charts.js";
import { replayCard } from "./replay/player.js";
import { distinct, duration, number, pairs, percent } from "./format.js";

/** @typedef {import("./format.js").Table} Table */

/** @param {[string, string][]} figures */
function keyFigures(figures) {
  return element("dl", { class: "keys" }, ...figures.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

/** The share of a group's leechers that is done after a time; those that never complete keep it below 1. @param {any[]} completionTimes */
function doneOverTime(completionTimes) {
  const times = completionTimes.filter((t) => t !== null).sort((a, b) => a - b);
  /** @type {[number, number][]} */
  const steps = [[0, 0]];
  times.forEach((t, k) => steps.push([t, k / completionTimes.length], [t, (k + 1) / completionTimes.length]));
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
  const chunks = peers.chunks_at_end.reduce((/** @type {number} */ m, /** @type {number} */ n) => Math.max(m, n), 0);
  const names = distinct(data.group_summary.group);
  const withSeeds = new Set(names.filter((_, i) => data.group_summary.initial_seeds[i] > 0));
  const leeching = names.filter((_, i) => data.group_summary.leechers[i] > 0);
  /** A column of peers.csv for the leechers of a group. @param {any} group @param {string} column @returns {any[]} */
  const ofLeechers = (group, column) => peers[column].filter((/** @type {any} */ _, /** @type {number} */ i) =>
    peers.group[i] === group && !(withSeeds.has(group) && peers.chunks_at_start[i] === chunks));
  const byGroup = (/** @type {string} */ x, /** @type {string} */ y) => leeching.map((group, k) => ({
    name: String(group), colour: colour(k), dots: true,
    points: pairs(ofLeechers(group, x), ofLeechers(group, y)),
  }));
  const over = (/** @type {[string, string][]} */ columns) => columns.map(([column, name], k) => ({ name, colour: colour(k), points: pairs(timeseries.time_s, timeseries[column]) }));
  const scaled = (/** @type {any[]} */ series, /** @type {number} */ x, /** @type {number} */ y) => series.map((s) => ({ ...s, points: s.points.map((/** @type {[number, number]} */ p) => [p[0] / x, p[1] / y]) }));

  document.title = `${figures.scenario} – swarmsim report`;
  heading(figures.scenario, `seed ${figures.seed} · swarmsim ${figures.version} · ended after ${duration(figures.simulated_s)}: ${figures.ending}`);
  if (figures.ending !== "all-done") main.append(warning(figures.ending, figures.not_completed));
  main.append(card("Key figures", "", [keyFigures([
    ["peers", number(figures.peers)], ["completed", `${number(figures.completed)} of ${number(figures.leechers)}`],
    ["completion time, mean", duration(figures.completion_mean_s)], ["median", duration(figures.completion_median_s)],
    ["95 % are done within", duration(figures.completion_p95_s)], ["last", duration(figures.completion_last_s)],
    ["upload used by leechers", percent(figures.leecher_utilisation)], ["upload used by all", percent(figures.utilisation)],
    ["seed load, copies of the file", number(figures.seed_load)], ["fairness (Jain)", number(figures.share_ratio_jain)],
    ["time over lower bound", number(figures.makespan_over_bound)], ["wasted bytes", number(figures.wasted_bytes)]])], true));
  main.append(
    xyChart({ title: "Completion time", note: "Share of the leechers of each group that are done this long after they joined.", x: "time since joining (min)", y: "share of leechers", yMax: 1,
      series: scaled(leeching.map((group, k) => ({ name: String(group), colour: colour(k), points: doneOverTime(ofLeechers(group, "completion_time_s")) })), 60, 1) }),
    xyChart({ title: "Leechers and seeds", x: "time (min)", y: "peers", series: scaled(over([["leechers", "leechers"], ["seeds", "seeds"]]), 60, 1) }),
    xyChart({ title: "Use of upload capacity", note: "Mean since the sample before.", x: "time (min)", y: "share of capacity", yMax: 1,
      series: scaled(over([["leecher_utilisation", "leechers"], ["seed_utilisation", "seeds"], ["utilisation", "all"]]), 60, 1) }),
    xyChart({ title: "Copies of a chunk", note: "The rarest chunk, the mean, and the most common one.", x: "time (min)", y: "copies",
      series: scaled(over([["copies_min", "rarest"], ["copies_mean", "mean"], ["copies_max", "most common"]]), 60, 1) }),
    chunksHeld(timeseries, chunks),
    seedLoad(timeseries),
    heatmap({ title: "Who unchokes whom", note: "Time unchoked per pair of leechers while the sender leeches, over what an average leecher gets from that group. 1 is chance, if all are there equally long.",
      x: "receiver", y: "sender", xs: names, ys: names, numbers: true, unit: "times chance", cells: againstChance(groups, names, new Map(names.map((n, i) => [n, data.group_summary.leechers[i]]))) }),
    heatmap({ title: "Traffic between groups", note: "MiB sent in the whole run.", x: "receiver", y: "sender", xs: names, ys: names, numbers: true, unit: "MiB",
      cells: square(groups, names, (i) => groups.bytes[i] / 2 ** 20) }),
    xyChart({ title: "Completion time against upload capacity", x: "upload capacity (kB/s)", y: "completion time (min)", series: scaled(byGroup("upload_bytes_per_s", "completion_time_s"), 1e3, 60) }),
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

/** @param {string} ending @param {number} missing */
const warning = (ending, missing) => element("section", { class: "card wide warning", role: "note" },
  element("p", {}, `The run ended as “${ending}”: ${number(missing)} leechers did not complete, and figures are over those that did.`));

/** @param {any} title @param {string} text */
export function heading(title, text) {
  /** @type {HTMLElement} */ (document.getElementById("title")).textContent = String(title);
  /** @type {HTMLElement} */ (document.getElementById("subtitle")).textContent = text;
}
