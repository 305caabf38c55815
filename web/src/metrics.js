// The table of all metrics of a comparison.
import { element, saveButtons } from "./card.js";
import { distinct, fixed, largest, number } from "./format.js";
import { csv, save } from "./save.js";
import { titleOf } from "./units.js";

/** Below the title of each metric, which has its unit. */
const COLUMNS = ["variant", "n", "mean", "low", "high", "difference", "difference_low", "difference_high", "resolved", "winner"];
const WORDS = new Set(["variant", "resolved", "winner"]);
/** How a verdict is said; where there is none the cell is empty. @type {Record<string, Record<string, string>>} */
const VERDICTS = { resolved: { true: "yes", false: "may be chance" }, winner: { true: "winner" } };
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

/** What stands in the cells of a row. @param {import("./format.js").Table} summary @param {number} i @param {{ size: number, decimals: number }} notation */
function cellsOf(summary, i, { size, decimals }) {
  return COLUMNS.map((column) => {
    const value = summary[column][i];
    if (column === "resolved" && summary.difference[i] === null) return "";
    if (column === "resolved" && summary.difference_low[i] === null) return "no interval";
    if (column === "resolved" && summary.difference_low[i] === 0 && summary.difference_high[i] === 0) return "no difference";
    if (VERDICTS[column]) return VERDICTS[column][value] ?? "";
    if (WORDS.has(column)) return String(value ?? "");
    return FIGURES.includes(column) && value !== null ? fixed(value / size, decimals) : number(value);
  });
}

/** @param {string} column @param {string} text */
function cell(column, text) {
  if (column === "variant") return element("td", { class: text.length <= ONE_LINE ? "text name short" : "text name" }, ...breakable(text));
  return element("td", { class: WORDS.has(column) ? "text" : "" }, text);
}

/** The part of the table that a metric has: its title with the unit, and a row for each variant. @param {import("./format.js").Table} summary @param {string} metric @param {number[]} rows @param {Units} units */
function partOf(summary, metric, rows, units) {
  const notation = notationOf(summary, metric, units);
  const title = element("th", { class: "text", scope: "rowgroup", colspan: String(COLUMNS.length), title: metric },
    element("span", {}, ...parted(`${titleOf(metric)}${notation.unit && ` (${notation.unit})`}`)));
  return element("tbody", {}, element("tr", {}, title), ...rows.map((i) => element("tr", {}, ...cellsOf(summary, i, notation).map((text, k) => cell(COLUMNS[k], text)))));
}

/** The main metrics, and all at the press of a button; sorted by its headings within each metric; what has no value comes last either way. @param {import("./format.js").Table} summary @param {Units} units */
export function metricTable(summary, units) {
  const metrics = distinct(summary.metric);
  const isMain = mainOf(summary);
  let isWhole = metrics.every(isMain);
  let order = together(summary.metric.map((_, i) => i), metrics, summary.metric);
  const head = COLUMNS.map((c) => element("th", { class: WORDS.has(c) ? "text" : "", scope: "col" }, element("button", { type: "button" }, c.replaceAll("_", " "))));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...head)));
  const fill = () => {
    for (const part of table.querySelectorAll("tbody")) part.remove();
    table.append(...metrics.filter((metric) => isWhole || isMain(metric)).map((metric) => partOf(summary, metric, order.filter((i) => summary.metric[i] === metric), units)));
  };
  const button = isWhole ? [] : [wholeButton(metrics.length, (whole) => { isWhole = whole; fill(); })];
  let [by, up] = ["", true];
  COLUMNS.forEach((c, k) => head[k].addEventListener("click", () => {
    // Of verdicts the yes comes first.
    [by, up] = [c, by === c ? !up : !VERDICTS[c]];
    order = together(sorted(order, (i) => summary[c][i], up), metrics, summary.metric);
    for (const other of head) other.removeAttribute("aria-sort");
    head[k].setAttribute("aria-sort", up ? "ascending" : "descending");
    fill();
  }));
  fill();
  const saved = ["metric", "unit", ...COLUMNS];
  const sheet = () => ({ columns: saved, rows: order.map((i) => saved.map((c) => summary[c][i])) });
  return [...button, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "All metrics" }, table), saveButtons("All metrics", { CSV: (file) => save(file, csv(sheet())) })];
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
