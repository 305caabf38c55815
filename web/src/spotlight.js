// Lines of many variants: each has its band as long as bands don't hide one another, and its colour as long as colours last; of more one is chosen to have them.
import { element } from "./card.js";
import { xyChart } from "./charts/xy.js";

/** With more variants than this bands hide one another. */
const BANDS_MAX = 4;
/** With more than this colours would repeat. */
const COLOURS_MAX = 7;

/** The chart of `chart`, whose series are variants, the one called `baseline` among them; of many one is chosen to be seen beside it. @param {import("./charts/xy.js").XyChart} chart @param {string} baseline */
export function variantsChart(chart, baseline) {
  const { series, spans } = chart;
  const plain = xyChart(chart);
  const coloured = series.length <= COLOURS_MAX;
  if (!plain.querySelector(".plot") || series.length <= BANDS_MAX || (coloured && !spans)) return plain;
  const called = (/** @type {string} */ name) => series.find((s) => s.name === name)?.brief ?? name;
  const names = series.map((s) => s.name).filter((name) => name !== baseline);
  const select = element("select", { "aria-label": `${coloured ? "Variant with its band" : "Variant in colour"}: ${chart.title}` }, ...names.map((name) => element("option", { value: name }, called(name))));
  const choice = element("p", { class: "choice" }, ...(coloured ? ["Bands of ", select, ` and ${called(baseline)}; those of the others are in the CSV.`] : ["In colour ", select, ` beside ${called(baseline)}.`]));
  const place = element("div", { class: "wide", style: "display:contents" });
  const show = () => {
    const { value } = /** @type {HTMLSelectElement} */ (select);
    const made = xyChart({ ...chart, series: coloured ? withBands(series, [value, baseline]) : inColour(series, [value, baseline]) });
    made.insertBefore(choice, made.querySelector(".legend"));
    place.replaceChildren(made);
  };
  select.addEventListener("change", () => { show(); select.focus(); });
  show();
  return place;
}

/** @typedef {import("./charts/xy.js").Series} Series */

/** All in their colours, with bands for the `chosen`. @param {Series[]} series @param {string[]} chosen */
const withBands = (series, chosen) => series.map((s) => ({ ...s, bare: !chosen.includes(s.name) }));

/** The `chosen` in colour, in front of all others in grey. @param {Series[]} series @param {string[]} chosen */
function inColour(series, chosen) {
  const loud = chosen.flatMap((name, k) => series.filter((s) => s.name === name).map((s) => ({ ...s, colour: `var(--c${k})`, dash: k ? "10 3" : "" })));
  const quiet = series.filter((s) => !chosen.includes(s.name)).map((s) => ({ ...s, colour: "var(--soft)", dash: "", quiet: true, bare: true }));
  return [...quiet, ...loud];
}
