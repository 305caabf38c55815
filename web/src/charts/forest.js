// Intervals around values, one a line, with a line at 0.
import { chartCard } from "../card.js";
import { number, ticks } from "../format.js";
import { shape } from "../save.js";
import { readOneByOne } from "./read.js";

/** @param {{ title: string, note?: string, wide?: boolean, x: string, items: { name: string, low: number, value: number, high: number, clear: boolean }[] }} chart */
export function forest(chart) {
  const low = Math.min(0, ...chart.items.map((i) => i.low));
  const high = Math.max(0, ...chart.items.map((i) => i.high));
  const room = (high - low || 1) * 0.05;
  return chartCard({
    ...chart,
    sheet: { columns: ["variant", "low", "difference", "high"], rows: chart.items.map((i) => [i.name, i.low, i.value, i.high]) },
    draw(svg, width, say) {
      const [left, row] = [12, 46];
      const height = chart.items.length * row + 44;
      const px = (/** @type {number} */ x) => left + ((x - low + room) / (high - low + 2 * room || 1)) * (width - 2 * left);
      for (const x of ticks(low - room, high + room, width < 420 ? 3 : 6)) svg.append(shape("text", { x: px(x), y: height - 26, "text-anchor": "middle" }, number(Number(x.toPrecision(6)))));
      svg.append(shape("line", { x1: px(0), x2: px(0), y1: 0, y2: height - 40, stroke: "var(--soft)", "stroke-dasharray": "3 3" }));
      svg.append(shape("text", { x: width / 2, y: height - 6, "text-anchor": "middle", class: "strong" }, chart.x));
      const mark = shape("circle", { r: 9, fill: "none", stroke: "var(--ink)", "stroke-width": 2, visibility: "hidden", class: "mark" });
      const spots = chart.items.map((item, i) => ({ item, top: i * row + 30 }));
      for (const { item, top: y } of spots) {
        const [x, fill] = [px(item.value), item.clear ? "var(--c0)" : "var(--soft)"];
        svg.append(shape("text", { x: left, y: y - 14, class: "strong" }, item.name));
        svg.append(shape("line", { x1: px(item.low), x2: px(item.high), y1: y, y2: y, stroke: fill, "stroke-width": 3 }));
        svg.append(shape("circle", { cx: x, cy: y, r: 5, fill: item.clear ? fill : "var(--card)", stroke: fill, "stroke-width": 2 }));
      }
      svg.append(mark);
      readOneByOne(svg, spots, width, ({ item, top }) => {
        for (const [key, value] of [["cx", px(item.value)], ["cy", top]]) mark.setAttribute(String(key), String(value));
        mark.setAttribute("visibility", "visible");
        say(`${item.name}: ${number(item.value)}, from ${number(item.low)} to ${number(item.high)}`);
      });
      return height;
    },
  });
}
