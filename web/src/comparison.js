// The report of a comparison.
import { card, element } from "./card.js";
import { colour, dash } from "./charts/colours.js";
import { forest } from "./charts/forest.js";
import { xyChart } from "./charts/xy.js";
import { factorChart } from "./factor.js";
import { distinct, largest, number, rangeOf } from "./format.js";
import { heading, warnings } from "./head.js";
import { metricTable } from "./metrics.js";
import { TIMES, labelOf, scale, unitOf, wordsOf } from "./units.js";

/** @param {any} data @param {HTMLElement} main */
export function showComparison(data, main) {
  const { summary, values } = data;
  const variants = distinct(summary.variant);
  const metrics = distinct(summary.metric);
  const rowsOf = (/** @type {any} */ metric) => summary.metric.map((/** @type {any} */ m, /** @type {number} */ i) => (m === metric ? i : -1)).filter((/** @type {number} */ i) => i >= 0);
  document.title = `${data.name} – swarmsim comparison`;
  heading(data.name, `${variants.length} variants \u00b7 ${number(Math.max(...summary.runs))} runs each \u00b7 ${seedsOf(data.runs.seed)} \u00b7 swarmsim ${distinct(data.runs.version).join(", ")} \u00b7 baseline ${summary.baseline[0]}`);
  main.append(...warnings([...data.warnings, ...fewRuns(summary)]));
  const unfinished = rowsOf(metrics[0]).filter((/** @type {number} */ i) => summary.not_finished[i] > 0);
  if (unfinished.length) {
    main.append(...warnings(["Some runs ended before all was done: " + unfinished.map((/** @type {number} */ i) => `${summary.variant[i]}: ${summary.not_finished[i]}`).join(", ")]));
  }
  const chosen = element("div", { class: "wide", id: "chosen", style: "display:contents" });
  const select = element("select", { id: "metric" }, ...metrics.map((m) => element("option", { value: String(m) }, wordsOf(String(m)) === m ? m : `${wordsOf(String(m))} \u2013 ${m}`)));
  main.append(card("Metric", "", [element("label", { for: "metric" }, "Charts show "), select], true), chosen);
  const show = () => chosen.replaceChildren(...metricCharts(/** @type {HTMLSelectElement} */ (select).value));
  select.addEventListener("change", show);

  const metricCharts = (/** @type {string} */ metric) => {
    const rows = rowsOf(metric);
    const inUnit = (/** @type {(number | null)[]} */ all) => unitOf(metric, summary.unit[rows[0]], all);
    const charts = [estimates(metric, rows, inUnit)];
    const compared = rows.filter((/** @type {number} */ i) => summary.difference_low[i] !== null);
    if (compared.length) charts.push(differences(metric, compared, inUnit));
    return [...charts, runs(metric, inUnit)];
  };

  /** @typedef {(all: (number | null)[]) => import("./units.js").Unit} InUnit the unit for all of these values */
  /** @param {string} metric @param {number[]} rows @param {InUnit} inUnit */
  function estimates(metric, rows, inUnit) {
    const [unit, size] = inUnit(rows.map((i) => summary.high[i] ?? summary.mean[i]));
    const scaled = (/** @type {number | null} */ value) => (value === null ? null : value / size);
    const of = rows.map((i) => ({ variant: String(summary.variant[i]), mean: scaled(summary.mean[i]), low: scaled(summary.low[i]), high: scaled(summary.high[i]) }));
    const level = `${number(summary.confidence[0] * 100)} % interval`;
    return factorChart(data.factors, of, wordsOf(metric), labelOf(metric, unit), `Mean and ${level} over the runs.`, [`lower end of the ${level}`, `upper end of the ${level}`]);
  }

  /** @param {string} metric @param {number[]} rows @param {InUnit} inUnit */
  function differences(metric, rows, inUnit) {
    const [unit, size] = inUnit(rows.flatMap((i) => [summary.difference_low[i], summary.difference[i], summary.difference_high[i]]));
    const items = rows.map((i) => ({ name: String(summary.variant[i]), low: summary.difference_low[i] / size, value: summary.difference[i] / size,
      high: summary.difference_high[i] / size, clear: summary.resolved[i] === "true" }));
    return forest({ title: `Differences: ${wordsOf(metric)}`, wide: true, x: `difference of ${labelOf(metric, unit)}`, items,
      note: `Variant − baseline, paired by seed, ${number(summary.confidence[0] * 100)} % intervals that hold together. Filled: resolved; hollow: may be chance.` });
  }

  /** @param {string} metric @param {InUnit} inUnit */
  function runs(metric, inUnit) {
    const own = (/** @type {any} */ variant) => values.value.filter((/** @type {any} */ v, /** @type {number} */ i) => v !== null && values.metric[i] === metric && values.variant[i] === variant);
    const [unit, size] = inUnit(variants.flatMap(own));
    const all = variants.map((variant) => own(variant).map((/** @type {number} */ v) => v / size).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b));
    const most = Math.max(...all.flat());
    const series = variants.map((variant, k) => {
      const found = all[k].map((/** @type {number} */ v, /** @type {number} */ i) => [v, (100 * (i + 1)) / all[k].length]);
      return { name: String(variant), colour: colour(k), dash: dash(k), step: true, points: found.length ? [[found[0][0], 0], ...found, [most, 100]] : [] };
    });
    return xyChart({ title: `Runs: ${wordsOf(metric)}`, note: "Share of the runs of a variant with at most this value.", wide: true, x: labelOf(metric, unit), y: "runs (%)", yMax: 100,
      xRange: all.flat().length ? rangeOf(all.flat()) : undefined, series });
  }

  show();
  if (data.distribution) main.append(distribution(data.distribution, Math.max(...summary.runs)));
  main.append(card("All metrics", "A heading sorts the variants within each metric; that of the metric sorts the metrics.", metricTable(summary), true));
  main.append(card("Data", data.notes.join(" "), [element("details", {}, element("summary", {}, "The scenario"), element("pre", { tabindex: "0" }, data.scenario))], true));
}

/** The seeds of the runs: the same in all variants. @param {string[]} seeds */
function seedsOf(seeds) {
  const all = distinct(seeds);
  return all.length === 1 ? `seed ${all[0]}` : `seeds ${all[0]} to ${all[all.length - 1]}`;
}

/** Fewer runs than this say little about how much runs differ. */
const RUNS_FEW = 10;

/** @param {import("./format.js").Table} summary */
function fewRuns(summary) {
  const runs = Math.max(...summary.runs);
  return runs < RUNS_FEW ? [`Each variant has only ${number(runs)} ${runs === 1 ? "run" : "runs"}: intervals from fewer than ${RUNS_FEW} lean on the values being normally distributed, and those of counts are then often too narrow.`] : [];
}

/** @param {any} curves @param {number} runs */
function distribution(curves, runs) {
  const [unit, size] = scale(TIMES, largest(curves.time_s));
  const times = curves.time_s.map((/** @type {number} */ t) => t / size);
  const missing = curves.not_completed ? ` ${number(curves.not_completed)} of ${number(curves.leechers)} leechers did not complete.` : "";
  return xyChart({ title: "Completion time", wide: true, note: `Share of all leechers that are done this long after they joined. Line: mean over ${number(runs)} runs; band: lowest and highest.${missing}`,
    x: `time since joining (${unit})`, y: "leechers done (%)", yMax: 100, spans: ["lowest run", "highest run"],
    series: curves.curves.map((/** @type {any} */ c, /** @type {number} */ k) => ({ name: c.variant, colour: colour(k), dash: dash(k),
      points: times.map((/** @type {number} */ t, /** @type {number} */ i) => [t, 100 * c.mean[i]]), span: times.map((/** @type {number} */ t, /** @type {number} */ i) => [t, 100 * c.low[i], 100 * c.high[i]]) })) });
}
