// Intervals around values, one a line beside its name, with a line at 0.
import { chartCard } from "../card.js";
import { number, ticksAround } from "../format.js";
import { shape } from "../svg.js";
import { unitIn } from "../units.js";
import { LETTER, nameShape } from "./names.js";
import { readOneByOne } from "./read.js";

/** The height of a line. */
const ROW = 34;

/** @param {{ title: string, note?: string, wide?: boolean, x: string, items: { name: string, low: number, value: number, high: number, clear: boolean }[] }} chart */
export function forest(chart) {
  const [lowest, highest] = [Math.min(0, ...chart.items.map((i) => i.low)), Math.max(0, ...chart.items.map((i) => i.high))];
  return chartCard({
    ...chart,
    sheet: { columns: ["variant", `lower end of the ${chart.x}`, chart.x, `upper end of the ${chart.x}`], rows: chart.items.map((i) => [i.name, i.low, i.value, i.high]) },
    draw(svg, width, say) {
      const ticks = ticksAround(lowest, highest, width < 420 ? 4 : 7);
      const [low, high] = [ticks[0], ticks[ticks.length - 1]];
      const letters = Math.min(Math.max(...chart.items.map(({ name }) => name.length)), Math.floor((width * 0.36) / LETTER));
      const [left, right, bottom] = [20 + LETTER * Math.max(7, letters), width - 24, chart.items.length * ROW + 8];
      const px = (/** @type {number} */ x) => left + ((x - low) / (high - low)) * (right - left);
      for (const x of ticks) {
        svg.append(shape("line", { x1: px(x), x2: px(x), y1: 0, y2: bottom, stroke: x === 0 ? "var(--ink)" : "var(--line)" }));
        svg.append(shape("text", { x: px(x), y: bottom + 16, "text-anchor": "middle", class: "below" }, number(x)));
      }
      svg.append(shape("text", { x: (left + right) / 2, y: bottom + 36, "text-anchor": "middle", class: "strong" }, chart.x));
      const mark = shape("circle", { r: 9, fill: "none", stroke: "var(--ink)", "stroke-width": 2, visibility: "hidden", class: "mark" });
      const spots = chart.items.map((item, i) => ({ item, top: i * ROW + ROW / 2 + 4 }));
      for (const { item, top: y } of spots) {
        const fill = item.clear ? "var(--c0)" : "var(--soft)";
        svg.append(nameShape(item.name, letters, { x: left - 12, y: y + 4, "text-anchor": "end", class: "strong name" }));
        svg.append(shape("line", { x1: px(item.low), x2: px(item.high), y1: y, y2: y, stroke: fill, "stroke-width": 3 }));
        svg.append(shape("circle", { cx: px(item.value), cy: y, r: 5, fill: item.clear ? fill : "var(--card)", stroke: fill, "stroke-width": 2 }));
      }
      svg.append(mark);
      readOneByOne(svg, spots, width, ({ item, top }) => {
        for (const [key, value] of [["cx", px(item.value)], ["cy", top]]) mark.setAttribute(String(key), String(value));
        mark.setAttribute("visibility", "visible");
        say(`${item.name}: ${number(item.value)}${unitIn(chart.x)}, from ${number(item.low)} to ${number(item.high)}`);
      });
      return bottom + 44;
    },
  });
}
