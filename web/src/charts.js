// Lines, points, heatmaps and intervals, as SVG: what is shown can be saved as it is.
import { chartCard, shape } from "./card.js";
import { number, ticks } from "./format.js";

/** @param {number} index */
export const colour = (index) => `var(--c${index % 7})`;

/** @typedef {{ name: string, points: [number, number][], colour: string, dots?: boolean }} Series */

/**
 * Lines or points over two axes.
 * @param {{ title: string, note?: string, wide?: boolean, x: string, y: string, yMax?: number, series: Series[] }} chart
 */
export function xyChart(chart) {
  const all = chart.series.flatMap((s) => s.points);
  const top = (/** @type {0 | 1} */ axis) => all.reduce((most, point) => Math.max(most, point[axis]), 0) || 1;
  const [xMax, yMax] = [top(0), chart.yMax ?? top(1) * 1.05];
  return chartCard({
    ...chart,
    legend: chart.series,
    sheet: { columns: ["series", chart.x, chart.y], rows: chart.series.flatMap((s) => s.points.map((p) => [s.name, ...p])) },
    draw(svg, width, say) {
      const [left, right, head, foot, height] = [56, 12, 10, 44, 300];
      const px = (/** @type {number} */ x) => left + (x / xMax) * (width - left - right);
      const py = (/** @type {number} */ y) => height - foot - (y / yMax) * (height - head - foot);
      for (const y of ticks(0, yMax, 5)) {
        svg.append(shape("line", { x1: left, x2: width - right, y1: py(y), y2: py(y), stroke: "var(--line)" }));
        svg.append(shape("text", { x: left - 6, y: py(y) + 4, "text-anchor": "end" }, number(y)));
      }
      for (const x of ticks(0, xMax, width < 420 ? 3 : 6)) {
        svg.append(shape("text", { x: px(x), y: height - foot + 18, "text-anchor": "middle" }, number(x)));
      }
      svg.append(shape("text", { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle", class: "strong" }, chart.x));
      svg.append(shape("text", { transform: `translate(13 ${(height - foot + head) / 2}) rotate(-90)`, "text-anchor": "middle", class: "strong" }, chart.y));
      for (const series of chart.series) {
        if (series.dots) {
          for (const [x, y] of series.points) svg.append(shape("circle", { cx: px(x), cy: py(y), r: 3, fill: series.colour, "fill-opacity": 0.65 }));
        } else {
          const path = series.points.map(([x, y], i) => `${i ? "L" : "M"}${px(x).toFixed(1)} ${py(y).toFixed(1)}`).join("");
          svg.append(shape("path", { d: path, fill: "none", stroke: series.colour, "stroke-width": 2, "stroke-linejoin": "round" }));
        }
      }
      const mark = shape("line", { y1: head, y2: height - foot, stroke: "var(--soft)", "stroke-dasharray": "3 3", visibility: "hidden" });
      svg.append(mark);
      const show = (/** @type {number} */ x) => {
        mark.setAttribute("x1", String(px(x)));
        mark.setAttribute("x2", String(px(x)));
        mark.setAttribute("visibility", "visible");
        say(chart.series.map((s) => [s.name, nearest(s.points, x)]).filter(([, p]) => p)
          .map(([name, p]) => `${name}: ${number(/** @type {any} */ (p)[1])} at ${number(/** @type {any} */ (p)[0])}`).join(" · "));
      };
      readable(svg, width, (share) => show(Math.min(xMax, Math.max(0, ((share * width - left) / (width - left - right)) * xMax))));
      return height;
    },
  });
}

/** @param {[number, number][]} points @param {number} x */
function nearest(points, x) {
  return points.reduce((/** @type {[number, number] | null} */ best, p) => (best === null || Math.abs(p[0] - x) < Math.abs(best[0] - x) ? p : best), null);
}

/** Pointer and arrow keys choose a place across the chart, 0 to 1. @param {SVGElement} svg @param {number} width @param {(share: number) => void} choose */
function readable(svg, width, choose) {
  let share = 0.5;
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    choose(share = (event.clientX - box.left) / box.width);
  });
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    choose(share = Math.min(1, Math.max(0, share + step)));
  });
}

/**
 * A grid of numbers. `cells[row][column]`; with `numbers` they are written into the cells.
 * @param {{ title: string, note?: string, wide?: boolean, x: string, y: string, xs: any[], ys: any[], cells: (number | null)[][], numbers?: boolean,
 *   unit: string }} chart
 */
export function heatmap(chart) {
  const most = chart.cells.flat().reduce((/** @type {number} */ m, v) => Math.max(m, v ?? 0), 0) || 1;
  const [rows, columns] = [chart.ys.length, chart.xs.length];
  const label = (/** @type {any} */ v) => (typeof v === "number" ? number(v) : String(v));
  const short = (/** @type {any} */ v) => (label(v).length > 13 ? `${label(v).slice(0, 12)}…` : label(v));
  return chartCard({
    ...chart,
    sheet: { columns: [chart.y, ...chart.xs.map((x) => `${chart.x} ${x}`)], rows: chart.cells.map((row, i) => [chart.ys[i], ...row]) },
    draw(svg, width, say) {
      const [left, head, foot] = [chart.numbers ? 100 : 64, 8, 46];
      const [w, h] = [(width - left - 8) / columns, chart.numbers ? 46 : 260 / rows];
      const height = head + h * rows + foot;
      const tell = (/** @type {number} */ i, /** @type {number} */ j) => say(`${chart.y} ${label(chart.ys[i])}, ${chart.x} ${label(chart.xs[j])}: ${number(chart.cells[i][j])} ${chart.unit}`);
      chart.cells.forEach((row, i) => row.forEach((v, j) => {
        const share = Math.round(((v ?? 0) / most) * 100);
        svg.append(shape("rect", { x: left + j * w, y: head + i * h, width: w + (chart.numbers ? -2 : 0.3), height: h + (chart.numbers ? -2 : 0.3), fill: `color-mix(in oklab, var(--high) ${share}%, var(--low))` }));
        if (chart.numbers) svg.append(shape("text", { x: left + (j + 0.5) * w, y: head + (i + 0.5) * h + 3, "text-anchor": "middle", style: `fill:${share > 50 ? "var(--card)" : "var(--ink)"}` }, number(v === null ? null : Number(v.toPrecision(3)))));
      }));
      const some = (/** @type {number} */ n, /** @type {number} */ most_) => [...Array(n).keys()].filter((i) => i % Math.ceil(n / most_) === 0);
      for (const i of some(rows, chart.numbers ? rows : 6)) svg.append(shape("text", { x: left - 6, y: head + (i + 0.5) * h + 4, "text-anchor": "end" }, short(chart.ys[i])));
      for (const j of some(columns, chart.numbers ? columns : 6)) svg.append(shape("text", { x: left + (j + 0.5) * w, y: height - foot + 16, "text-anchor": "middle" }, short(chart.xs[j])));
      svg.append(shape("text", { x: (left + width) / 2, y: height - 6, "text-anchor": "middle", class: "strong" }, chart.x));
      svg.append(shape("text", { transform: `translate(13 ${head + (h * rows) / 2}) rotate(-90)`, "text-anchor": "middle", class: "strong" }, chart.y));
      let [i, j] = [0, 0];
      svg.addEventListener("pointermove", (event) => {
        const box = svg.getBoundingClientRect();
        const [column, row] = [Math.floor(((event.clientX - box.left) * (width / box.width) - left) / w), Math.floor(((event.clientY - box.top) * (width / box.width) - head) / h)];
        if (chart.cells[row]?.[column] !== undefined) tell(i = row, j = column);
      });
      svg.addEventListener("keydown", (event) => {
        const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
        if (!move) return;
        event.preventDefault();
        tell(i = Math.min(rows - 1, Math.max(0, i + move[0])), j = Math.min(columns - 1, Math.max(0, j + move[1])));
      });
      return height;
    },
  });
}

/**
 * Intervals around values, one a line, with a line at 0.
 * @param {{ title: string, note?: string, wide?: boolean, x: string, items: { name: string, low: number, value: number, high: number, clear: boolean }[] }} chart
 */
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
      chart.items.forEach((item, i) => {
        const [y, fill] = [i * row + 30, item.clear ? "var(--c0)" : "var(--soft)"];
        svg.append(shape("text", { x: left, y: y - 14, class: "strong" }, item.name));
        svg.append(shape("line", { x1: px(item.low), x2: px(item.high), y1: y, y2: y, stroke: fill, "stroke-width": 3 }));
        svg.append(shape("circle", { cx: px(item.value), cy: y, r: 5, fill }));
      });
      let at = -1;
      const tell = (/** @type {number} */ i) => {
        at = Math.min(chart.items.length - 1, Math.max(0, i));
        const item = chart.items[at];
        say(`${item.name}: ${number(item.value)}, from ${number(item.low)} to ${number(item.high)}`);
      };
      svg.addEventListener("pointermove", (event) => {
        const box = svg.getBoundingClientRect();
        tell(Math.floor(((event.clientY - box.top) * (width / box.width)) / row));
      });
      svg.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        tell(at + (event.key === "ArrowDown" ? 1 : -1));
      });
      return height;
    },
  });
}
