// The table of all metrics of a comparison.
import { element, saveButtons } from "./card.js";
import { distinct, fixed, largest, number } from "./format.js";
import { csv, save } from "./save.js";

const COLUMNS = ["metric", "unit", "variant", "n", "mean", "low", "high", "difference", "difference_low", "difference_high", "resolved", "winner"];
const WORDS = new Set(["metric", "unit", "variant", "resolved", "winner"]);
/** How a verdict is said; where there is none the cell is empty. @type {Record<string, Record<string, string>>} */
const VERDICTS = { resolved: { true: "yes", false: "may be chance" }, winner: { true: "winner" } };
/** What may be long. */
const NAMES = new Set(["metric", "variant"]);
/** What is in the unit of the metric. */
const FIGURES = COLUMNS.slice(COLUMNS.indexOf("mean"), COLUMNS.indexOf("resolved"));

/** Decimals that show the narrowest interval with two digits, but no more than six digits of the largest value; without any interval that with three. @param {number[]} intervals how wide they are @param {number} most */
function decimalsOf(intervals, most) {
  const wide = intervals.filter((width) => width > 0);
  const finest = wide.length ? Math.min(...wide) : most / 10;
  const order = (/** @type {number} */ value) => Math.floor(Math.log10(value));
  return finest > 0 ? Math.max(0, Math.min(6, 1 - order(finest), most > 0 ? 5 - order(most) : 6)) : 0;
}

/** A name of no more letters than this has one line where the page is wide. */
const ONE_LINE = 36;
/** Where the longest main metric and the longest variant have more letters than this together, the table would be wider than a wide page. */
const BOTH = 54;
/** Then so many have one line. */
const FEWER = 22;

/** A name that may go on in the next line after each of its parts; the settings of a variant stay whole if they are short. @param {string} text @returns {(Node | string)[]} */
const breakable = (text) => {
  const settings = text.split(/(?<= \u00b7) /);
  if (settings.length > 1 && settings.every((setting) => setting.length <= ONE_LINE)) return settings.flatMap((setting, i) => [...(i ? [" "] : []), element("span", { class: "whole" }, setting)]);
  return parted(text);
};

/** @param {string} text */
const parted = (text) => text.split(/(?<=[_./])/).flatMap((part, i) => (i ? [element("wbr"), part] : [part]));

/** Whether a metric is among those that the program prints: of the swarm, and the times of groups that compete, as far as they are defined. @param {import("./format.js").Table} summary @returns {(metric: string) => boolean} */
function mainOf(summary) {
  const defined = distinct(summary.metric.filter((_, i) => summary.mean[i] !== null));
  const times = defined.filter((metric) => /^group\..*\.completion_mean_s$/.test(metric));
  const main = new Set([...defined.filter((metric) => !metric.startsWith("group.")), ...(times.length > 1 ? times : [])]);
  // Of group metrics asked for by name none is less than the others.
  return (metric) => main.size === 0 || main.has(metric);
}

/** The button that shows all of so many metrics, or the main ones again, by calling `act`. @param {number} count @param {(isWhole: boolean) => void} act */
function wholeButton(count, act) {
  const texts = { false: `Show all ${number(count)} metrics`, true: "Show the main metrics" };
  const button = element("button", { type: "button", class: "more", "aria-expanded": "false" }, texts.false);
  button.addEventListener("click", () => {
    const isWhole = button.getAttribute("aria-expanded") === "false";
    button.setAttribute("aria-expanded", String(isWhole));
    button.textContent = texts[isWhole ? "true" : "false"];
    act(isWhole);
  });
  return button;
}

/** The unit of a metric. @typedef {(metric: string) => import("./units.js").Unit} Units */

/** How a metric is written in all its rows. @param {import("./format.js").Table} summary @param {string} metric @param {Units} units */
function notationOf(summary, metric, units) {
  const rows = summary.metric.flatMap((name, i) => (name === metric ? [i] : []));
  const means = rows.map((i) => summary.mean[i]);
  const [unit, size] = units(metric);
  const widths = ["", "difference_"].flatMap((name) => rows.map((i) => (summary[`${name}high`][i] - summary[`${name}low`][i]) / size));
  return { unit, size, decimals: decimalsOf(widths, largest(means.map(Math.abs)) / size) };
}

/** What stands in the cells of each row. @param {import("./format.js").Table} summary @param {Units} units */
function cellsOf(summary, units) {
  const notations = new Map(distinct(summary.metric).map((metric) => [metric, notationOf(summary, metric, units)]));
  return summary.metric.map((metric, i) => {
    const { unit, size, decimals } = notations.get(metric) ?? { unit: "", size: 1, decimals: 0 };
    return COLUMNS.map((column) => {
      const value = summary[column][i];
      if (column === "unit") return unit;
      if (column === "resolved" && summary.difference[i] === null) return "";
      if (column === "resolved" && summary.difference_low[i] === null) return "no interval";
      if (column === "resolved" && summary.difference_low[i] === 0 && summary.difference_high[i] === 0) return "no difference";
      if (VERDICTS[column]) return VERDICTS[column][value] ?? "";
      if (WORDS.has(column)) return String(value ?? "");
      return FIGURES.includes(column) && value !== null ? fixed(value / size, decimals) : number(value);
    });
  });
}

/** The main metrics, and all at the press of a button; sorted by its headings within each metric; what has no value comes last either way. @param {import("./format.js").Table} summary @param {Units} units */
export function metricTable(summary, units) {
  const cells = cellsOf(summary, units);
  let order = summary.metric.map((_, i) => i);
  const body = element("tbody");
  const isMain = mainOf(summary);
  const longest = (/** @type {any[]} */ names) => largest(names.map((name) => String(name).length));
  const oneLine = longest(summary.metric.filter(isMain)) + longest(summary.variant) <= BOTH ? ONE_LINE : FEWER;
  const cell = (/** @type {string} */ column, /** @type {string} */ text) => (NAMES.has(column) ? element("td", { class: text.length <= oneLine ? "text name short" : "text name" }, ...breakable(text)) : element("td", { class: WORDS.has(column) ? "text" : "" }, text));
  let isWhole = summary.metric.every(isMain);
  const button = isWhole ? [] : [wholeButton(distinct(summary.metric).length, (whole) => { isWhole = whole; fill(); })];
  const fill = () => body.replaceChildren(...order.filter((i) => isWhole || isMain(summary.metric[i])).map((i) => element("tr", {}, ...COLUMNS.map((column, k) => cell(column, cells[i][k])))));
  const metricsIn = (/** @type {number[]} */ rows) => distinct(rows.map((i) => summary.metric[i]));
  let [by, up] = ["", true];
  const head = COLUMNS.map((c) => {
    const button = element("button", { type: "button" }, c.replaceAll("_", " "));
    const place = element("th", { class: WORDS.has(c) ? "text" : "", scope: "col" }, button);
    button.addEventListener("click", () => {
      [by, up] = [c, by === c ? !up : true];
      order = c === "metric" ? sorted(order, (i) => summary.metric[i], up) : together(sorted(order, (i) => summary[c][i], up), metricsIn(order), summary.metric);
      for (const other of head) other.removeAttribute("aria-sort");
      place.setAttribute("aria-sort", up ? "ascending" : "descending");
      fill();
    });
    return place;
  });
  fill();
  const sheet = () => ({ columns: COLUMNS, rows: order.map((i) => COLUMNS.map((c) => summary[c][i])) });
  return [...button, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "All metrics" }, element("table", {}, element("thead", {}, element("tr", {}, ...head)), body)),
    saveButtons("All metrics", { CSV: (file) => save(file, csv(sheet())) })];
}

/** The rows of each metric together, in the order of `metrics`: values of different metrics can't be compared. @param {number[]} rows @param {any[]} metrics @param {any[]} metricOf */
const together = (rows, metrics, metricOf) => metrics.flatMap((metric) => rows.filter((i) => metricOf[i] === metric));

/** @param {number[]} rows @param {(row: number) => any} value @param {boolean} up */
function sorted(rows, value, up) {
  const [has, lacks] = [true, false].map((wanted) => rows.filter((row) => (value(row) !== null && value(row) !== "") === wanted));
  const order = (/** @type {any} */ a, /** @type {any} */ b) => (a < b ? -1 : a > b ? 1 : 0);
  has.sort((a, b) => order(value(a), value(b)) * (up ? 1 : -1) || a - b);
  return [...has, ...lacks.sort((a, b) => a - b)];
}
