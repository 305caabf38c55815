// The units in which quantities are shown: those of docs/output.md, as in scripts/swarmsim_plots/style.py.

/** A unit, and how much of the base unit of the CSV it is. @typedef {[unit: string, size: number]} Unit */

/** @type {Unit[]} */
export const TIMES = [["s", 1], ["min", 60], ["h", 3600], ["d", 86400]];
/** @type {Unit[]} */
export const BYTES = [["B", 1], ["KiB", 2 ** 10], ["MiB", 2 ** 20], ["GiB", 2 ** 30], ["TiB", 2 ** 40]];
/** @type {Unit[]} */
export const RATES = [["bit/s", 1 / 8], ["kbit/s", 1e3 / 8], ["Mbit/s", 1e6 / 8], ["Gbit/s", 1e9 / 8]];
/** @type {Unit} */
const PERCENT = ["%", 0.01];

/** The unit in which `largest` reads best: up to 3 of one the smaller gives more ticks. @param {Unit[]} units @param {number} largest @returns {Unit} */
export const scale = (units, largest) => units.find((_, i) => i + 1 === units.length || !(largest > 3 * units[i + 1][1])) ?? units[0];

/** The unit of each metric, one in all charts and in the table; times of completion share one. @param {import("./format.js").Table} summary @param {{ time_s: number[] } | null} distribution of the completion times */
export function unitsOf(summary, distribution) {
  const isOfCompletion = (/** @type {string} */ metric) => /(^|\.)completion_[^.]*$/.test(metric);
  return (/** @type {string} */ metric) => {
    const together = isOfCompletion(metric);
    const rows = summary.metric.flatMap((name, i) => (name === metric || (together && isOfCompletion(name)) ? [i] : []));
    const means = rows.map((i) => summary.mean[i]);
    return unitOf(metric, summary.unit[rows[0]] ?? "s", together ? [...means, ...(distribution?.time_s.slice(-1) ?? [])] : means);
  };
}

/** The unit of a metric of a comparison; "" for counts and ratios. @param {string} metric @param {string} unit that of the CSV @param {(number | null)[]} values @returns {Unit} */
function unitOf(metric, unit, values) {
  const largest = values.reduce((/** @type {number} */ most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
  if (unit === "s") return scale(TIMES, largest);
  if (unit === "bytes") return scale(BYTES, largest);
  return metric.endsWith("utilisation") ? PERCENT : ["", 1];
}

/** The unit in brackets at the end of a label of an axis, as said after a number; "" if there is none. @param {string} label */
export function unitIn(label) {
  const [, unit] = label.match(/\(([^()]+)\)$/) ?? [];
  return [...TIMES, ...BYTES, ...RATES, PERCENT].some(([known]) => known === unit) ? ` ${unit}` : "";
}

/** Metrics in words, as in scripts/swarmsim_plots/style.py. @type {Record<string, string>} */
const METRICS = {
  simulated_s: "simulated time",
  extinct_chunks: "extinct chunks",
  peers: "peers",
  initial_seeds: "initial seeds",
  leechers: "leechers",
  completed: "leechers done",
  not_completed: "leechers not done",
  aborted: "leechers that gave up",
  crashed: "peers that crashed",
  completion_mean_s: "mean completion time",
  completion_sd_s: "standard deviation of completion times",
  completion_median_s: "median completion time",
  completion_p05_s: "5 % quantile of completion times",
  completion_p95_s: "95 % quantile of completion times",
  completion_p99_s: "99 % quantile of completion times",
  completion_first_s: "shortest completion time",
  completion_last_s: "longest completion time",
  leecher_utilisation: "upload used by leechers",
  utilisation: "upload used by all",
  share_ratio_mean: "mean share ratio",
  share_ratio_jain: "fairness (Jain's index)",
  seed_load: "seed load in copies of the file",
  seed_sent_bytes: "sent by initial seeds",
  uploaded_bytes: "sent by all",
  uploaded_leeching_bytes: "sent by leechers",
  downloaded_bytes: "received by all",
  wasted_bytes: "received and thrown away",
  chunk_transfers: "chunks transferred",
  first_chunk_mean_s: "mean time to the first chunk",
  makespan_s: "time until all are done",
  lower_bound_s: "lower bound of the time until all are done",
  makespan_over_bound: "time until all are done over its lower bound",
  longest_pause_s: "longest time in which nothing moved",
};

/** A metric in words; with the name of its group, if it is of one. @param {string} metric */
export function wordsOf(metric) {
  const [, group, column] = metric.match(/^group\.(.*)\.([^.]*)$/) ?? [null, "", metric];
  const words = METRICS[column] ?? column;
  return group ? `${group}: ${words}` : words;
}

/** A metric as a title begins with it; the name of a group stays as it is. @param {string} metric */
export const titleOf = (metric) => (METRICS[metric] ? wordsOf(metric).replace(/^./, (letter) => letter.toUpperCase()) : wordsOf(metric));

/** A metric at an axis, with its unit in brackets. @param {string} metric @param {string} unit */
export const labelOf = (metric, unit) => (unit ? `${wordsOf(metric)} (${unit})` : wordsOf(metric));
