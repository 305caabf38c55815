// A metric against the factor of a grid that was swept over numbers.
import { colour, dash } from "./charts/colours.js";
import { xyChart } from "./charts/xy.js";
import { distinct, rangeOf } from "./format.js";

/** The largest value over the smallest, from which on the axis is logarithmic. */
const FAR_APART = 10;

/** The setting as labels say it: what has neither a unit nor a word has the end of its key in front. @param {{ factor: string, setting: string }} row */
const named = ({ factor, setting }) => (/^(true|false|[-+.\deE]+)$/.test(setting) ? `${factor.split(".").pop()}=${setting}` : setting);

/** @typedef {{ variant: string, mean: number | null, low: number | null, high: number | null }} Estimate */

/**
 * The chart, if a factor has nothing but numbers: that with most of them is the x axis, each combination of the others a line.
 * @param {import("./format.js").Table | null} factors @param {Estimate[]} estimates @param {string} metric @param {string} label its name with the unit @param {string} note
 */
export function factorChart(factors, estimates, metric, label, note) {
  if (!factors) return [];
  const rows = factors.variant.map((variant, i) => ({ variant, factor: factors.factor[i], setting: factors.setting[i], at: factors.number[i] }));
  const of = (/** @type {any} */ factor) => rows.filter((row) => row.factor === factor);
  const settings = (/** @type {any} */ factor) => distinct(of(factor).map((row) => row.at)).length;
  const [over] = distinct(factors.factor).filter((factor) => of(factor).every((row) => row.at !== null) && settings(factor) > 1).sort((a, b) => settings(b) - settings(a));
  if (over === undefined) return [];
  const place = new Map(of(over).map((row) => [row.variant, row.at]));
  const others = (/** @type {string} */ variant) => rows.filter((row) => row.variant === variant && row.factor !== over).map(named).join(" \u00b7 ");
  const places = distinct([...place.values()]).sort((a, b) => a - b).map((at) => ({ at, text: String(of(over).find((row) => row.at === at)?.setting) }));
  const log = places[0].at > 0 && places[places.length - 1].at / places[0].at >= FAR_APART;
  const defined = estimates.filter((e) => e.mean !== null).sort((a, b) => place.get(a.variant) - place.get(b.variant));
  const series = distinct(estimates.map((e) => others(e.variant))).map((name, k) => {
    const own = defined.filter((e) => others(e.variant) === name);
    return { name, colour: colour(k), dash: dash(k), mark: k, bars: true, points: own.map((e) => /** @type {[number, number]} */ ([place.get(e.variant), e.mean])),
      span: own.map((e) => /** @type {[number, number, number]} */ ([place.get(e.variant), e.low ?? e.mean, e.high ?? e.mean])) };
  });
  const yRange = rangeOf(series.flatMap((s) => s.span.flatMap(([, low, high]) => [low, high])));
  const said = yRange[0] > 0 ? `${note} The y axis does not start at 0.` : note;
  return [xyChart({ title: `${metric} against ${over}`, note: said, wide: true, x: `${over}${log ? " (logarithmic)" : ""}`, y: label, yRange, places, log, series })];
}
