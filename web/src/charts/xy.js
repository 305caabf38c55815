// Lines, steps, points and intervals over two axes, as SVG: what is shown can be saved as it is.
import { NOTHING, ONE_MOMENT, card, chartCard } from "../card.js";
import { extent, number, powers, ticks } from "../format.js";
import { shape } from "../svg.js";
import { unitIn } from "../units.js";
import { marked } from "./colours.js";
import { LETTER, LINE, linesOf, namesBelow, ticksIn, titleBelow, titleBeside } from "./names.js";
import { readAcross, readOneByOne, stopsOf } from "./read.js";

/**
 * A point without a value is a gap. `brief`: a shorter name for the legend; `step`: a value holds from its point to the next, or "before": from the point before to its own; `dots`: points of this radius instead of a line, with the `mark` of this number; `span`: at each x a lowest and
 * a highest value, shown as a band, or as bars with `bars`; `loose`: with bars, but without a line; `bare`: the span is in the saved table
 * alone; `quiet`: a thin line without a name in the legend.
 * @typedef {{ name: string, brief?: string, points: [number, number | null][], colour: string, step?: boolean | "before", dots?: number, mark?: number, dash?: string, span?: [number, number | null, number | null][],
 *   bars?: boolean, loose?: boolean, bare?: boolean, quiet?: boolean }} Series
 * `saved`: what the saved table has instead of the text.
 * @typedef {{ at: number, text: string, saved?: string }} Place
 * @typedef {[low: number, high: number]} Range
 * What a chart is: `spans` says what lowest and highest values are; `log`: the x axis is logarithmic; `places` are marked on the x axis, which spans no more, and with `names` stand in the saved
 * table; `empty` and `alone` are said in the place of a chart without values, and of lines that would be points.
 * @typedef {{ title: string, note?: string, wide?: boolean, x: string, y: string, yMax?: number, xRange?: Range, yRange?: Range, series: Series[], spans?: [string, string],
 *   places?: Place[], names?: boolean, log?: boolean, empty?: string, alone?: string }} XyChart
 * @typedef {{ left: number, right: number, head: number, foot: number, width: number, height: number, below: string[], beside: string[], xs: Range, ys: Range, names: ReturnType<typeof namesBelow> | null,
 *   px: (x: number) => number, py: (y: number) => number, x: (px: number) => number }} Frame
 */

/** Lines or points over two axes. @param {XyChart} chart */
export function xyChart(chart) {
  if (chart.series.every((s) => s.points.every(([, y]) => y === null))) return card(chart.title, chart.empty ?? NOTHING, [], chart.wide);
  const isLine = chart.series.every((s) => !s.dots && !s.bars);
  if (isLine && new Set(chart.series.flatMap((s) => s.points.map(([x]) => x))).size === 1) return card(chart.title, chart.alone ?? ONE_MOMENT, [], chart.wide);
  return chartCard({
    ...chart,
    legend: entriesOf(chart.series),
    sheet: sheetOf(chart),
    draw(svg, width, say, isPaper) {
      const at = frame(chart, width, isPaper);
      axes(svg, chart, at);
      // What is quiet lies below.
      for (const series of [...chart.series].sort((one, other) => Number(other.quiet ?? false) - Number(one.quiet ?? false))) svg.append(...drawn(series, (x) => at.px(x) + aside(chart, series), at.py));
      if (chart.places || chart.series.every((s) => s.dots)) readPoints(svg, chart, at, say);
      else readLines(svg, chart, at, say);
      return at.height;
    },
  });
}

/** How far marks and intervals of a series stand beside their place, so that those of the others are seen too. @param {XyChart} chart @param {Series} own */
function aside({ places, series }, own) {
  const marked = series.filter((s) => places && (s.bars || s.dots));
  const at = marked.indexOf(own);
  return at < 0 ? 0 : (at - (marked.length - 1) / 2) * Math.min(own.bars ? 6 : 14, 60 / marked.length);
}

/** An entry for each series, and one for all that are quiet. @param {Series[]} series @returns {import("./legend.js").Entry[]} */
function entriesOf(series) {
  if (series.length === 1 && !series[0].name) return [];
  const quiet = series.filter((s) => s.quiet).slice(0, 1).map((s) => ({ ...s, name: "the others", brief: undefined }));
  return [...series.filter((s) => !s.quiet), ...quiet];
}

/** What is shown, as a table. @param {XyChart} chart @returns {import("../card.js").Sheet} */
export function sheetOf({ x, y, spans, series, places, names }) {
  const at = (/** @type {number} */ value) => {
    const place = names ? places?.find((each) => each.at === value) : undefined;
    return place ? place.saved ?? place.text : value;
  };
  const isNamed = series.some((s) => s.name);
  return { columns: [...(isNamed ? ["series"] : []), x, y, ...(spans ?? [])],
    rows: series.flatMap((s) => s.points.map(([px, py], i) => [...(isNamed ? [s.name] : []), at(px), py, ...(spans ? s.span?.[i]?.slice(1) ?? [null, null] : [])])) };
}

/** What the axes span: from 0 on unless one is logarithmic, and for points a little more on all sides. @param {XyChart} chart @returns {[Range, Range]} */
export function ranges(chart) {
  const top = (/** @type {number} */ axis) => chart.series.reduce((most, s) => [...s.points, ...(s.span ?? []).map((p) => [p[0], p[2]])]
    .reduce((m, point) => Math.max(m, point[axis] ?? 0), most), 0) || 1;
  const [right, high] = [top(0), chart.yMax ?? top(1) * 1.05];
  if (!chart.series.every((s) => s.dots)) return [chart.xRange ?? [0, right], chart.yRange ?? [0, high]];
  return [chart.log ? aroundOf(chart) : [-0.03 * right, 1.04 * right], [-0.04 * high, chart.yMax ? 1.04 * high : high]];
}

/** The range of a logarithmic axis. @param {XyChart} chart @returns {Range} */
function aroundOf({ series }) {
  const [low, high] = extent(series.flatMap((s) => s.points.map(([x]) => x)));
  const room = (high / low) ** 0.04;
  return [low / room, high * room];
}

/** How far lines go up: on a phone less, and on paper, where three rows of charts are to have room on a page. @param {number} width @param {boolean} isPaper */
const upOf = (width, isPaper) => (isPaper ? Math.max(124, Math.round(width * 0.25)) : Math.max(180, Math.min(246, Math.round(width * 0.55))));
/** The room of the title below the axis, and of numbers. */
const BELOW = 22;

/** Where things stand: the numbers, names and titles at the axes have the room that they need. @param {XyChart} chart @param {number} width @param {boolean} isPaper @returns {Frame} */
function frame(chart, width, isPaper) {
  const [xs, ys] = ranges(chart);
  const longest = Math.max(...ticks(ys[0], ys[1], 6).map((y) => number(y).length));
  const [right, head] = [14, 10];
  const up = upOf(width, isPaper);
  const [below, beside] = [linesOf(chart.log ? `${chart.x}, logarithmic` : chart.x, width), linesOf(chart.y, up)];
  const left = 32 + LETTER * longest + LINE * (beside.length - 1);
  const wide = width - left - right;
  const along = chart.log ? Math.log : Number;
  const share = chart.places ? between(chart.places, along) : (/** @type {number} */ x) => (along(x) - along(xs[0])) / (along(xs[1]) - along(xs[0]));
  const px = (/** @type {number} */ x) => left + share(x) * wide;
  const names = chart.places ? namesBelow(chart.places.map(({ text }) => text), roomOf(chart.places.map(({ at }) => px(at)), width)) : null;
  const foot = BELOW + LINE * (below.length - 1) + (names?.high ?? BELOW);
  const height = head + up + foot;
  return { left, right, head, foot, width, height, below, beside, xs, ys, names, px, py: (y) => height - foot - ((y - ys[0]) / (ys[1] - ys[0])) * (height - head - foot), x: (at) => xs[0] + ((at - left) / wide) * (xs[1] - xs[0]) };
}

/** The room that each name has around its place, up to the next one and to the edges. @param {number[]} places @param {number} width */
function roomOf(places, width) {
  const [first, last] = [places[0], places[places.length - 1]];
  return Math.min(2 * first, 2 * (width - last), ...places.slice(1).map((right, k) => right - places[k])) - 6;
}

/** @param {SVGElement} svg @param {XyChart} chart @param {Frame} at */
function axes(svg, chart, at) {
  const bottom = at.height - at.foot;
  for (const y of ticks(at.ys[0], at.ys[1], 6)) {
    svg.append(shape("line", { x1: at.left, x2: at.width - at.right, y1: at.py(y), y2: at.py(y), stroke: "var(--line)" }));
    svg.append(shape("text", { x: at.left - 6, y: at.py(y) + 4, "text-anchor": "end", class: "tick" }, number(y)));
  }
  let free = -Infinity;
  const values = () => (chart.log ? powers(...at.xs) : ticksIn(...at.xs, at.px(at.xs[1]) - at.px(at.xs[0])));
  for (const [k, { at: x, text }] of (chart.places ?? values().map((value) => ({ at: value, text: number(value) }))).entries()) {
    const half = at.names?.upright ? 7 : Math.min(text.length, at.names ? 7 : Infinity) * (LETTER / 2);
    if (at.px(x) - half < free) continue; // no room
    svg.append(...(at.names ? at.names.draw(k, at.px(x), bottom) : [shape("text", { x: at.px(x), y: bottom + 18, "text-anchor": "middle" }, text)]));
    free = at.px(x) + half + (at.names?.upright ? 0 : 4);
  }
  svg.append(...titleBelow(at.below, (at.left + at.width - at.right) / 2, at.width, at.height - 6 - LINE * (at.below.length - 1)), ...titleBeside(at.beside, (bottom + at.head) / 2));
}

/** The pointer, and the arrow keys from value to value, read what all lines have at one x. @param {SVGElement} svg @param {XyChart} chart @param {Frame} at @param {(text: string) => void} say */
function readLines(svg, chart, at, say) {
  const mark = shape("line", { y1: at.head, y2: at.height - at.foot, stroke: "var(--soft)", "stroke-dasharray": "3 3", visibility: "hidden", class: "mark" });
  svg.append(mark);
  const unit = unitIn(chart.y);
  const loud = chart.series.filter((s) => !s.quiet);
  const stops = stopsOf(loud.flatMap((s) => s.points.map(([x]) => x)), ...at.xs);
  readAcross(svg, at.width, (px) => at.x(Math.min(at.width - at.right, Math.max(at.left, px))), stops, (x) => {
    for (const end of ["x1", "x2"]) mark.setAttribute(end, String(at.px(x)));
    mark.setAttribute("visibility", "visible");
    const parts = loud.flatMap((s) => {
      const i = valueAt(s, x);
      return i < 0 || s.points[i][1] === null ? [] : [`${s.name || chart.y}: ${number(s.points[i][1])}${unit}${spanOf(s, i)}${s.step ? "" : ` at ${number(s.points[i][0])}${unitIn(chart.x)}`}`];
    });
    if (parts.length === 0) say(`at ${number(x)}${unitIn(chart.x)}: no value`);
    else say(loud.every((s) => s.step) ? `at ${number(x)}${unitIn(chart.x)}: ${parts.join(" \u00b7 ")}` : parts.join(" \u00b7 "));
  });
}

/** The pointer finds the nearest point, and the arrow keys go from one to the next. @param {SVGElement} svg @param {XyChart} chart @param {Frame} at @param {(text: string) => void} say */
function readPoints(svg, chart, at, say) {
  const spots = chart.series.flatMap((s) => s.points.flatMap(([x, y], i) => (y === null ? [] : [{ s, i, x, y, left: at.px(x) + aside(chart, s), top: at.py(y) }])))
    .sort((a, b) => a.x - b.x || (chart.places ? 0 : a.y - b.y)); // at a place as in the legend
  const mark = shape("circle", { r: 8, fill: "none", stroke: "var(--ink)", "stroke-width": 2, visibility: "hidden", class: "mark" });
  svg.append(mark);
  const name = (/** @type {number} */ x) => `${chart.places?.find((place) => place.at === x)?.text ?? number(x)}${unitIn(chart.x)}`;
  readOneByOne(svg, spots, at.width, ({ s, i, x, y, left, top }) => {
    for (const [key, value] of [["cx", left], ["cy", top]]) mark.setAttribute(String(key), String(value));
    mark.setAttribute("visibility", "visible");
    say(`${s.name || chart.y}: ${number(y)}${unitIn(chart.y)}${spanOf(s, i)} at ${name(x)}`);
  });
}

/** @param {Series} series @param {number} i */
export const spanOf = (series, i) => (series.span?.[i] && !series.bare ? ` (${number(series.span[i][1])} to ${number(series.span[i][2])})` : "");

/**
 * The index of the point that tells a value at `x`: of steps the one that holds there, else the nearest; -1 if there is none.
 * @param {Pick<Series, "points" | "step">} series @param {number} x
 */
export function valueAt({ points, step }, x) {
  if (step === "before") return points.findIndex(([to]) => to >= x);
  const next = points.findIndex(([from]) => from > x);
  const before = (next < 0 ? points.length : next) - 1;
  if (step || before < 0 || next < 0) return step ? before : Math.max(before, Math.min(next, 0));
  return points[next][0] - x < x - points[before][0] ? next : before;
}

/** Where a number stands between the first and the last of `places`, 0 to 1, with room at both ends. @param {Place[]} places @param {(x: number) => number} along how far a number is along the axis */
function between(places, along) {
  const [low, high] = [along(Math.min(...places.map((p) => p.at))), along(Math.max(...places.map((p) => p.at)))];
  return (/** @type {number} */ x) => (high > low ? 0.07 + (0.86 * (along(x) - low)) / (high - low) : 0.5);
}

/** How strong a series is that lies behind others. */
const QUIET = 0.4;

/** The shapes of a series. @param {Series} series @param {(x: number) => number} px @param {(y: number) => number} py */
export function drawn(series, px, py) {
  const to = (/** @type {number} */ x, /** @type {number} */ y) => `${px(x).toFixed(1)} ${py(y).toFixed(1)}`;
  const path = (/** @type {number[][]} */ points) => points.map(([x, y], i) => `${i ? "L" : "M"}${to(x, y)}`).join("");
  const there = parts(series.points).flat();
  const dots = () => there.map(([x, y]) => marked(series.mark ?? 0, px(x), py(y), series.dots ?? 4, { fill: series.colour, "fill-opacity": series.quiet ? QUIET : series.bars ? 1 : 0.65 }));
  if (series.dots) return dots();
  const made = [];
  const span = series.bare ? [] : parts(series.span ?? []);
  if (series.bars) {
    made.push(shape("path", { d: span.flat().map(([x, low, high]) => `M${to(x, low)}L${to(x, high)}`).join(""), stroke: series.colour, "stroke-width": 2 }), ...dots(), slits(series, px, py));
  } else if (span.length) {
    const outline = span.map((part) => `${path(part.map(([x, , high]) => [x, high]))}L${path(part.map(([x, low]) => [x, low]).reverse()).slice(1)}Z`);
    made.push(shape("path", { d: outline.join(""), fill: series.colour, "fill-opacity": 0.18 }));
  }
  if (series.loose) return made;
  const lines = series.step ? steps(series) : parts(series.points);
  made.push(shape("path", { d: lines.map(path).join(""), fill: "none", stroke: series.colour, "stroke-width": series.quiet ? 1 : 2, "stroke-opacity": series.quiet ? QUIET : 1, "stroke-linejoin": "round", "stroke-dasharray": series.dash ?? "" }));
  // A point alone has no line.
  const alone = series.bars ? [] : lines.filter((line) => line.length === 1).flat();
  return [...made, ...alone.map(([x, y]) => shape("circle", { cx: px(x), cy: py(y), r: 2, fill: series.colour }))];
}

/** An interval that is less of its axis than this may be hidden by its dot. */
export const HIDDEN = 0.05;
/** Said where there are such. */
export const IN_DOTS = " An interval that is smaller than its dot is a light line in it.";

/** Intervals that would be hidden by their dots, as light lines in these. @param {Series} series @param {(x: number) => number} px @param {(y: number) => number} py */
function slits({ span, dots }, px, py) {
  const hidden = parts(span ?? []).flat().map(([x, low, high]) => [px(x), py(high), py(low)]).filter(([, top, bottom]) => bottom > top && bottom - top < 2 * (dots ?? 4));
  return shape("path", { class: "slit", d: hidden.map(([x, top, bottom]) => `M${x} ${top}V${Math.max(bottom, top + 1)}`).join(""), stroke: "var(--card)", "stroke-width": 1.5 });
}

/** The parts of a line or band between its gaps. @param {(number | null)[][]} points @returns {number[][][]} */
function parts(points) {
  /** @type {number[][][]} */
  const made = [];
  points.forEach((point, i) => {
    if (point.some((value) => value === null)) return;
    const goesOn = i > 0 && points[i - 1].every((value) => value !== null);
    if (goesOn) made[made.length - 1].push(/** @type {number[]} */ (point));
    else made.push([/** @type {number[]} */ (point)]);
  });
  return made;
}

/** The corners of steps, apart where there is a gap. @param {Pick<Series, "points" | "step">} series @returns {number[][][]} */
export function steps({ points, step }) {
  /** @type {[number, number | null, number][]} where a value begins, the value, and where it ends */
  const levels = points.flatMap(([x, y], i) => {
    if (step === "before") return i > 0 ? [[points[i - 1][0], y, x]] : [];
    return i + 1 < points.length ? [[x, y, points[i + 1][0]]] : [[x, y, x]];
  });
  return parts(levels).map((part) => part.flatMap(([from, y, to]) => [[from, y], [to, y]]));
}
