// Small panels with the same axes, one for each line: it is in colour with its band, in front of all others in grey.
import { chartCard } from "../card.js";
import { number, short, ticks } from "../format.js";
import { shape } from "../svg.js";
import { unitIn } from "../units.js";
import { LETTER, LINE, linesOf, titleBelow, titleBeside } from "./names.js";
import { onKeys, onPointer } from "./read.js";
import { drawn, ranges, sheetOf, spanOf, valueAt } from "./xy.js";

/** @typedef {import("./xy.js").Series} Series */

/** How many panels stand side by side at most. @param {number} width */
const panelsAcross = (width) => (width < 420 ? 2 : width < 600 ? 3 : 4);
/** Lines of the name above a panel, at most: in narrow ones more, where the page scrolls anyway. @param {number} width */
const nameLines = (width) => (width < 420 ? 4 : 2);
/** The room of the numbers below a panel. */
const NUMBERS = 18;
/** The room between panels. */
const BETWEEN = 14;
/** The room below the title of the x axis. */
const FOOT = 8;

/** The grey lines are drawn once and used in every panel. */
let pictures = 0;

/** The chart of `chart` in panels: one for each of the `shown` among its series. @param {import("./xy.js").XyChart} chart @param {Series[]} shown */
export function panelsChart(chart, shown) {
  const [xs, ys] = ranges(chart);
  const unit = unitIn(chart.y);
  return chartCard({
    ...chart,
    legend: [{ name: "the variant with its band", colour: "var(--c0)" }, { name: "all others", colour: "var(--soft)" }],
    sheet: sheetOf(chart),
    draw(svg, width, say) {
      const at = panelFrame(chart, shown, width);
      const px = (/** @type {number} */ x) => ((x - xs[0]) / (xs[1] - xs[0])) * at.wide;
      const py = (/** @type {number} */ y) => at.high * (1 - (y - ys[0]) / (ys[1] - ys[0]));
      const id = `others${pictures++}`;
      const others = shape("g", { id });
      for (const { points, step } of chart.series) others.append(...drawn({ name: "", points, step, colour: "var(--soft)", quiet: true }, px, py));
      const defs = shape("defs", {});
      defs.append(others);
      svg.append(defs);
      const places = shown.map((series, k) => {
        const [left, top] = at.place(k);
        const panel = shape("g", { transform: `translate(${left} ${top})`, class: "panel" });
        panel.append(...at.names[k].map((line, i) => shape("text", { y: (i + 1 - at.names[k].length) * LINE - 6, class: "strong" }, line)), shape("title", {}, series.name),
          ...panelAxes(xs, ys, at, px, py, k % at.columns === 0), shape("use", { href: `#${id}` }), ...drawn({ ...series, colour: "var(--c0)", dash: "", bare: false }, px, py));
        svg.append(panel);
        return { left, top };
      });
      svg.append(...titleBelow(at.below, width / 2, width, at.height - FOOT - LINE * (at.below.length - 1)), ...titleBeside(at.beside, at.height / 2));
      const mark = shape("line", { stroke: "var(--ink)", "stroke-dasharray": "3 3", visibility: "hidden", class: "mark" });
      svg.append(mark);
      // Before the first one: that is what the first key reads.
      let [own, share] = [-1, -0.02];
      const go = (/** @type {number} */ panel, /** @type {number} */ to) => {
        [own, share] = [Math.min(shown.length - 1, Math.max(0, panel)), Math.min(1, Math.max(0, to))];
        const [{ left, top }, series, x] = [places[own], shown[own], xs[0] + share * (xs[1] - xs[0])];
        for (const [key, value] of Object.entries({ x1: left + px(x), x2: left + px(x), y1: top, y2: top + at.high, visibility: "visible" })) mark.setAttribute(key, String(value));
        const i = valueAt(series, x);
        const value = i < 0 || series.points[i][1] === null ? "–" : `${number(series.points[i][1])}${unit}${spanOf({ ...series, bare: false }, i)} at ${number(series.points[i][0])}${unitIn(chart.x)}`;
        say(`${series.name}: ${value}`);
      };
      onPointer(svg, width, (x, y) => {
        const under = places.findIndex(({ left, top }) => x >= left - BETWEEN / 2 && x <= left + at.wide + BETWEEN / 2 && y <= top + at.high + NUMBERS);
        if (under >= 0) go(under, (x - places[under].left) / at.wide);
      });
      onKeys(svg, { ArrowLeft: () => go(own, share - 0.02), ArrowRight: () => go(own, share + 0.02), ArrowUp: () => go(own - 1, share), ArrowDown: () => go(own + 1, share), Home: () => go(own, 0), End: () => go(own, 1) });
      return at.height;
    },
  });
}

/** Where panels stand, and the lines of their names. @param {import("./xy.js").XyChart} chart @param {Series[]} shown @param {number} width */
function panelFrame(chart, shown, width) {
  const rows = Math.ceil(shown.length / panelsAcross(width));
  const columns = Math.ceil(shown.length / rows);
  const [below, beside] = [linesOf(chart.x, width), linesOf(chart.y, 180)];
  const left = 32 + 3 * LETTER + LINE * (beside.length - 1);
  const wide = (width - left - 12 - BETWEEN * (columns - 1)) / columns;
  const high = Math.round(Math.max(72, Math.min(150, wide * 0.52)));
  const letters = wide / LETTER;
  const names = shown.map(({ name, brief }) => {
    // A setting stays with its unit.
    const inLines = (/** @type {string} */ text) => linesOf(text.split(" \u00b7 ").map((setting) => setting.replaceAll(" ", "\u00a0")).join("\u00a0\u00b7 "), wide);
    const lines = inLines(brief ?? name);
    return (lines.length <= nameLines(width) ? lines : inLines(short(brief ?? name, letters))).map((line) => short(line, letters));
  });
  const head = LINE * Math.max(...names.map((lines) => lines.length)) + 6;
  const row = head + high + NUMBERS;
  return { columns, wide, high, names, below, beside, height: rows * row + LINE * below.length + FOOT + 4,
    /** @param {number} k @returns {[left: number, top: number]} */
    place: (k) => [left + (k % columns) * (wide + BETWEEN), Math.floor(k / columns) * row + head] };
}

/** Lines and numbers of the axes of a panel; those of the y axis stand left of the first one in a row. @param {[number, number]} xs @param {[number, number]} ys @param {ReturnType<typeof panelFrame>} at
 * @param {(x: number) => number} px @param {(y: number) => number} py @param {boolean} isFirst */
function panelAxes(xs, ys, at, px, py, isFirst) {
  const across = ticks(xs[0], xs[1], Math.max(3, Math.floor(at.wide / 60)));
  return [...ticks(ys[0], ys[1], 2).flatMap((y) => [shape("line", { x1: 0, x2: at.wide, y1: py(y), y2: py(y), stroke: "var(--line)" }),
    ...(isFirst ? [shape("text", { x: -6, y: py(y) + 4, "text-anchor": "end", class: "tick" }, number(y))] : [])]),
  // Numbers at the ends stay in their panel.
  ...across.map((x) => shape("text", { x: px(x), y: at.high + 14, "text-anchor": px(x) < 8 ? "start" : px(x) > at.wide - 8 ? "end" : "middle" }, number(x)))];
}
