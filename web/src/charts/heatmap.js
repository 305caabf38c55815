// A grid of numbers as colours, below a bar that says what they mean.
import { NOTHING, card, chartCard } from "../card.js";
import { number, shortNames } from "../format.js";
import { shape } from "../svg.js";
import { LETTER, lettersBeside, nameShape, namesBelow, ticksIn } from "./names.js";
import { onKeys, onPointer } from "./read.js";
import { ABOVE, amounts, colourBar } from "./shades.js";

/**
 * `cells[row][column]`; with `bands` a row stands for more than one thing on the y axis; with `numbers` they are written into the cells, where there is room; `scale`: what
 * colours mean, amounts unless it is said; `saved`: what the saved table has instead of the names on both axes.
 * @typedef {{ title: string, note?: string, wide?: boolean, x: string, y: string, xs: any[], ys: any[], cells: (number | null)[][], numbers?: boolean,
 *   unit: string, scale?: typeof amounts, bands?: string[], saved?: string[] }} Heatmap
 */

/** @param {any} value */
const label = (value) => (typeof value === "number" ? number(value) : String(value));

/** Where a number stands among the cells of `values`: between two of them in proportion. @param {number[]} values @param {number} at */
function cellOf(values, at) {
  const next = values.findIndex((v) => v >= at - 1e-9);
  const [before, after] = [values[next - 1] ?? values[next], values[next]];
  return after > before ? next - (after - at) / (after - before) : next;
}

/** What a name that stands upright takes of an axis. */
const NAME_WIDE = 14;

/** What stands at an axis, and at which cell: every name, or one of `step`, or round numbers that have room. @param {Heatmap} chart @param {any[]} values @param {number} length of the axis @param {number} step @returns {[string, number][]} */
const marks = (chart, values, length, step = 1) => (chart.numbers ? values.flatMap((v, i) => (i % step ? [] : [/** @type {[string, number]} */ ([label(v), i])]))
  : ticksIn(values[0], values[values.length - 1], length).map((tick) => [number(tick), cellOf(values, tick)]));

/** Where cells stand, and the names around them. @param {Heatmap} chart @param {number} width @param {boolean} isPaper */
function cellFrame(chart, width, isPaper) {
  const [rows, columns] = [chart.ys.length, chart.xs.length];
  const letters = lettersBeside(chart.ys.map(label), width);
  const left = 32 + LETTER * letters;
  const w = (width - left - 8) / columns;
  const step = Math.ceil(NAME_WIDE / w);
  const across = marks(chart, chart.xs, w * columns, step);
  const below = namesBelow(across.map(([text]) => text), (w * columns) / across.length - 6);
  const foot = 24 + below.high;
  // As high as the chart beside it, if its rows have room.
  const h = chart.numbers ? Math.max(isPaper ? 18 : 24, ((isPaper ? 210 : 300) - ABOVE - foot) / rows) : (isPaper ? 150 : 260) / rows;
  const title = chart.numbers && step > 1 ? `${chart.x} (1 of ${step} names shown)` : chart.x;
  return { letters, left, w, h, across, title, below, bottom: ABOVE + h * rows, height: ABOVE + h * rows + foot, gap: chart.numbers ? -2 : 0.3 };
}

/** @param {Heatmap} chart */
export function heatmap(chart) {
  const values = chart.cells.flat();
  if (values.every((v) => !v)) return card(chart.title, NOTHING, [], chart.wide);
  const scale = (chart.scale ?? amounts)(values);
  const [across, down] = [chart.saved ?? chart.xs, chart.saved ?? chart.bands ?? chart.ys];
  return chartCard({
    ...chart,
    sheet: { columns: [chart.y, ...across.map((x) => `${chart.x} ${x} (${chart.unit})`)], rows: chart.cells.map((row, i) => [down[i], ...row]) },
    draw(svg, width, say, isPaper) {
      const at = cellFrame(chart, width, isPaper);
      const { left, w, h, gap } = at;
      const written = (/** @type {number | null} */ v) => (v === null ? "\u2013" : scale.written(v));
      const fits = Boolean(chart.numbers) && values.every((v) => written(v).length * LETTER < w);
      svg.append(...colourBar(scale, chart.unit, left, width));
      chart.cells.forEach((row, r) => row.forEach((v, c) => {
        const share = v === null ? 0 : scale.share(v);
        svg.append(shape("rect", { x: left + c * w, y: ABOVE + r * h, width: w + gap, height: h + gap, fill: v === null ? "var(--card)" : scale.colour(share), "shape-rendering": chart.numbers ? "auto" : "crispEdges" }));
        if (fits) svg.append(shape("text", { x: left + (c + 0.5) * w, y: ABOVE + (r + 0.5) * h + 3, "text-anchor": "middle", style: `fill:${v === null ? "var(--ink)" : scale.ink(share)}` }, written(v)));
      }));
      const down = marks(chart, chart.ys, h * chart.ys.length);
      const names = shortNames(down.map(([text]) => text), at.letters);
      for (const [k, [text, r]] of down.entries()) svg.append(nameShape(text, names[k], { x: left - 6, y: ABOVE + (r + 0.5) * h + 4, "text-anchor": "end", class: "tick" }));
      for (const [k, [, c]] of at.across.entries()) svg.append(...at.below.draw(k, left + (c + 0.5) * w, at.bottom));
      svg.append(shape("text", { x: (left + width - 8) / 2, y: at.height - 6, "text-anchor": "middle", class: "strong" }, at.title));
      svg.append(shape("text", { transform: `translate(13 ${(ABOVE + at.bottom) / 2}) rotate(-90)`, "text-anchor": "middle", class: "strong title" }, chart.y));
      readCells(svg, chart, at, width, say);
      return at.height;
    },
  });
}

/** Pointer and arrow keys read one cell. @param {SVGElement} svg @param {Heatmap} chart @param {ReturnType<typeof cellFrame>} at @param {number} width @param {(text: string) => void} say */
function readCells(svg, chart, { left, w, h, gap }, width, say) {
  const mark = shape("rect", { width: w + gap, height: h + gap, fill: "none", stroke: "var(--ink)", "stroke-width": 2, visibility: "hidden", class: "mark" });
  svg.append(mark);
  let [i, j] = [-1, -1];
  const tell = (/** @type {number} */ row, /** @type {number} */ column) => {
    [i, j] = [Math.min(chart.ys.length - 1, Math.max(0, row)), Math.min(chart.xs.length - 1, Math.max(0, column))];
    for (const [key, value] of [["x", left + j * w], ["y", ABOVE + i * h]]) mark.setAttribute(String(key), String(value));
    mark.setAttribute("visibility", "visible");
    say(`${chart.bands ? `${chart.y}s ${chart.bands[i]}` : `${chart.y} ${label(chart.ys[i])}`}, ${chart.x} ${label(chart.xs[j])}: ${number(chart.cells[i][j])} ${chart.unit}`);
  };
  onPointer(svg, width, (x, y) => {
    const [column, row] = [Math.floor((x - left) / w), Math.floor((y - ABOVE) / h)];
    if (chart.cells[row]?.[column] !== undefined) tell(row, column);
  });
  // The first key reads the first cell, but End the last one of its row.
  const go = (/** @type {number} */ down, /** @type {number} */ right) => (i < 0 ? tell(0, right === Infinity ? right : 0) : tell(i + down, j + right));
  onKeys(svg, { ArrowLeft: () => go(0, -1), ArrowRight: () => go(0, 1), ArrowUp: () => go(-1, 0), ArrowDown: () => go(1, 0), Home: () => go(0, -Infinity), End: () => go(0, Infinity) });
}
