// The report of a comparison.
import { card, element } from "./card.js";
import { colour, dash } from "./charts/colours.js";
import { forest } from "./charts/forest.js";
import { xyChart } from "./charts/xy.js";
import { factorChart } from "./factor.js";
import { distinct, number } from "./format.js";
import { metricTable } from "./metrics.js";
import { heading, warnings } from "./run.js";

/** @param {any} data @param {HTMLElement} main */
export function showComparison(data, main) {
  const { summary, values } = data;
  const variants = distinct(summary.variant);
  const metrics = distinct(summary.metric);
  const rowsOf = (/** @type {any} */ metric) => summary.metric.map((/** @type {any} */ m, /** @type {number} */ i) => (m === metric ? i : -1)).filter((/** @type {number} */ i) => i >= 0);
  document.title = `${data.name} – swarmsim comparison`;
  heading(data.name, `${variants.length} variants · ${number(Math.max(...summary.runs))} runs each · baseline ${summary.baseline[0]}`);
  main.append(...warnings(data.warnings));
  const unfinished = rowsOf(metrics[0]).filter((/** @type {number} */ i) => summary.not_finished[i] > 0);
  if (unfinished.length) {
    main.append(...warnings(["Some runs ended before all was done: " + unfinished.map((/** @type {number} */ i) => `${summary.variant[i]}: ${summary.not_finished[i]}`).join(", ")]));
  }
  const chosen = element("div", { class: "wide", id: "chosen", style: "display:contents" });
  const select = element("select", { id: "metric" }, ...metrics.map((m) => element("option", {}, String(m))));
  main.append(card("Metric", "", [element("label", { for: "metric" }, "Charts show "), select], true), chosen);
  const show = () => chosen.replaceChildren(...metricCharts(/** @type {HTMLSelectElement} */ (select).value));
  select.addEventListener("change", show);

  const metricCharts = (/** @type {string} */ metric) => {
    const rows = rowsOf(metric);
    const unit = summary.unit[rows[0]] === "1" ? "" : ` (${summary.unit[rows[0]]})`;
    const label = unit ? `${metric.replace(/_(s|bytes)$/, "")}${unit}` : metric;
    const items = rows.filter((/** @type {number} */ i) => summary.difference_low[i] !== null).map((/** @type {number} */ i) => ({
      name: String(summary.variant[i]), low: summary.difference_low[i], value: summary.difference[i], high: summary.difference_high[i], clear: summary.resolved[i] === "true" }));
    const most = values.value.reduce((/** @type {number | null} */ m, /** @type {number | null} */ v, /** @type {number} */ i) => (v !== null && values.metric[i] === metric && (m === null || v > m) ? v : m), null);
    const series = variants.map((variant, k) => {
      const own = values.value.filter((/** @type {any} */ v, /** @type {number} */ i) => v !== null && values.variant[i] === variant && values.metric[i] === metric).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
      return { name: String(variant), colour: colour(k), dash: dash(k), step: true, points: own.length ? [[own[0], 0], ...own.map((/** @type {number} */ v, /** @type {number} */ i) => [v, (i + 1) / own.length]), [most, 1]] : [] };
    });
    const charts = [xyChart({ title: `Runs: ${metric}`, note: "Share of the runs of a variant with at most this value.", x: label, y: "share of runs", yMax: 1, series })];
    if (items.length) {
      charts.unshift(forest({ title: `Differences: ${metric}`, note: `Variant − baseline, paired by seed, ${number(summary.confidence[0] * 100)} % intervals that hold together. Blue: resolved; grey: may be chance.`, x: `difference${unit}`, items }));
    }
    return [...factorChart(data.factors, rows.map((/** @type {number} */ i) => ({ variant: String(summary.variant[i]), mean: summary.mean[i], low: summary.low[i], high: summary.high[i] })),
      metric, label, `Mean and ${number(summary.confidence[0] * 100)} % interval over the runs.`), ...charts];
  };
  show();
  if (data.distribution) main.append(distribution(data.distribution, Math.max(...summary.runs)));
  main.append(card("All metrics", "A heading sorts the table.", metricTable(summary), true));
  main.append(card("Data", data.notes.join(" "), [element("details", {}, element("summary", {}, "The scenario"), element("pre", { tabindex: "0" }, data.scenario))], true));
}

/** @param {any} curves @param {number} runs */
function distribution(curves, runs) {
  const minutes = curves.time_s.map((/** @type {number} */ t) => t / 60);
  const missing = curves.not_completed ? ` ${number(curves.not_completed)} of ${number(curves.leechers)} leechers did not complete.` : "";
  return xyChart({ title: "Completion time", wide: true, note: `Share of all leechers that are done this long after they joined. Line: mean over ${number(runs)} runs; band: lowest and highest.${missing}`,
    x: "time since joining (min)", y: "share of leechers", yMax: 1,
    series: curves.curves.map((/** @type {any} */ c, /** @type {number} */ k) => ({ name: c.variant, colour: colour(k), dash: dash(k),
      points: minutes.map((/** @type {number} */ t, /** @type {number} */ i) => [t, c.mean[i]]), span: minutes.map((/** @type {number} */ t, /** @type {number} */ i) => [t, c.low[i], c.high[i]]) })) });
}
