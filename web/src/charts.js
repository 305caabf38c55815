// Lines, points, heatmaps and intervals, as SVG: what is shown can be saved as it is.
import { chartCard, shape } from "./card.js";
import { number, ticks } from "./format.js";

/** @param {number} index */
export const colour = (index) => `var(--c${index % 7})`;

/** A line style of its own for every seven lines. @param {number} index */
export const dash = (index) => ["", "7 4", "2 3", "9 3 2 3"][Math.floor(index / 7) % 4];

/**
 * `dots`: points of this radius instead of a line; `span`: at each x a lowest and a highest value, shown as a band, or as bars with `bars`.
 * @typedef {{ name: string, points: [number, number][], colour: string, dots?: number, dash?: string, span?: [number, number, number][], bars?: boolean }} Series
 * @typedef {{ at: number, text: string }} Place
 * @typedef {{ title: string, note?: string, wide?: boolean, x: string, y: string, yMax?: number, series: Series[], places?: Place[], log?: boolean }} XyChart
 */

/** Lines or points over two axes; with `places` the x axis is marked there, and spans no more. @param {XyChart} chart */
export function xyChart(chart) {
  const top = (/** @type {number} */ axis) => chart.series.reduce((most, s) => [...s.points, ...(s.span ?? []).map((p) => [p[0], p[2]])]
    .reduce((m, point) => Math.max(m, point[axis]), most), 0) || 1;
  const [xMax, yMax] = [top(0), chart.yMax ?? top(1) * 1.05];
  const [left, right, head, foot, height] = [56, 12, 10, 44, 300];
  const spans = chart.series.some((s) => s.span);
  return chartCard({
    ...chart,
    legend: chart.series.length > 1 || chart.series[0]?.name ? chart.series : [],
    sheet: { columns: ["series", chart.x, chart.y, ...(spans ? ["low", "high"] : [])],
      rows: chart.series.flatMap((s) => s.points.map((p, i) => [s.name, ...p, ...(spans ? s.span?.[i]?.slice(1) ?? [null, null] : [])])) },
    draw(svg, width, say) {
      const share = chart.places ? between(chart.places, chart.log ?? false) : (/** @type {number} */ x) => x / xMax;
      const px = (/** @type {number} */ x) => left + share(x) * (width - left - right);
      const py = (/** @type {number} */ y) => height - foot - (y / yMax) * (height - head - foot);
      for (const y of ticks(0, yMax, 5)) {
        svg.append(shape("line", { x1: left, x2: width - right, y1: py(y), y2: py(y), stroke: "var(--line)" }));
        svg.append(shape("text", { x: left - 6, y: py(y) + 4, "text-anchor": "end" }, number(y)));
      }
      let free = -Infinity;
      for (const { at, text } of chart.places ?? ticks(0, xMax, width < 420 ? 3 : 6).map((x) => ({ at: x, text: number(x) }))) {
        if (px(at) - text.length * 3.5 < free) continue; // no room
        svg.append(shape("text", { x: px(at), y: height - foot + 18, "text-anchor": "middle" }, text));
        free = px(at) + text.length * 3.5 + 4;
      }
      svg.append(shape("text", { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle", class: "strong" }, chart.x));
      svg.append(shape("text", { transform: `translate(13 ${(height - foot + head) / 2}) rotate(-90)`, "text-anchor": "middle", class: "strong" }, chart.y));
      chart.series.forEach((series, k) => {
        // Intervals at one x stand side by side.
        const aside = series.bars ? (k - (chart.series.length - 1) / 2) * Math.min(6, 60 / chart.series.length) : 0;
        svg.append(...drawn(series, (x) => px(x) + aside, py));
      });
      const mark = shape("line", { y1: head, y2: height - foot, stroke: "var(--soft)", "stroke-dasharray": "3 3", visibility: "hidden" });
      svg.append(mark);
      const name = (/** @type {number} */ x) => chart.places?.find((place) => place.at === x)?.text ?? number(x);
      readable(svg, width, (place) => {
        const at = Math.min(width - right, Math.max(left, place * width));
        mark.setAttribute("x1", String(at));
        mark.setAttribute("x2", String(at));
        mark.setAttribute("visibility", "visible");
        say(chart.series.flatMap((s) => {
          const i = nearest(s.points.map((p) => px(p[0])), at);
          const span = s.span?.[i] ? ` (${number(s.span[i][1])} to ${number(s.span[i][2])})` : "";
          return i < 0 ? [] : [`${s.name || chart.y}: ${number(s.points[i][1])}${span} at ${name(s.points[i][0])}`];
        }).join(" \u00b7 "));
      });
      return height;
    },
  });
}

/** Where a number stands between the first and the last of `places`, 0 to 1, with room at both ends. @param {Place[]} places @param {boolean} log */
function between(places, log) {
  const scale = log ? Math.log : Number;
  const [low, high] = [scale(Math.min(...places.map((p) => p.at))), scale(Math.max(...places.map((p) => p.at)))];
  return (/** @type {number} */ x) => (high > low ? 0.07 + (0.86 * (scale(x) - low)) / (high - low) : 0.5);
}

/** The shapes of a series. @param {Series} series @param {(x: number) => number} px @param {(y: number) => number} py */
function drawn(series, px, py) {
  const to = (/** @type {number} */ x, /** @type {number} */ y) => `${px(x).toFixed(1)} ${py(y).toFixed(1)}`;
  const path = (/** @type {number[][]} */ points) => points.map(([x, y], i) => `${i ? "L" : "M"}${to(x, y)}`).join("");
  const dots = () => series.points.map(([x, y]) => shape("circle", { cx: px(x), cy: py(y), r: series.dots ?? 4, fill: series.colour, "fill-opacity": series.bars ? 1 : 0.65 }));
  if (series.dots) return dots();
  const made = [];
  const span = series.span ?? [];
  if (series.bars) {
    made.push(shape("path", { d: span.map(([x, low, high]) => `M${to(x, low)}L${to(x, high)}`).join(""), stroke: series.colour, "stroke-width": 2 }), ...dots());
  } else if (span.length) {
    const outline = `${path(span.map(([x, , high]) => [x, high]))}L${path(span.map(([x, low]) => [x, low]).reverse()).slice(1)}Z`;
    made.push(shape("path", { d: outline, fill: series.colour, "fill-opacity": 0.18 }));
  }
  made.push(shape("path", { d: path(series.points), fill: "none", stroke: series.colour, "stroke-width": 2, "stroke-linejoin": "round", "stroke-dasharray": series.dash ?? "" }));
  return made;
}

/** The index of the place nearest to `at`, -1 if there is none. @param {number[]} places @param {number} at */
function nearest(places, at) {
  return places.reduce((best, x, i) => (best < 0 || Math.abs(x - at) < Math.abs(places[best] - at) ? i : best), -1);
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
