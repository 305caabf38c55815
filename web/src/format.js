// Numbers for people, and columns of tables. Text from the data only ever becomes a text node.

/** A table as columns. @typedef {Record<string, Array<any>>} Table */

/** @param {number | null | undefined} value @returns {string} */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-3)) return value.toExponential(2);
  return value.toLocaleString("en", { maximumSignificantDigits: size >= 1000 ? Math.ceil(Math.log10(size + 1)) : 4 });
}

/** @param {number | null} seconds */
export function duration(seconds) {
  if (seconds === null) return "–";
  if (seconds < 60) return `${number(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return minutes < 60 ? `${minutes} min ${two(Math.round(seconds) % 60)} s` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** @param {number | null} share */
export const percent = (share) => (share === null ? "–" : `${number(Math.round(share * 1000) / 10)} %`);

/** The different values in the order in which they come. @param {any[]} values @returns {any[]} */
export const distinct = (values) => [...new Set(values)];

/** The points of two columns where both have a value. @param {any[]} xs @param {any[]} ys @returns {[number, number][]} */
export function pairs(xs, ys) {
  return xs.map((x, i) => /** @type {[number, number]} */ ([x, ys[i]])).filter(([x, y]) => x !== null && y !== null);
}

/** Steps of 1, 2 or 5 that cover a range. @param {number} low @param {number} high @param {number} count */
export function ticks(low, high, count) {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5].find((m) => m * power >= raw) ?? 10) * power;
  const list = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++) list.push(k * step);
  return list;
}
