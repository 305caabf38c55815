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

/** The unit of a metric of a comparison; "" for counts and ratios. @param {string} metric @param {string} unit that of the CSV @param {(number | null)[]} values @returns {Unit} */
export function unitOf(metric, unit, values) {
  const largest = values.reduce((/** @type {number} */ most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
  if (unit === "s") return scale(TIMES, largest);
  if (unit === "bytes") return scale(BYTES, largest);
  return metric.endsWith("utilisation") ? PERCENT : ["", 1];
}

/** A metric at an axis: the unit stands in brackets, not in the name. @param {string} metric @param {string} unit */
export const labelOf = (metric, unit) => (unit ? `${metric.replace(/_(s|bytes)$/, "")} (${unit})` : metric);
