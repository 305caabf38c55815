// Colours, line styles and marks of series, by their number: those of scripts/swarmsim_plots/style.py, 35 different ones.
import { shape } from "../svg.js";

/** With more series than this colours repeat. */
export const COLOURS_MAX = 7;

/** @param {number} index */
export const colour = (index) => `var(--c${index % COLOURS_MAX})`;

/** With a line style of its own every line can be told in grey too. @param {number} index */
export const dash = (index) => ["", "10 3", "3 2", "10 3 2 3", "16 4"][index % 5];

/** Outlines around 0 0 that reach as far as a circle of radius 1. */
const MARKS = [
  (/** @type {number} */ r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  (/** @type {number} */ r) => `M${-r * 0.9} ${-r * 0.9}h${r * 1.8}v${r * 1.8}h${-r * 1.8}z`,
  (/** @type {number} */ r) => `M0 ${-r * 1.15}L${r * 1.1} ${r * 0.85}H${-r * 1.1}z`,
  (/** @type {number} */ r) => `M0 ${-r * 1.3}L${r * 1.1} 0L0 ${r * 1.3}L${-r * 1.1} 0z`,
  (/** @type {number} */ r) => `M0 ${r * 1.15}L${r * 1.1} ${-r * 0.85}H${-r * 1.1}z`,
  (/** @type {number} */ r) => `M${-r * 0.4} ${-r * 1.2}h${r * 0.8}v${r * 0.8}h${r * 0.8}v${r * 0.8}h${-r * 0.8}v${r * 0.8}h${-r * 0.8}v${-r * 0.8}h${-r * 0.8}v${-r * 0.8}h${r * 0.8}z`,
];

/** A mark of the shape with that number. @param {number} index @param {number} x @param {number} y @param {number} radius @param {Record<string, string | number>} look */
export const marked = (index, x, y, radius, look) => shape("path", { class: "dot", transform: `translate(${x.toFixed(3)} ${y.toFixed(3)})`, d: MARKS[index % MARKS.length](radius), ...look });
