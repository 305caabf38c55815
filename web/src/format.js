// Numbers and names for people, and columns of tables. Text from the data only ever becomes a text node.
import { scale } from "./units.js";

/** A table as columns. @typedef {Record<string, Array<any>>} Table */

/** With a minus instead of a hyphen. @param {string} digits */
const minus = (digits) => digits.replace("-", "\u2212");

/** @param {number | null | undefined} value @returns {string} */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e15 || size < 1e-3)) return minus(value.toExponential(2));
  return minus(value.toLocaleString("en", { maximumSignificantDigits: size >= 1000 ? Math.ceil(Math.log10(size + 1)) : 4 }));
}

/** In three digits, or all before the point. @param {number | null | undefined} value */
export const brief = (value) => number(value === null || value === undefined || Math.abs(value) >= 1000 ? value : Number(value.toPrecision(3)));

/** @param {number | null | undefined} value @param {number} decimals */
export function fixed(value, decimals) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return minus(value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replace(/^-(?=[0.]+$)/, ""));
}

/** In the unit in which it reads best. @param {number | null} value @param {import("./units.js").Unit[]} units */
export function amount(value, units) {
  if (value === null) return "–";
  const [unit, size] = scale(units, value);
  return `${brief(value / size)} ${unit}`;
}

/** @param {number | null} seconds */
export function duration(seconds) {
  if (seconds === null) return "–";
  if (seconds < 60) return `${number(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return minutes < 60 ? `${minutes} min ${two(Math.round(seconds) % 60)} s` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** How many of something there are: `1 run`, `2 runs`. @param {number} count @param {string} noun */
export const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

/** A place in a row: 2nd, 3rd, 4th. @param {number} place */
export const nth = (place) => `${number(place)}${{ 1: "st", 2: "nd", 3: "rd" }[place % 100 > 10 && place % 100 < 14 ? 0 : place % 10] ?? "th"}`;

/** @param {number | null} share */
export const percent = (share) => (share === null ? "–" : `${number(Math.round(share * 1000) / 10)} %`);

/** The name with its middle left out, if it has more letters: names often differ at their ends. @param {string} name @param {number} letters */
export function short(name, letters) {
  const room = Math.max(7, Math.floor(letters));
  if (name.length <= room) return name;
  const end = Math.floor((room - 1) / 2);
  return `${name.slice(0, room - 1 - end)}…${name.slice(-end)}`;
}

/** Names of at most so many letters, different ones differently: where some would look alike without their middle they have, of all of it, the part from the first letter in which they differ; if that is not enough each has its place in front. @param {string[]} names @param {number} letters */
export function shortNames(names, letters) {
  const areTold = (/** @type {string[]} */ shown) => distinct(shown).length === distinct(names).length;
  const plain = names.map((name) => short(name, letters));
  if (areTold(plain)) return plain;
  const telling = names.map((name, i) => {
    const alike = distinct(names.filter((_, k) => plain[k] === plain[i]));
    return alike.length > 1 ? windowAt(name, sameLetters(alike), letters) : plain[i];
  });
  return areTold(telling) ? telling : names.map((name) => `${distinct(names).indexOf(name) + 1} ${short(name, letters - 1 - String(names.length).length)}`);
}

/** With how many letters all of the names begin. @param {string[]} names */
function sameLetters([first, ...others]) {
  const differs = [...first].findIndex((letter, i) => others.some((other) => other[i] !== letter));
  return differs < 0 ? first.length : differs;
}

/** So many letters of a name, with those around a place; what is left out is told. @param {string} name @param {number} place @param {number} letters */
function windowAt(name, place, letters) {
  const room = Math.max(7, Math.floor(letters));
  const from = Math.max(0, Math.min(place - 1, name.length - room + 1));
  const [before, after] = [from > 0 ? "…" : "", from + room - 1 < name.length ? "…" : ""];
  return `${before}${name.slice(from, from + room - before.length - after.length)}${after}`;
}

/** The different values in the order in which they come. @param {any[]} values @returns {any[]} */
export const distinct = (values) => [...new Set(values)];

/** The largest of the numbers, at least 0. @param {(number | null)[]} values */
export const largest = (values) => values.reduce((/** @type {number} */ most, value) => Math.max(most, value ?? 0), 0);

/** The points of two columns; where there is no value a line has a gap. @param {number[]} xs @param {(number | null)[]} ys @returns {[number, number | null][]} */
export const withGaps = (xs, ys) => xs.map((x, i) => [x, ys[i]]);

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
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) list.push(Number((k * step).toPrecision(12)));
  return list;
}

/** Powers of ten in a range, and what is half way between them unless these are many. @param {number} low @param {number} high */
export function powers(low, high) {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const steps = Math.log10(high / low) > 3 ? [1] : [1, 3];
  return [...Array(to - from + 1).keys()].flatMap((k) => steps.map((step) => Number(`${step}e${from + k}`))).filter((value) => value >= low && value <= high);
}

/** The least and the greatest value. @param {number[]} values @returns {[number, number]} */
export const extent = (values) => values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);

/** Values over more powers of ten than this have a logarithmic axis: on one from 0 most would stand in its corner. */
const DECADES = 1.5;

/** @param {number[]} values */
export function isWide(values) {
  const [least, most] = extent(values);
  return least > 0 && Math.log10(most / least) > DECADES;
}

/** Steps that go on to the next one beyond a range on both sides. @param {number} low @param {number} high @param {number} count */
export function ticksAround(low, high, count) {
  const inside = ticks(low, high, count);
  const step = inside.length > 1 ? inside[1] - inside[0] : high - low || 1;
  const [from, to] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  // A range of nothing lies in the middle.
  const [first, last] = from < to ? [from, to] : [from - 1, to + 1];
  return [...Array(last - first + 1).keys()].map((k) => Number(((first + k) * step).toPrecision(12)));
}

/** What lies near 0 is shown from there: from this share of the highest value on downwards. */
const NEAR_ZERO = 1 / 3;

/** The range of an axis for values, which starts at 0 if they come near it. @param {number[]} values @returns {[number, number]} */
export function rangeOf(values) {
  const [low, high] = extent(values);
  if (low < 0 || low <= high * NEAR_ZERO || low === high) return [Math.min(0, low * 1.05), high * 1.05 || 1];
  const room = (high - low) * 0.08;
  return [low - room, high + room];
}
