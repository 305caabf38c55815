// Lines, steps, points and intervals over two axes, as SVG: what is shown can be saved as it is.
import { NOTHING, card, chartCard } from "../card.js";
import { number, ticks } from "../format.js";
import { shape } from "../save.js";
import { readAcross, readOneByOne } from "./read.js";

/**
 * `step`: a value holds from its point to the next; `dots`: points of this radius instead of a line; `span`: at each x a lowest and a highest value,
 * shown as a band, or as bars with `bars`.
 * @typedef {{ name: string, points: [number, number][], colour: string, step?: boolean, dots?: number, dash?: string, span?: [number, number, number][], bars?: boolean }} Series
 * @typedef {{ at: number, text: string }} Place
 * @typedef {{ title: string, note?: string, wide?: boolean, x: string, y: string, yMax?: number, series: Series[], places?: Place[], log?: boolean }} XyChart
 * @typedef {{ left: number, right: number, head: number, foot: number, width: number, height: number, px: (x: number) => number, py: (y: number) => number, x: (px: number) => number }} Frame
 */

/** Lines or points over two axes; with `places` the x axis is marked there, and spans no more. @param {XyChart} chart */
export function xyChart(chart) {
  if (chart.series.every((s) => s.points.length === 0)) return card(chart.title, NOTHING, [], chart.wide);
  const top = (/** @type {number} */ axis) => chart.series.reduce((most, s) => [...s.points, ...(s.span ?? []).map((p) => [p[0], p[2]])]
    .reduce((m, point) => Math.max(m, point[axis]), most), 0) || 1;
  const [xMax, yMax] = [top(0), chart.yMax ?? top(1) * 1.05];
  const spans = chart.series.some((s) => s.span);
  return chartCard({
    ...chart,
    legend: chart.series.length > 1 || chart.series[0]?.name ? chart.series : [],
    sheet: { columns: ["series", chart.x, chart.y, ...(spans ? ["low", "high"] : [])],
      rows: chart.series.flatMap((s) => s.points.map((p, i) => [s.name, ...p, ...(spans ? s.span?.[i]?.slice(1) ?? [null, null] : [])])) },
    draw(svg, width, say) {
      const at = frame(chart, width, xMax, yMax);
      axes(svg, chart, at, xMax, yMax);
      chart.series.forEach((series, k) => {
        // Intervals at one x stand side by side.
        const aside = series.bars ? (k - (chart.series.length - 1) / 2) * Math.min(6, 60 / chart.series.length) : 0;
        svg.append(...drawn(series, (x) => at.px(x) + aside, at.py));
      });
      if (chart.places || chart.series.every((s) => s.dots)) readPoints(svg, chart, at, say);
      else readLines(svg, chart, at, say);
      return at.height;
    },
  });
}

/** Where things stand: the numbers at the y axis have the room that they need. @param {XyChart} chart @param {number} width @param {number} xMax @param {number} yMax @returns {Frame} */
function frame(chart, width, xMax, yMax) {
  const longest = Math.max(...ticks(0, yMax, 5).map((y) => number(y).length));
  const [left, right, head, foot, height] = [32 + 7 * longest, 14, 10, 44, 300];
  const [wide, high] = [width - left - right, height - head - foot];
  const share = chart.places ? between(chart.places, chart.log ?? false) : (/** @type {number} */ x) => x / xMax;
  return { left, right, head, foot, width, height, px: (x) => left + share(x) * wide, py: (y) => height - foot - (y / yMax) * high, x: (px) => ((px - left) / wide) * xMax };
}

/** @param {SVGElement} svg @param {XyChart} chart @param {Frame} at @param {number} xMax @param {number} yMax */
function axes(svg, chart, at, xMax, yMax) {
  const bottom = at.height - at.foot;
  for (const y of ticks(0, yMax, 5)) {
    svg.append(shape("line", { x1: at.left, x2: at.width - at.right, y1: at.py(y), y2: at.py(y), stroke: "var(--line)" }));
    svg.append(shape("text", { x: at.left - 6, y: at.py(y) + 4, "text-anchor": "end", class: "tick" }, number(y)));
  }
  let free = -Infinity;
  for (const { at: x, text } of chart.places ?? ticks(0, xMax, at.width < 420 ? 3 : 6).map((value) => ({ at: value, text: number(value) }))) {
    const half = text.length * 3.5;
    if (at.px(x) - half < free) continue; // no room
    svg.append(shape("text", { x: at.px(x), y: bottom + 18, "text-anchor": "middle" }, text));
    free = at.px(x) + half + 4;
  }
  svg.append(shape("text", { x: (at.left + at.width - at.right) / 2, y: at.height - 6, "text-anchor": "middle", class: "strong" }, chart.x));
  svg.append(shape("text", { transform: `translate(13 ${(bottom + at.head) / 2}) rotate(-90)`, "text-anchor": "middle", class: "strong title" }, chart.y));
}

/** The pointer, and the arrow keys in steps, read what all lines have at one x. @param {SVGElement} svg @param {XyChart} chart @param {Frame} at @param {(text: string) => void} say */
function readLines(svg, chart, at, say) {
  const mark = shape("line", { y1: at.head, y2: at.height - at.foot, stroke: "var(--soft)", "stroke-dasharray": "3 3", visibility: "hidden", class: "mark" });
  svg.append(mark);
  readAcross(svg, (share) => {
    const px = Math.min(at.width - at.right, Math.max(at.left, share * at.width));
    const x = at.x(px);
    for (const end of ["x1", "x2"]) mark.setAttribute(end, String(px));
    mark.setAttribute("visibility", "visible");
    const parts = chart.series.flatMap((s) => {
      const i = valueAt(s, x);
      return i < 0 ? [] : [`${s.name || chart.y}: ${number(s.points[i][1])}${spanOf(s, i)}${s.step ? "" : ` at ${number(s.points[i][0])}`}`];
    });
    say(chart.series.every((s) => s.step) ? `at ${number(x)}: ${parts.join(" \u00b7 ")}` : parts.join(" \u00b7 "));
  });
}

/** The pointer finds the nearest point, and the arrow keys go from one to the next. @param {SVGElement} svg @param {XyChart} chart @param {Frame} at @param {(text: string) => void} say */
function readPoints(svg, chart, at, say) {
  const spots = chart.series.flatMap((s) => s.points.map(([x, y], i) => ({ s, i, x, y, left: at.px(x), top: at.py(y) })))
    .sort((a, b) => a.x - b.x || a.y - b.y);
  const mark = shape("circle", { r: 8, fill: "none", stroke: "var(--ink)", "stroke-width": 2, visibility: "hidden", class: "mark" });
  svg.append(mark);
  const name = (/** @type {number} */ x) => chart.places?.find((place) => place.at === x)?.text ?? number(x);
  readOneByOne(svg, spots, at.width, ({ s, i, x, y, left, top }) => {
    for (const [key, value] of [["cx", left], ["cy", top]]) mark.setAttribute(String(key), String(value));
    mark.setAttribute("visibility", "visible");
    say(`${s.name || chart.y}: ${number(y)}${spanOf(s, i)} at ${name(x)}`);
  });
}

/** @param {Series} series @param {number} i */
const spanOf = (series, i) => (series.span?.[i] ? ` (${number(series.span[i][1])} to ${number(series.span[i][2])})` : "");

/** The index of the point that tells a value at `x`: of steps the last one up to there, else the nearest; -1 if there is none. @param {Series} series @param {number} x */
export function valueAt({ points, step }, x) {
  const next = points.findIndex(([from]) => from > x);
  const before = (next < 0 ? points.length : next) - 1;
  if (step || before < 0 || next < 0) return step ? before : Math.max(before, Math.min(next, 0));
  return points[next][0] - x < x - points[before][0] ? next : before;
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
  const steps = series.step ? series.points.flatMap(([x, y], i) => (i ? [[x, series.points[i - 1][1]], [x, y]] : [[x, y]])) : series.points;
  made.push(shape("path", { d: path(steps), fill: "none", stroke: series.colour, "stroke-width": 2, "stroke-linejoin": "round", "stroke-dasharray": series.dash ?? "" }));
  return made;
}
