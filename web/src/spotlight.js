// Lines of many variants: each has its band as long as bands don't hide one another, and its colour as long as colours last; of more one is chosen to have them, and each has its band in a panel of its own.
import { element } from "./card.js";
import { COLOURS_MAX, colour, dash } from "./charts/colours.js";
import { panelsChart } from "./charts/panels.js";
import { xyChart } from "./charts/xy.js";
import { number } from "./format.js";

/** @typedef {import("./charts/xy.js").Series} Series */
/** @typedef {import("./charts/xy.js").XyChart} XyChart */

/** With more variants than this bands hide one another. */
const BANDS_MAX = 4;
/** So many panels are seen at once, and fit on a page. */
const PANELS_MAX = 24;

/** The charts of `variants`, the one called `baseline` among them; of many one is chosen to be seen beside it. @param {XyChart} variants @param {string} baseline */
export function variantsChart(variants, baseline) {
  // The baseline comes first, in the saved table too.
  const series = [...variants.series].sort((one, other) => Number(other.name === baseline) - Number(one.name === baseline));
  const chart = { ...variants, series };
  const { spans } = chart;
  const plain = xyChart(chart);
  const coloured = series.length <= COLOURS_MAX;
  if (!plain.querySelector(".plot") || series.length <= BANDS_MAX || (coloured && !spans)) return plain;
  const called = (/** @type {string} */ name) => series.find((s) => s.name === name)?.brief ?? name;
  const names = series.map((s) => s.name).filter((name) => name !== baseline);
  const select = element("select", { "aria-label": `${coloured ? "Variant with its band" : "Variant in colour"}: ${chart.title}` }, ...names.map((name) => element("option", { value: name }, called(name))));
  const choice = element("p", { class: "choice" }, ...(coloured ? ["Bands of ", select, ` and ${called(baseline)}.`] : ["In colour ", select, ` beside ${called(baseline)}.`]));
  const place = element("div", { class: "wide", style: "display:contents" });
  const panels = spans ? [bandsOfAll(chart, baseline)] : [];
  const show = () => {
    const { value } = /** @type {HTMLSelectElement} */ (select);
    const made = xyChart({ ...chart, series: coloured ? withBands(series, [value, baseline]) : inColour(series, [baseline, value]) });
    made.insertBefore(choice, made.querySelector(".legend"));
    place.replaceChildren(made, ...panels);
  };
  select.addEventListener("change", () => { show(); select.focus(); });
  show();
  return place;
}

/** All in their colours, with bands for the `chosen`. @param {Series[]} series @param {string[]} chosen */
const withBands = (series, chosen) => series.map((s) => ({ ...s, bare: !chosen.includes(s.name) }));

/** The `chosen` in colour, in front of all others in grey. @param {Series[]} series @param {string[]} chosen */
const inColour = (series, chosen) => series.map((s) => {
  const k = chosen.indexOf(s.name);
  return k < 0 ? { ...s, colour: "var(--soft)", dash: "", quiet: true, bare: true } : { ...s, colour: colour(k), dash: dash(k) };
});

/** A panel with its band for each variant; of very many for the baseline and those that rise first and last. @param {XyChart} chart @param {string} baseline */
function bandsOfAll(chart, baseline) {
  const { title, series } = chart;
  const level = (/** @type {Series} */ { points }) => points.reduce((/** @type {number} */ sum, /** @type {[number, number | null]} */ [, y]) => sum + (y ?? 0), 0);
  const ranked = series.filter((s) => s.name !== baseline).sort((a, b) => level(b) - level(a));
  const early = Math.ceil((PANELS_MAX - 1) / 2);
  const chosen = new Set([...ranked.slice(0, early), ...ranked.slice(early).slice(-(PANELS_MAX - 1 - early))]);
  const shown = series.filter((s) => s.name === baseline || chosen.has(s));
  const rest = series.length - shown.length;
  const left = rest ? ` ${number(shown.length)} of ${number(series.length)} variants have a panel: the baseline, and those that are done first and last. The bands of the other ${number(rest)} are in the CSV and in the figures of scripts/plot.py (--figure cdf).` : "";
  return panelsChart({ ...chart, title: `${title} of each variant`, note: `The same curves, each in front of all others with its band from the lowest to the highest run.${left}` }, shown);
}
