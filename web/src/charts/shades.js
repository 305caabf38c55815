// What colours of a heatmap mean: amounts from none to the highest in one hue; ratios around 1 in two, on both sides alike.
import { brief, distinct, fixed, largest, number, ticks } from "../format.js";
import { shape } from "../svg.js";
import { LETTER } from "./names.js";

/**
 * `share`: where a value stands between the ends, 0 to 1; `colour` and `ink`: of what stands there, and of a number on it; `written`: a value in a cell; `labels`: what is written at which share, the ends first.
 * @typedef {{ share: (value: number) => number, colour: (share: number) => string, ink: (share: number) => string, written: (value: number) => string, labels: [share: number, text: string][] }} Scale
 */

/** @param {number} share */
const hundredths = (share) => Math.round(share * 100);

/** From 0 to the highest of the values. @param {(number | null)[]} values @returns {Scale} */
export function amounts(values) {
  const most = largest(values) || 1;
  return {
    share: (value) => value / most,
    colour: (share) => `color-mix(in oklab, var(--high) ${hundredths(share)}%, var(--low))`,
    // With a contrast of 4.5 at least: of black and white the farther one. In between that is black in light and in dark.
    ink: (share) => (hundredths(share) > 71 ? "var(--athigh)" : hundredths(share) < 53 ? "var(--atlow)" : "#000000"),
    written: brief,
    labels: [[0, "0"], [1, brief(most)], ...ticks(0, most, 4).map((v) => /** @type {[number, string]} */ ([v / most, number(v)]))],
  };
}

/** Ends of ratios are at most so many doublings away from 1: what is beyond has the colour of the end. */
const DOUBLINGS_MAX = 3;

/** As far below 1 as above it, in doublings: half and twice are at the same distance. @param {(number | null)[]} values @returns {Scale} */
export function ratios(values) {
  const known = values.flatMap((v) => (v === null ? [] : [v > 0 ? Math.log2(v) : -Infinity]));
  const end = Math.min(DOUBLINGS_MAX, Math.max(1, ...known.filter(Number.isFinite).map((v) => Math.ceil(Math.abs(v)))));
  const beyond = (/** @type {number} */ at) => (at === -end && known.some((v) => v < at) ? "\u2264 " : at === end && known.some((v) => v > at) ? "\u2265 " : "");
  const steps = [end, ...[...Array(end).keys()]].flatMap((k) => distinct([-k, k]));
  return {
    share: (value) => 0.5 + Math.min(end, Math.max(-end, Math.log2(value))) / (2 * end),
    colour: (share) => `color-mix(in oklab, var(--${share < 0.5 ? "below" : "above"}) ${hundredths(Math.abs(2 * share - 1))}%, var(--even))`,
    ink: () => "var(--atlow)",
    written: (value) => fixed(value, 2),
    labels: steps.map((at) => [0.5 + at / (2 * end), `${beyond(at)}${number(2 ** at)}`]),
  };
}

/** The height of the bar of colours, and that of all that stands above a heatmap. */
const BAR = 11;
export const ABOVE = 42;
/** The width of the bar at most, and how many colours it has. */
const WIDEST = 260;
const BLOCKS = 40;

/** What the colours mean: a bar that begins at `left`, as many labels as have room, and the unit beside it. @param {Scale} scale @param {string} unit @param {number} left @param {number} width of the picture */
export function colourBar(scale, unit, left, width) {
  const wide = Math.max(60, Math.min(WIDEST, width - left - LETTER * (unit.length + 4)));
  const blocks = [...Array(BLOCKS).keys()].map((k) => shape("rect", { x: left + (k * wide) / BLOCKS, y: 2, width: wide / BLOCKS + 0.3, height: BAR, fill: scale.colour((k + 0.5) / BLOCKS) }));
  /** @type {[number, number][]} */
  const taken = [];
  const labels = scale.labels.flatMap(([share, text]) => {
    const [middle, half] = [left + share * wide, ((text.length + 1) * LETTER) / 2];
    if (taken.some(([from, to]) => middle + half > from && middle - half < to)) return [];
    taken.push([middle - half, middle + half]);
    return [shape("text", { x: middle, y: BAR + 17, "text-anchor": "middle", class: "scale" }, text)];
  });
  return [...blocks, ...labels, shape("text", { x: left + wide + LETTER, y: BAR + 1, class: "strong" }, unit)];
}
