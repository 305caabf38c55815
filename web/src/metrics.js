// The table of all metrics of a comparison.
import { element, saveButtons } from "./card.js";
import { number } from "./format.js";
import { csv, save } from "./save.js";

const COLUMNS = ["metric", "unit", "variant", "n", "mean", "low", "high", "difference", "difference_low", "difference_high", "resolved", "winner"];
const WORDS = new Set(["metric", "unit", "variant", "resolved", "winner"]);

/** Sorted by its headings; what has no value comes last either way. @param {import("./format.js").Table} summary */
export function metricTable(summary) {
  let order = summary.metric.map((_, i) => i);
  const body = element("tbody");
  const fill = () => body.replaceChildren(...order.map((i) => element("tr", {}, ...COLUMNS.map((c) =>
    element("td", { class: WORDS.has(c) ? "text" : "" }, WORDS.has(c) ? String(summary[c][i] ?? "") : number(summary[c][i]))))));
  let [by, up] = ["", true];
  const head = COLUMNS.map((c) => {
    const button = element("button", { type: "button" }, c.replaceAll("_", " "));
    const cell = element("th", { class: WORDS.has(c) ? "text" : "", scope: "col" }, button);
    button.addEventListener("click", () => {
      [by, up] = [c, by === c ? !up : true];
      order = sorted(order, (i) => summary[c][i], up);
      for (const other of head) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", up ? "ascending" : "descending");
      fill();
    });
    return cell;
  });
  fill();
  const sheet = () => ({ columns: COLUMNS, rows: order.map((i) => COLUMNS.map((c) => summary[c][i])) });
  return [element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "All metrics" }, element("table", {}, element("thead", {}, element("tr", {}, ...head)), body)),
    saveButtons("All metrics", { CSV: (file) => save(file, csv(sheet())) })];
}

/** @param {number[]} rows @param {(row: number) => any} value @param {boolean} up */
function sorted(rows, value, up) {
  const [has, lacks] = [true, false].map((wanted) => rows.filter((row) => (value(row) !== null && value(row) !== "") === wanted));
  const order = (/** @type {any} */ a, /** @type {any} */ b) => (a < b ? -1 : a > b ? 1 : 0);
  has.sort((a, b) => order(value(a), value(b)) * (up ? 1 : -1) || a - b);
  return [...has, ...lacks.sort((a, b) => a - b)];
}
