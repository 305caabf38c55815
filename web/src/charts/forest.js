// Intervals around values, one a line beside its name, with a line at 0.
import { chartCard } from "../card.js";
import { number, short, ticksAround } from "../format.js";
import { shape } from "../svg.js";
import { unitIn } from "../units.js";
import { LETTER, LINE, linesOf, nameShape, titleBelow } from "./names.js";
import { readOneByOne } from "./read.js";
import { HIDDEN, IN_DOTS } from "./xy.js";

/** The height of an interval with its name beside it, on the screen and on paper (`PAPER_ROW`). */
const ROW = 34;
const PAPER_ROW = 26;
/** What has room on a printed page. */
const PAGE_HIGH = 860;
/** The radius of a dot. */
const RADIUS = 5;
/** The room of names beside the intervals, as a share of the width. */
const NAMES_WIDE = 0.38;

/**
 * Where names stand: beside their intervals, where the page is wide in two lines, or above them if that is not enough. Rows are lower where many would be higher than a page.
 * @param {string[]} names @param {number} width @param {boolean} isPaper
 */
function rowsOf(names, width, isPaper) {
  const beside = names.map((name) => linesOf(name, width * NAMES_WIDE));
  const isAbove = beside.some((lines) => lines.length > (width < 420 ? 1 : 2) || lines.some((line) => line.length > (width * NAMES_WIDE) / LETTER));
  const lines = isAbove ? names.map((name) => linesOf(name, width - 16)) : beside;
  const high = LINE * Math.max(...lines.map((each) => each.length));
  const [loose, tight] = isAbove ? [high + 30, high + 12] : [Math.max(isPaper ? PAPER_ROW : ROW, high + 8), Math.max(20, high)];
  const row = Math.max(tight, Math.min(loose, PAGE_HIGH / names.length));
  const gap = row - high;
  const left = isAbove ? 24 : 20 + LETTER * Math.max(7, ...lines.flat().map((line) => line.length));
  /** The middle of an interval. @param {number} i */
  const middle = (i) => (isAbove ? (i + 1) * row - gap * 0.27 : (i + 0.5) * row + 4);
  /** The lines of its name. @param {number} i @returns {Element[]} */
  const name = (i) => lines[i].map((line, k) => {
    const up = LINE * (lines[i].length - 1 - k);
    return isAbove ? nameShape(line, short(line, (width - 16) / LETTER), { x: 8, y: middle(i) - 6.5 - gap / 4 - up, class: "strong name", stroke: "var(--card)", "stroke-width": 4, "paint-order": "stroke" })
      : nameShape(line, short(line, left / LETTER), { x: left - 12, y: middle(i) + 4 + (LINE * (lines[i].length - 1)) / 2 - up, "text-anchor": "end", class: "strong name" });
  });
  return { left, bottom: names.length * row + 8, middle, name };
}

/** @param {{ title: string, note?: string, wide?: boolean, x: string, items: { name: string, low: number, value: number, high: number, clear: boolean }[] }} chart */
export function forest(chart) {
  const [lowest, highest] = [Math.min(0, ...chart.items.map((i) => i.low)), Math.max(0, ...chart.items.map((i) => i.high))];
  const isHidden = chart.items.some(({ low, high }) => high > low && high - low < HIDDEN * (highest - lowest));
  return chartCard({
    ...chart,
    note: isHidden ? `${chart.note ?? ""}${IN_DOTS}` : chart.note,
    sheet: { columns: ["variant", `lower end of the ${chart.x}`, chart.x, `upper end of the ${chart.x}`], rows: chart.items.map((i) => [i.name, i.low, i.value, i.high]) },
    draw(svg, width, say, isPaper) {
      const ticks = ticksAround(lowest, highest, width < 420 ? 4 : 7);
      const [low, high] = [ticks[0], ticks[ticks.length - 1]];
      const { left, bottom, middle, name } = rowsOf(chart.items.map((item) => item.name), width, isPaper);
      const right = width - 24;
      const px = (/** @type {number} */ x) => left + ((x - low) / (high - low)) * (right - left);
      for (const x of ticks) {
        svg.append(shape("line", { x1: px(x), x2: px(x), y1: 0, y2: bottom, stroke: x === 0 ? "var(--ink)" : "var(--line)" }));
        svg.append(shape("text", { x: px(x), y: bottom + 16, "text-anchor": "middle", class: "below" }, number(x)));
      }
      const below = linesOf(chart.x, width);
      svg.append(...titleBelow(below, (left + right) / 2, width, bottom + 36));
      const mark = shape("circle", { r: 9, fill: "none", stroke: "var(--ink)", "stroke-width": 2, visibility: "hidden", class: "mark" });
      const spots = chart.items.map((item, i) => ({ item, top: middle(i) }));
      spots.forEach(({ item, top: y }, i) => {
        const fill = item.clear ? "var(--c0)" : "var(--soft)";
        svg.append(...name(i));
        svg.append(shape("line", { x1: px(item.low), x2: px(item.high), y1: y, y2: y, stroke: fill, "stroke-width": 3 }));
        svg.append(shape("circle", { cx: px(item.value), cy: y, r: RADIUS, fill: item.clear ? fill : "var(--card)", stroke: fill, "stroke-width": 2 }));
        // One that would be hidden by its dot is a line in it.
        const [from, to] = [px(item.low), px(item.high)];
        if (to > from && to - from < 2 * RADIUS) svg.append(shape("line", { class: "slit", x1: from, x2: Math.max(to, from + 1), y1: y, y2: y, stroke: item.clear ? "var(--card)" : fill, "stroke-width": 1.5 }));
      });
      svg.append(mark);
      readOneByOne(svg, spots, width, ({ item, top }) => {
        for (const [key, value] of [["cx", px(item.value)], ["cy", top]]) mark.setAttribute(String(key), String(value));
        mark.setAttribute("visibility", "visible");
        say(`${item.name}: ${number(item.value)}${unitIn(chart.x)}, from ${number(item.low)} to ${number(item.high)}`);
      });
      return bottom + 44 + LINE * (below.length - 1);
    },
  });
}
