// The report of a comparison.
import { card, element, gathered } from "./card.js";
import { colour, dash } from "./charts/colours.js";
import { forest } from "./charts/forest.js";
import { factorChart, factorsOf } from "./factor.js";
import { counted, distinct, extent, largest, number, rangeOf } from "./format.js";
import { dataCard, heading, warnings } from "./head.js";
import { metricTable } from "./metrics.js";
import { variantsChart } from "./spotlight.js";
import { briefNames } from "./variants.js";
import { labelOf, titleOf, unitsOf, wordsOf } from "./units.js";

/** @param {any} data @param {HTMLElement} main */
export function showComparison(data, main) {
  const { summary, values } = data;
  const variants = distinct(summary.variant);
  const metrics = distinct(summary.metric);
  const rowsOf = (/** @type {any} */ metric) => summary.metric.map((/** @type {any} */ m, /** @type {number} */ i) => (m === metric ? i : -1)).filter((/** @type {number} */ i) => i >= 0);
  document.title = `${data.name} – swarmsim comparison`;
  heading(data.name, `${counted(variants.length, "variant")} \u00b7 ${counted(largest(summary.runs), "run")} each \u00b7 ${seedsOf(data.runs.seed)} \u00b7 swarmsim ${distinct(data.runs.version).join(", ")} \u00b7 baseline ${summary.baseline[0]}`);
  main.append(...warnings(data.warnings));
  const chosen = element("div", { class: "wide", id: "chosen", style: "display:contents" });
  const bounds = boundsOf(data.runs);
  const isAlone = largest(summary.runs) === 1;
  const brief = briefNames(data.factors);
  const units = unitsOf(summary, data.distribution);
  const axes = factorsOf(data.factors);
  const axis = /** @type {HTMLSelectElement} */ (element("select", { "aria-label": "Factor on the x axis" }, ...axes.map((factor) => element("option", {}, factor))));
  const isDefined = (/** @type {string} */ metric) => rowsOf(metric).some((/** @type {number} */ i) => summary.mean[i] !== null);
  const offered = metrics.some(isDefined) ? metrics.filter(isDefined) : metrics;
  const select = element("select", { id: "metric" }, ...offered.map((m) => element("option", { value: String(m) }, labelOf(String(m), units(String(m))[0]))));
  const source = element("p", { class: "note" });
  main.append(card("Metric", "", [element("label", { for: "metric" }, "Charts show "), select, source], true), chosen);
  const show = () => {
    const { value } = /** @type {HTMLSelectElement} */ (select);
    source.textContent = sourceOf(value, summary.unit[rowsOf(value)[0]]);
    chosen.replaceChildren(...metricCharts(value));
  };
  select.addEventListener("change", show);
  axis.addEventListener("change", () => {
    const { value } = /** @type {HTMLSelectElement} */ (select);
    axis.closest(".card")?.replaceWith(estimates(value, rowsOf(value)));
    axis.focus();
  });

  const metricCharts = (/** @type {string} */ metric) => {
    const rows = rowsOf(metric);
    return gathered([estimates(metric, rows), differences(metric, rows), runs(metric)]);
  };

  /** @param {string} metric @param {number[]} rows */
  function estimates(metric, rows) {
    const [unit, size] = units(metric);
    const scaled = (/** @type {number | null} */ value) => (value === null ? null : value / size);
    const of = rows.map((i) => ({ variant: String(summary.variant[i]), mean: scaled(summary.mean[i]), low: scaled(summary.low[i]), high: scaled(summary.high[i]) }));
    const level = `${number(summary.confidence[0] * 100)} % interval`;
    const what = of.every(({ low }) => low === null) ? `${isAlone ? "The value of the one run" : "Mean over the runs"}: there are too few for an interval.` : `Mean and ${level} over the runs.`;
    const better = BETTER[summary.better[rows[0]]];
    const note = better ? `${what} ${better} is better.` : what;
    const made = factorChart(data.factors, axes[axis.selectedIndex], of, titleOf(metric), labelOf(metric, unit), note, [`lower end of the ${level}`, `upper end of the ${level}`],
      BOUNDED.has(metric) ? (variant) => scaled(bounds.get(variant) ?? null) : () => null, UNDEFINED);
    if (axes.length > 1 && made.querySelector(".plot")) made.insertBefore(element("p", { class: "choice" }, "On the x axis ", axis, "."), made.querySelector(".legend"));
    return made;
  }

  /** @param {string} metric @param {number[]} rows */
  function differences(metric, rows) {
    const [title, [unit, size]] = [`Differences: ${wordsOf(metric)}`, units(metric)];
    const compared = rows.filter((i) => summary.difference_low[i] !== null);
    if (compared.length === 0) return card(title, variants.length < 2 ? "There is but one variant." : "An interval needs two runs of a variant and of the baseline in which the metric is defined.", [], true);
    const better = BETTER[summary.better[rows[0]]];
    const side = better ? ` ${better === "Lower" ? "Left" : "Right"} of 0 a variant is better than the baseline.` : "";
    const items = compared.map((i) => ({ name: String(summary.variant[i]), low: summary.difference_low[i] / size, value: summary.difference[i] / size,
      high: summary.difference_high[i] / size, clear: summary.resolved[i] === "true" }));
    return forest({ title, wide: true, x: `difference of ${labelOf(metric, unit)}`, items,
      note: `Variant − baseline (${summary.baseline[rows[0]]}), paired by seed, ${number(summary.confidence[0] * 100)} % intervals that hold together. Filled: resolved; hollow: may be chance.${side}` });
  }

  /** @param {string} metric */
  function runs(metric) {
    const title = `Runs: ${wordsOf(metric)}`;
    if (isAlone) return card(title, "There is one run of each variant.", [], true);
    const own = (/** @type {any} */ variant) => values.value.filter((/** @type {any} */ v, /** @type {number} */ i) => v !== null && values.metric[i] === metric && values.variant[i] === variant);
    const [unit, size] = units(metric);
    const all = variants.map((variant) => own(variant).map((/** @type {number} */ v) => v / size).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b));
    const [least, most] = extent(all.flat());
    const series = variants.map((variant, k) => {
      const found = all[k].map((/** @type {number} */ v, /** @type {number} */ i) => [v, (100 * (i + 1)) / all[k].length]);
      return { name: String(variant), brief: brief(variant), colour: colour(k), dash: dash(k), step: true, points: found.length ? [[found[0][0], 0], ...found, [most, 100]] : [] };
    });
    const xRange = all.flat().length ? rangeOf(all.flat()) : undefined;
    return variantsChart({ title, note: `Share of the runs of a variant with at most this value.${xRange && xRange[0] > 0 ? " The x axis does not start at 0." : ""}`, wide: true, x: labelOf(metric, unit), y: "runs (%)", yMax: 100, empty: UNDEFINED, alone: `All runs have the same value: ${number(least)}${unit && ` ${unit}`}.`,
      xRange, series }, String(summary.baseline[0]));
  }

  show();
  if (data.distribution) main.append(distribution(data.distribution, largest(summary.runs), String(summary.baseline[0]), units("completion_mean_s"), brief));
  main.append(card("All metrics", `${offered.some((metric) => metric.startsWith("group.")) ? "First those of the whole swarm and the mean times of groups that compete; a button shows those of groups too. " : ""}Low and high are the ends of the ${number(summary.confidence[0] * 100)} % interval of a mean; those of a difference to the baseline hold for all variants together. `
    + "A heading sorts the variants within each metric.", metricTable(summary, units), true));
  main.append(dataCard(data, "The scenario"));
}

/** Where a metric is found, with its unit there. @param {string} metric @param {string | null} unit */
const sourceOf = (metric, unit) => `In comparison.csv and comparison_summary.csv it is ${metric}${unit ? `, in ${unit}` : ""}.`;

/** How the column `better` is said. @type {Record<string, string>} */
const BETTER = { lower: "Lower", higher: "Higher" };

/** Stands in the place of a chart of a metric that has no value. */
const UNDEFINED = "It is defined in none of the runs.";

/** The seeds of the runs: the same in all variants. @param {string[]} seeds */
function seedsOf(seeds) {
  const all = distinct(seeds);
  return all.length === 1 ? `seed ${all[0]}` : `seeds ${all[0]} to ${all[all.length - 1]}`;
}

/** What no protocol can do sooner than in `lower_bound_s`: it is known where all come at once, and then these are the same. */
const BOUNDED = new Set(["completion_last_s", "makespan_s"]);

/** The mean of the lower bounds of the runs of each variant in which all have one. @param {{ variant: string[], lower_bound_s: (number | null)[] }} runs @returns {Map<string, number>} */
function boundsOf(runs) {
  const of = (/** @type {string} */ variant) => runs.lower_bound_s.filter((_, i) => runs.variant[i] === variant);
  return new Map(distinct(runs.variant).filter((variant) => of(variant).every((bound) => bound !== null))
    .map((variant) => [variant, of(variant).reduce((/** @type {number} */ sum, bound) => sum + (bound ?? 0), 0) / of(variant).length]));
}

/** @param {any} curves @param {number} runs @param {string} baseline @param {import("./units.js").Unit} unit @param {(variant: string) => string} brief */
function distribution(curves, runs, baseline, [unit, size], brief) {
  const times = curves.time_s.map((/** @type {number} */ t) => t / size);
  const missing = curves.not_completed ? ` ${number(curves.not_completed)} of ${number(curves.leechers)} leechers did not complete.` : "";
  const lines = runs === 1 ? "Line: the one run." : `Line: mean over ${number(runs)} runs; band: lowest and highest.`;
  return variantsChart({ title: "Completion time", wide: true, note: `Share of all leechers that are done this long after they joined. ${lines}${missing} Through 101 quantiles of each run, straight between them: with few leechers a step is a ramp.`,
    x: `time since joining (${unit})`, y: "leechers done (%)", yMax: 100, spans: runs === 1 ? undefined : ["lowest run", "highest run"],
    series: curves.curves.map((/** @type {any} */ c) => ({ name: c.variant, brief: brief(c.variant), colour: colour(c.index), dash: dash(c.index),
      points: times.map((/** @type {number} */ t, /** @type {number} */ i) => [t, 100 * c.mean[i]]), span: runs === 1 ? undefined : times.map((/** @type {number} */ t, /** @type {number} */ i) => [t, 100 * c.low[i], 100 * c.high[i]]) })) }, baseline);
}
