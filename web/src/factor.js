// A metric in all variants: against the factor of a grid that was swept, or side by side.
import { colour, dash } from "./charts/colours.js";
import { xyChart } from "./charts/xy.js";
import { distinct, rangeOf } from "./format.js";
import { inOneLine, settingsOf } from "./variants.js";

/** The largest value over the smallest, from which on the axis is logarithmic. */
const FAR_APART = 10;

/** @typedef {{ variant: string, mean: number | null, low: number | null, high: number | null }} Estimate */

/**
 * The factor for the x axis: numbers first, then that with most settings. Without any the variants themselves stand there.
 * @param {import("./format.js").Table | null} factors @param {string[]} variants
 */
function axisOf(factors, variants) {
  const rows = settingsOf(factors);
  const of = (/** @type {any} */ factor) => rows.filter((row) => row.factor === factor);
  const settings = (/** @type {any} */ factor) => distinct(of(factor).map((row) => row.setting));
  const numeric = (/** @type {any} */ factor) => of(factor).every((row) => row.at !== null);
  const [over] = distinct(rows.map((row) => row.factor)).filter((factor) => settings(factor).length > 1)
    .sort((a, b) => Number(numeric(b)) - Number(numeric(a)) || settings(b).length - settings(a).length);
  if (over === undefined) return { over: "variant", isNumber: false, place: new Map(variants.map((name, at) => [name, at])), places: variants.map((text, at) => ({ at, text })), beside: [], others: () => "" };
  const isNumber = numeric(over);
  const at = (/** @type {any} */ row) => (isNumber ? row.at : settings(over).indexOf(row.setting));
  const beside = distinct(rows.map((row) => row.factor)).filter((factor) => factor !== over);
  const places = settings(over).map((text) => ({ at: at(of(over).find((row) => row.setting === text)), text })).sort((a, b) => a.at - b.at);
  const others = (/** @type {string} */ variant) => inOneLine(rows.filter((row) => row.variant === variant && row.factor !== over));
  return { over, isNumber, place: new Map(of(over).map((row) => [row.variant, at(row)])), places: places.filter((place, k) => place.at !== places[k - 1]?.at), beside, others };
}

/**
 * Numbers are joined by a line for each combination of the other factors; what is no number stands side by side.
 * @param {import("./format.js").Table | null} factors @param {Estimate[]} estimates @param {string} metric in words @param {string} label its name with the unit
 * @param {string} note @param {[string, string]} spans @param {(variant: string) => number | null} bound the least that is possible
 * @param {string} empty what is said without any value
 */
export function factorChart(factors, estimates, metric, label, note, spans, bound, empty) {
  const { over, isNumber, place, places, beside, others } = axisOf(factors, estimates.map((e) => e.variant));
  const log = isNumber && places[0].at > 0 && places[places.length - 1].at / places[0].at >= FAR_APART;
  const defined = estimates.filter((e) => e.mean !== null).sort((a, b) => place.get(a.variant) - place.get(b.variant));
  const series = distinct(estimates.map((e) => others(e.variant))).map((name, k) => {
    const own = defined.filter((e) => others(e.variant) === name);
    return { name, colour: colour(k), dash: dash(k), mark: k, bars: true, loose: !isNumber, points: own.map((e) => /** @type {[number, number | null]} */ ([place.get(e.variant), e.mean])),
      span: own.map((e) => /** @type {[number, number | null, number | null]} */ ([place.get(e.variant), e.low ?? e.mean, e.high ?? e.mean])) };
  });
  const least = isNumber ? series.map((s, k) => ({ name: s.name ? `${s.name}: lower bound` : "lower bound", colour: "var(--soft)", dash: dash(k + 1),
    points: estimates.filter((e) => others(e.variant) === s.name).sort((a, b) => place.get(a.variant) - place.get(b.variant)).map((e) => /** @type {[number, number | null]} */ ([place.get(e.variant), bound(e.variant)])) }))
    .filter((s) => s.points.some(([, y]) => y !== null)) : [];
  const yRange = rangeOf([...series.flatMap((s) => s.span.flatMap(([, low, high]) => [low ?? 0, high ?? 0])), ...least.flatMap((s) => s.points.map(([, y]) => y ?? 0))]);
  const of = beside.length ? ` ${isNumber ? "A line" : "A mark"} for each ${beside.join(" and ")}.` : "";
  const said = `${note}${of}${yRange[0] > 0 ? " The y axis does not start at 0." : ""}`;
  // Beside a bound the means need a name too.
  const means = least.length ? series.map((s) => ({ ...s, name: s.name || "mean of the runs" })) : series;
  return xyChart({ title: `${metric} against ${over}`, note: said, wide: true, x: String(over), y: label, yRange, places, names: !isNumber, log, spans, empty, series: [...means, ...least] });
}
