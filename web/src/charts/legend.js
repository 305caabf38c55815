// Legends: a sample of each line or mark, and its name, on the page and in saved charts.
import { shortNames } from "../format.js";
import { shape } from "../svg.js";
import { marked } from "./colours.js";

/** `brief`: a shorter name, which the legend has; `mark`: the number of the mark of its points; without `dots` they have a line too. @typedef {{ name: string, brief?: string, colour: string, dash?: string, mark?: number, dots?: number }} Entry */

/** The width of a sample. */
const SAMPLE = 28;
/** The width of a letter. */
const WIDE_LETTER = 8;
/** What an entry takes besides its name. */
const BESIDE = SAMPLE + 22;

/** @param {Entry} entry @param {number} x @param {number} y */
function sample({ colour, dash, mark, dots }, x, y) {
  const line = shape("line", { x1: x, x2: x + SAMPLE, y1: y, y2: y, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash ?? "" });
  const point = mark === undefined ? [] : [marked(mark, x + SAMPLE / 2, y, 4.5, { fill: colour })];
  return dots ? point : [line, ...point];
}

/** What entries are called, however much room there is: a choice beside the legend has the same names. @param {Entry[]} entries */
const namesOf = (entries) => entries.map(({ name, brief }) => brief ?? name);

/** Fills the list above a chart that is `width` wide. @param {HTMLElement} list @param {Entry[]} entries @param {number} width */
export function fillLegend(list, entries, width) {
  const letters = (width - BESIDE) / WIDE_LETTER;
  const names = namesOf(entries);
  // What differs may go on in a second line.
  const shown = shortNames(names, names.every((name, i) => name === entries[i].name) ? letters : 2 * letters);
  list.replaceChildren(...entries.map((entry, i) => {
    const item = document.createElement("li");
    const picture = shape("svg", { width: SAMPLE, height: 12, "aria-hidden": "true" });
    picture.append(...sample(entry, 0, 6));
    item.append(picture, shown[i]);
    item.title = entry.name;
    return item;
  }));
}

/** The same in a saved chart below its title: the shapes, and where they end. @param {Entry[]} entries @param {number} width @param {number} top @returns {[Element[], number]} */
export function drawnLegend(entries, width, top) {
  const made = [];
  const letters = (width - BESIDE) / WIDE_LETTER;
  const names = shortNames(namesOf(entries), letters);
  let [x, y] = [12, top];
  for (const [i, entry] of entries.entries()) {
    const name = names[i];
    const wide = BESIDE + name.length * WIDE_LETTER;
    if (x > 12 && x + wide > width) [x, y] = [12, y + 18];
    made.push(...sample(entry, x, y - 4), shape("text", { x: x + SAMPLE + 6, y, class: "strong" }, name));
    x += wide;
  }
  return [made, entries.length ? y + 12 : top - 10];
}
