// Lines of many variants: each has its colour as long as colours last; of more one is chosen, and the others are grey.
import { element } from "./card.js";
import { xyChart } from "./charts/xy.js";

/** With more variants than this bands hide one another. */
const BANDS_MAX = 4;
/** With more than this colours would repeat. */
const COLOURS_MAX = 7;

/** Whether each of `count` variants can have its band. @param {number} count */
export const hasBands = (count) => count <= BANDS_MAX || count > COLOURS_MAX;

/** The chart of `chart`, whose series are variants, the one called `baseline` among them; of many one is chosen to be seen beside it. @param {import("./charts/xy.js").XyChart} chart @param {string} baseline */
export function variantsChart(chart, baseline) {
  const { series } = chart;
  if (series.length <= BANDS_MAX) return xyChart(chart);
  if (series.length <= COLOURS_MAX) return xyChart({ ...chart, series: series.map((s) => ({ ...s, span: undefined })), spans: undefined });
  const names = series.map((s) => s.name).filter((name) => name !== baseline);
  const select = element("select", { "aria-label": `Variant in colour: ${chart.title}` }, ...names.map((name) => element("option", { value: name }, name)));
  const choice = element("p", { class: "choice" }, "In colour ", select, ` beside ${baseline}; grey: the others.`);
  const place = element("div", { class: "wide", style: "display:contents" });
  const show = () => {
    const chosen = [/** @type {HTMLSelectElement} */ (select).value, baseline];
    const seen = (/** @type {import("./charts/xy.js").Series} */ s) => chosen.includes(s.name);
    const loud = chosen.flatMap((name, k) => series.filter((s) => s.name === name).map((s) => ({ ...s, colour: `var(--c${k})`, dash: k ? "10 3" : "" })));
    const quiet = series.filter((s) => !seen(s)).map((s) => ({ ...s, span: undefined, colour: "var(--soft)", dash: "", quiet: true }));
    const made = xyChart({ ...chart, series: [...quiet, ...loud] });
    made.insertBefore(choice, made.querySelector(".legend"));
    place.replaceChildren(made);
  };
  select.addEventListener("change", () => { show(); select.focus(); });
  show();
  return place;
}
