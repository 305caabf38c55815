// Intervals around values, one a line beside its name, with a line at 0.
import { chartCard } from "../card.js";
import { number, ticksAround } from "../format.js";
import { shape } from "../svg.js";
import { unitIn } from "../units.js";
import { LETTER, LINE, linesOf, nameShape, titleBelow } from "./names.js";
import { readOneByOne } from "./read.js";

/** The height of an interval with its name beside it. */
const ROW = 34;
/** What has room on a printed page. */
const PAGE_HIGH = 860;
/** What each row gives up where they would be higher together. */
const CLOSER = 14;

/** The lines of each name, if they stand above the intervals: beside these they would be shortened. @param {string[]} names @param {number} width */
const linesAbove = (names, width) => (names.some((name) => name.length > (width * 0.36) / LETTER) ? names.map((name) => linesOf(name, width - 16)) : null);

/** @param {string[]} lines @param {number} width @param {number} y of the last of them */
const namesAbove = (lines, width, y) => lines.map((line, i) => nameShape(line, (width - 16) / LETTER, { x: 8, y: y - LINE * (lines.length - 1 - i), class: "strong name",
  stroke: "var(--card)", "stroke-width": 4, "paint-order": "stroke" }));

/** @param {{ title: string, note?: string, wide?: boolean, x: string, items: { name: string, low: number, value: number, high: number, clear: boolean }[] }} chart */
export function forest(chart) {
  const [lowest, highest] = [Math.min(0, ...chart.items.map((i) => i.low)), Math.max(0, ...chart.items.map((i) => i.high))];
  return chartCard({
    ...chart,
    sheet: { columns: ["variant", `lower end of the ${chart.x}`, chart.x, `upper end of the ${chart.x}`], rows: chart.items.map((i) => [i.name, i.low, i.value, i.high]) },
    draw(svg, width, say) {
      const ticks = ticksAround(lowest, highest, width < 420 ? 4 : 7);
      const [low, high] = [ticks[0], ticks[ticks.length - 1]];
      const longest = Math.max(7, ...chart.items.map(({ name }) => name.length));
      const above = linesAbove(chart.items.map(({ name }) => name), width);
      const loose = above ? ROW - 4 + LINE * Math.max(...above.map((lines) => lines.length)) : ROW;
      const closer = chart.items.length * loose > PAGE_HIGH ? CLOSER : 0;
      const row = loose - closer;
      const [left, right, bottom] = [above ? 24 : 20 + LETTER * longest, width - 24, chart.items.length * row + 8];
      const px = (/** @type {number} */ x) => left + ((x - low) / (high - low)) * (right - left);
      for (const x of ticks) {
        svg.append(shape("line", { x1: px(x), x2: px(x), y1: 0, y2: bottom, stroke: x === 0 ? "var(--ink)" : "var(--line)" }));
        svg.append(shape("text", { x: px(x), y: bottom + 16, "text-anchor": "middle", class: "below" }, number(x)));
      }
      const below = linesOf(chart.x, width);
      svg.append(...titleBelow(below, (left + right) / 2, width, bottom + 36));
      const mark = shape("circle", { r: 9, fill: "none", stroke: "var(--ink)", "stroke-width": 2, visibility: "hidden", class: "mark" });
      const spots = chart.items.map((item, i) => ({ item, top: above ? (i + 1) * row - 8 + closer / 4 : i * row + row / 2 + 4 }));
      spots.forEach(({ item, top: y }, i) => {
        const fill = item.clear ? "var(--c0)" : "var(--soft)";
        svg.append(...(above ? namesAbove(above[i], width, y - 14 + closer / 4) : [nameShape(item.name, longest, { x: left - 12, y: y + 4, "text-anchor": "end", class: "strong name" })]));
        svg.append(shape("line", { x1: px(item.low), x2: px(item.high), y1: y, y2: y, stroke: fill, "stroke-width": 3 }));
        svg.append(shape("circle", { cx: px(item.value), cy: y, r: 5, fill: item.clear ? fill : "var(--card)", stroke: fill, "stroke-width": 2 }));
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
