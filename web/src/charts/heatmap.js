// A grid of numbers as colours.
import { NOTHING, card, chartCard } from "../card.js";
import { number, ticks } from "../format.js";
import { shape } from "../svg.js";
import { LETTER, lettersBeside, nameShape, namesBelow } from "./names.js";
import { onKeys } from "./read.js";

/** The width of the scale of colours. */
const SCALE = 14;
/** The colours of the scale. */
const SHADES = 40;

/** The colour of a cell. @param {number} percent of the highest value */
const shade = (percent) => `color-mix(in oklab, var(--high) ${percent}%, var(--low))`;

/** What can be read on a shade, with a contrast of 4.5 at least: of black and white the farther one. In between that is black in light and in dark. @param {number} percent of the highest value */
const inkAt = (percent) => (percent > 71 ? "var(--athigh)" : percent < 53 ? "var(--atlow)" : "#000000");

/** What the colours mean: from 0 at the bottom up to the highest value; the unit stands below, or at so many pixels to the right. @param {number[]} steps @param {number} most @param {string} unit @param {number} x @param {number} top @param {number} high @param {number} aside */
function scaleOf(steps, most, unit, x, top, high, aside) {
  const bottom = top + high;
  const blocks = [...Array(SHADES).keys()].map((k) => shape("rect", { x, y: bottom - ((k + 1) * high) / SHADES, width: SCALE, height: high / SHADES + 0.3, fill: shade(Math.round((100 * (k + 0.5)) / SHADES)) }));
  const numbers = steps.map((v) => shape("text", { x: x + SCALE + 6, y: Math.max(top + 9, bottom - (v / most) * high + 4), class: "scale" }, number(v)));
  /** @type {Record<string, string | number>} */
  const place = aside ? { transform: `translate(${x + aside} ${top + high / 2}) rotate(-90)`, "text-anchor": "middle" } : { x: x + SCALE, y: bottom + 18, "text-anchor": "end" };
  return [...blocks, ...numbers, shape("text", { ...place, class: "strong" }, unit)];
}

/**
 * `cells[row][column]`; with `bands` a row stands for more than one thing on the y axis; with `numbers` they are written into the cells, where there is room; else a scale says what the colours mean.
 * @param {{ title: string, note?: string, wide?: boolean, x: string, y: string, xs: any[], ys: any[], cells: (number | null)[][], numbers?: boolean,
 *   unit: string, bands?: string[] }} chart
 */
export function heatmap(chart) {
  if (chart.cells.flat().every((v) => !v)) return card(chart.title, NOTHING, [], chart.wide);
  const most = chart.cells.flat().reduce((/** @type {number} */ m, v) => Math.max(m, v ?? 0), 0) || 1;
  const [rows, columns] = [chart.ys.length, chart.xs.length];
  const label = (/** @type {any} */ v) => (typeof v === "number" ? number(v) : String(v));
  /** What stands at an axis, and at which cell: every name, or about so many round numbers. @param {any[]} values @param {number} count @returns {[string, number][]} */
  const marks = (values, count = 6) => (chart.numbers ? values.map((v, i) => [label(v), i])
    : ticks(values[0], values[values.length - 1], count).map((tick) => [number(tick), values.findIndex((v) => v >= tick - 1e-9)]));
  return chartCard({
    ...chart,
    sheet: { columns: [chart.y, ...chart.xs.map((x) => `${chart.x} ${x} (${chart.unit})`)], rows: chart.cells.map((row, i) => [chart.bands?.[i] ?? chart.ys[i], ...row]) },
    draw(svg, width, say) {
      const letters = lettersBeside(chart.ys.map(label), width);
      const [left, head] = [32 + LETTER * letters, 8];
      const room = (width - left - 8) / columns;
      const fits = Boolean(chart.numbers) && chart.cells.flat().every((v) => number(v).length * 7 < room);
      const steps = fits ? [] : ticks(0, most, 4);
      const scale = SCALE + 22 + LETTER * Math.max(...steps.map((v) => number(v).length));
      // Below it names may stand upright.
      const aside = chart.numbers ? scale - 6 : 0;
      const beside = fits ? 8 : scale + (aside ? 12 : 0);
      const w = (width - left - beside) / columns;
      const across = marks(chart.xs, width < 420 ? 3 : 6);
      const below = namesBelow(across.map(([text]) => text), (w * columns) / across.length - 6);
      const foot = 24 + below.high;
      // As high as the chart beside it, if its rows have room.
      const h = chart.numbers ? Math.max(24, (300 - head - foot) / rows) : 260 / rows;
      const height = head + h * rows + foot;
      const gap = chart.numbers ? -2 : 0.3;
      const mark = shape("rect", { width: w + gap, height: h + gap, fill: "none", stroke: "var(--ink)", "stroke-width": 2, visibility: "hidden", class: "mark" });
      let [i, j] = [0, 0];
      const tell = (/** @type {number} */ row, /** @type {number} */ column) => {
        [i, j] = [Math.min(rows - 1, Math.max(0, row)), Math.min(columns - 1, Math.max(0, column))];
        for (const [key, value] of [["x", left + j * w], ["y", head + i * h]]) mark.setAttribute(String(key), String(value));
        mark.setAttribute("visibility", "visible");
        say(`${chart.bands ? `${chart.y}s ${chart.bands[i]}` : `${chart.y} ${label(chart.ys[i])}`}, ${chart.x} ${label(chart.xs[j])}: ${number(chart.cells[i][j])} ${chart.unit}`);
      };
      chart.cells.forEach((row, r) => row.forEach((v, c) => {
        const share = Math.round(((v ?? 0) / most) * 100);
        svg.append(shape("rect", { x: left + c * w, y: head + r * h, width: w + gap, height: h + gap, fill: shade(share), "shape-rendering": chart.numbers ? "auto" : "crispEdges" }));
        if (fits) svg.append(shape("text", { x: left + (c + 0.5) * w, y: head + (r + 0.5) * h + 3, "text-anchor": "middle", style: `fill:${inkAt(share)}` }, number(v)));
      }));
      for (const [text, r] of marks(chart.ys)) svg.append(nameShape(text, letters, { x: left - 6, y: head + (r + 0.5) * h + 4, "text-anchor": "end", class: "tick" }));
      for (const [text, c] of across) svg.append(below.draw(text, left + (c + 0.5) * w, height - foot));
      if (!fits) svg.append(...scaleOf(steps, most, chart.unit, width - beside + 12, head, h * rows, aside));
      svg.append(shape("text", { x: (left + width - beside) / 2, y: height - 6, "text-anchor": "middle", class: "strong" }, chart.x));
      svg.append(shape("text", { transform: `translate(13 ${head + (h * rows) / 2}) rotate(-90)`, "text-anchor": "middle", class: "strong title" }, chart.y), mark);
      svg.addEventListener("pointermove", (event) => {
        const box = svg.getBoundingClientRect();
        const scale = width / box.width;
        const [column, row] = [Math.floor(((event.clientX - box.left) * scale - left) / w), Math.floor(((event.clientY - box.top) * scale - head) / h)];
        if (chart.cells[row]?.[column] !== undefined) tell(row, column);
      });
      onKeys(svg, { ArrowLeft: () => tell(i, j - 1), ArrowRight: () => tell(i, j + 1), ArrowUp: () => tell(i - 1, j), ArrowDown: () => tell(i + 1, j) });
      return height;
    },
  });
}
