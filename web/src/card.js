// A card: title, note, content, and for a chart its value line and its downloads.
import { fillLegend } from "./charts/legend.js";
import { csv, save, savePng, standalone } from "./save.js";
import { shape } from "./svg.js";

/** @typedef {import("./save.js").Sheet} Sheet */

/** @param {string} name @param {Record<string, string>} [attributes] @param {(Node | string)[]} children @returns {HTMLElement} */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A text in which the name of an option, as `--runs`, is not broken at its hyphens. @param {string} text */
export const unbroken = (text) => text.split(/((?<![^\s`'"(])--?[a-z][a-z-]*)/).map((part, i) => (i % 2 ? element("span", { class: "whole" }, part) : part));

/** Stands in the place of a chart without data. */
export const NOTHING = "Nothing of this happened here.";
/** Stands in the place of lines that would be points. */
export const ONE_MOMENT = "There is one moment only.";

/** @param {string} title @param {string} note @param {Node[]} content @param {boolean} [wide] */
export function card(title, note, content, wide = false) {
  const made = element("section", { class: wide ? "card wide" : "card" }, element("h2", {}, title));
  if (note) made.append(element("p", { class: "note" }, ...unbroken(note)));
  made.append(...content);
  return made;
}

/** The cards that have a chart; the others become lines of one. @param {HTMLElement[]} cards */
export function gathered(cards) {
  const [drawn, bare] = [true, false].map((wanted) => cards.filter((each) => Boolean(each.querySelector(".plot")) === wanted));
  if (bare.length === 0) return drawn;
  // What several have in common is said once.
  const reasons = new Map();
  for (const each of bare) {
    const [title, ...rest] = [...each.children].map((part) => part.textContent);
    const why = rest.join(": ");
    reasons.set(why, [...(reasons.get(why) ?? []), title]);
  }
  const lines = [...reasons].map(([why, titles]) => element("p", {}, `${titles.join(", ")}: ${why}`));
  return [...drawn, card("Not drawn", "", lines, true)];
}

/** Buttons that save what `title` names. @param {string} title @param {Record<string, (file: string) => void>} ways the name of a format, and what saves it into a file */
export function saveButtons(title, ways) {
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return element("div", { class: "tools" }, ...Object.entries(ways).map(([format, act]) => {
    const button = element("button", { type: "button", "aria-label": `Save ${title} as ${format}` }, format);
    button.addEventListener("click", () => act(`${name}.${format.toLowerCase()}`));
    return button;
  }));
}

/**
 * A chart in a card. `draw` fills an SVG of a given width and returns its height. The event `paper` at `.plot` draws it anew for a page with the width that it tells, flatter than on the screen, to which 0 goes back.
 * @param {{ title: string, note?: string, wide?: boolean, legend?: import("./charts/legend.js").Entry[], sheet: Sheet,
 *   draw: (svg: SVGElement, width: number, say: (text: string) => void, isPaper: boolean) => number }} chart
 */
export function chartCard(chart) {
  const value = element("p", { class: "value", role: "status" });
  const plot = element("div", { class: "plot" });
  const legend = element("ul", { class: "legend" });
  let svg = shape("svg", {});
  const draw = (/** @type {number} */ room, isPaper = false) => {
    const width = Math.max(280, room || 520);
    svg = shape("svg", { role: "application", tabindex: 0, "aria-label": `${chart.title}. Arrow keys read values.` });
    const height = chart.draw(/** @type {SVGElement} */ (svg), width, (text) => { value.textContent = text; }, isPaper);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    plot.replaceChildren(svg);
    fillLegend(legend, chart.legend ?? [], width);
  };
  const picture = () => standalone(svg, chart.title, chart.note ?? "", chart.legend ?? []);
  const tools = saveButtons(chart.title, {
    SVG: (file) => save(file, new Blob([picture()], { type: "image/svg+xml" })),
    PNG: (file) => savePng(file, picture()),
    CSV: (file) => save(file, csv(chart.sheet)),
  });
  const made = card(chart.title, chart.note ?? "", [legend, plot, element("div", { class: "foot" }, value, tools)], chart.wide);
  let drawn = 0;
  // The width is told: to ask for it would lay out the page anew for each chart.
  new ResizeObserver(([{ contentRect }]) => requestAnimationFrame(() => {
    const width = Math.round(contentRect.width);
    if (width !== drawn) draw(width);
    drawn = width;
  })).observe(plot);
  plot.addEventListener("paper", (event) => {
    const page = /** @type {CustomEvent<number>} */ (event).detail;
    draw(page || drawn, page > 0);
  });
  return made;
}
