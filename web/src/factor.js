// A metric in all variants: against the factor of a grid that was swept, or side by side.
import { colour, dash } from "./charts/colours.js";
import { HIDDEN, IN_DOTS, xyChart } from "./charts/xy.js";
import { distinct, rangeOf } from "./format.js";
import { inOneLine, settingsOf } from "./variants.js";

/** The largest value over the smallest, from which on the axis is logarithmic. */
const FAR_APART = 10;

/** @typedef {{ variant: string, mean: number | null, low: number | null, high: number | null }} Estimate */

/** The factors that can stand on the x axis, which have more than one setting: numbers first, then those with most settings. @param {import("./format.js").Table | null} factors @returns {string[]} */
export function factorsOf(factors) {
  const rows = settingsOf(factors);
  const settings = (/** @type {any} */ factor) => distinct(rows.filter((row) => row.factor === factor).map((row) => row.setting));
  return distinct(rows.map((row) => row.factor)).filter((factor) => settings(factor).length > 1)
    .sort((a, b) => Number(isNumeric(rows, b)) - Number(isNumeric(rows, a)) || settings(b).length - settings(a).length);
}

/** @param {import("./variants.js").Setting[]} rows @param {string} factor */
const isNumeric = (rows, factor) => rows.every((row) => row.factor !== factor || row.at !== null);

/** What stands on the x axis: the settings of a factor or, without one, the variants themselves. @param {import("./format.js").Table | null} factors @param {string | undefined} over @param {string[]} variants */
function axisOf(factors, over, variants) {
  if (over === undefined) return { over: "variant", isNumber: false, place: new Map(variants.map((name, at) => [name, at])), places: variants.map((text, at) => ({ at, text })), beside: [], others: () => "" };
  const rows = settingsOf(factors);
  const own = rows.filter((row) => row.factor === over);
  const settings = distinct(own.map((row) => row.setting));
  const isNumber = isNumeric(rows, over);
  const at = (/** @type {any} */ row) => (isNumber ? row.at : settings.indexOf(row.setting));
  const beside = distinct(rows.map((row) => row.factor)).filter((factor) => factor !== over);
  const places = settings.map((text) => ({ at: at(own.find((row) => row.setting === text)), text })).sort((a, b) => a.at - b.at);
  const others = (/** @type {string} */ variant) => inOneLine(rows.filter((row) => row.variant === variant && row.factor !== over));
  return { over, isNumber, place: new Map(own.map((row) => [row.variant, at(row)])), places: places.filter((place, k) => place.at !== places[k - 1]?.at), beside, others };
}

/**
 * Numbers are joined by a line for each combination of the other factors; what is no number stands side by side.
 * @param {import("./format.js").Table | null} factors @param {string | undefined} chosen that of them for the x axis @param {Estimate[]} estimates @param {string} metric in words @param {string} label its name with the unit
 * @param {string} note @param {[string, string]} spans @param {(variant: string) => number | null} bound the least that is possible
 * @param {string} empty what is said without any value
 */
export function factorChart(factors, chosen, estimates, metric, label, note, spans, bound, empty) {
  const { over, isNumber, place, places, beside, others } = axisOf(factors, chosen, estimates.map((e) => e.variant));
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
  const isHidden = series.some(({ span }) => span.some(([, low, high]) => low !== null && high !== null && high > low && high - low < HIDDEN * (yRange[1] - yRange[0])));
  const said = `${note}${of}${yRange[0] > 0 ? " The y axis does not start at 0." : ""}${isHidden ? IN_DOTS : ""}`;
  // Beside a bound the means need a name too.
  const means = least.length ? series.map((s) => ({ ...s, name: s.name || "mean of the runs" })) : series;
  return xyChart({ title: `${metric} against ${over}`, note: said, wide: true, x: String(over), y: label, yRange, places, names: !isNumber, log, spans, empty, series: [...means, ...least] });
}
