// A grid of numbers as colours.
import { NOTHING, card, chartCard } from "../card.js";
import { number } from "../format.js";
import { shape } from "../save.js";
import { onKeys } from "./read.js";

/**
 * `cells[row][column]`; with `numbers` they are written into the cells, where there is room.
 * @param {{ title: string, note?: string, wide?: boolean, x: string, y: string, xs: any[], ys: any[], cells: (number | null)[][], numbers?: boolean,
 *   unit: string }} chart
 */
export function heatmap(chart) {
  if (chart.cells.flat().every((v) => !v)) return card(chart.title, NOTHING, [], chart.wide);
  const most = chart.cells.flat().reduce((/** @type {number} */ m, v) => Math.max(m, v ?? 0), 0) || 1;
  const [rows, columns] = [chart.ys.length, chart.xs.length];
  const label = (/** @type {any} */ v) => (typeof v === "number" ? number(v) : String(v));
  const short = (/** @type {any} */ v, most_ = 13) => (label(v).length > most_ ? `${label(v).slice(0, most_ - 1)}…` : label(v));
  const longest = Math.max(...chart.ys.map((y) => short(y).length));
  return chartCard({
    ...chart,
    sheet: { columns: [chart.y, ...chart.xs.map((x) => `${chart.x} ${x}`)], rows: chart.cells.map((row, i) => [chart.ys[i], ...row]) },
    draw(svg, width, say) {
      const [left, head, foot] = [32 + 7 * longest, 8, 46];
      const [w, h] = [(width - left - 8) / columns, chart.numbers ? 46 : 260 / rows];
      const height = head + h * rows + foot;
      const gap = chart.numbers ? -2 : 0.3;
      const fits = chart.cells.flat().every((v) => number(v).length * 7 < w);
      const mark = shape("rect", { width: w + gap, height: h + gap, fill: "none", stroke: "var(--ink)", "stroke-width": 2, visibility: "hidden", class: "mark" });
      let [i, j] = [0, 0];
      const tell = (/** @type {number} */ row, /** @type {number} */ column) => {
        [i, j] = [Math.min(rows - 1, Math.max(0, row)), Math.min(columns - 1, Math.max(0, column))];
        for (const [key, value] of [["x", left + j * w], ["y", head + i * h]]) mark.setAttribute(String(key), String(value));
        mark.setAttribute("visibility", "visible");
        say(`${chart.y} ${label(chart.ys[i])}, ${chart.x} ${label(chart.xs[j])}: ${number(chart.cells[i][j])} ${chart.unit}`);
      };
      chart.cells.forEach((row, r) => row.forEach((v, c) => {
        const share = Math.round(((v ?? 0) / most) * 100);
        svg.append(shape("rect", { x: left + c * w, y: head + r * h, width: w + gap, height: h + gap, fill: `color-mix(in oklab, var(--high) ${share}%, var(--low))` }));
        if (chart.numbers && fits) svg.append(shape("text", { x: left + (c + 0.5) * w, y: head + (r + 0.5) * h + 3, "text-anchor": "middle", style: `fill:${share > 50 ? "var(--card)" : "var(--ink)"}` }, number(v)));
      }));
      const some = (/** @type {number} */ n, /** @type {number} */ most_) => [...Array(n).keys()].filter((at) => at % Math.ceil(n / most_) === 0);
      const names = Math.max(4, Math.floor(w / 7));
      for (const r of some(rows, chart.numbers ? rows : 6)) svg.append(shape("text", { x: left - 6, y: head + (r + 0.5) * h + 4, "text-anchor": "end", class: "tick" }, short(chart.ys[r])));
      for (const c of some(columns, chart.numbers ? columns : 6)) svg.append(shape("text", { x: left + (c + 0.5) * w, y: height - foot + 16, "text-anchor": "middle" }, chart.numbers ? short(chart.xs[c], names) : label(chart.xs[c])));
      svg.append(shape("text", { x: (left + width) / 2, y: height - 6, "text-anchor": "middle", class: "strong" }, chart.x));
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
