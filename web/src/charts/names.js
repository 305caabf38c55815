// Names of groups, variants and settings at an axis. Where there is no room they lose their middle; below an axis they stand upright first. Titles of axes go on in a new line.
import { number, shortNames, ticks } from "../format.js";
import { shape } from "../svg.js";

/** The width of a letter. */
export const LETTER = 7;
/** Letters of a name that stands upright, or beside a chart, at most. */
const LONGEST = 16;
/** With room for fewer letters than a name has, and than these, it stands upright. */
const FEW = 12;

/** A name as it is `shown`; the pointer finds it whole. @param {string} name @param {string} shown @param {Record<string, string | number>} look */
export function nameShape(name, shown, look) {
  const made = shape("text", look, shown);
  if (shown !== name) made.append(shape("title", {}, name));
  return made;
}

/** Numbers at an axis, at most about so many. */
const NUMBERS_MAX = 6;

/** Round numbers for an axis of that length: as many as have room beside each other. @param {number} low @param {number} high @param {number} length */
export function ticksIn(low, high, length) {
  const tries = [...Array(NUMBERS_MAX).keys()].map((k) => ticks(low, high, NUMBERS_MAX - k));
  const fits = (/** @type {number[]} */ all) => all.length < 2 || ((all[1] - all[0]) / (high - low)) * length >= LETTER * Math.max(...all.map((each) => number(each).length)) + 10;
  return tries.find(fits) ?? tries[tries.length - 1];
}

/** The height of a line of text. */
export const LINE = 15;

/** The words of a text in lines that fit into `room`. @param {string} text @param {number} room */
export function linesOf(text, room) {
  const letters = room / LETTER;
  return text.split(" ").reduce((/** @type {string[]} */ lines, word) => {
    const joined = [...lines.slice(-1), word].join(" ");
    return lines.length && joined.length <= letters ? [...lines.slice(0, -1), joined] : [...lines, word];
  }, []);
}

/** The title of an x axis in its lines: around `middle`, as far as the picture lets it. @param {string[]} lines @param {number} middle @param {number} width of the picture @param {number} y of the first line */
export function titleBelow(lines, middle, width, y) {
  const half = (Math.max(...lines.map((line) => line.length)) * LETTER) / 2;
  const x = Math.max(Math.min(middle, width - half), Math.min(half, width / 2));
  return lines.map((line, i) => shape("text", { x, y: y + i * LINE, "text-anchor": "middle", class: "strong" }, line));
}

/** The title of a y axis in its lines, upright around `middle`. @param {string[]} lines @param {number} middle */
export const titleBeside = (lines, middle) => lines.map((line, i) => shape("text", { transform: `translate(${13 + i * LINE} ${middle}) rotate(-90)`, "text-anchor": "middle", class: "strong title" }, line));

/** Letters that names have beside a chart of a width. @param {string[]} names @param {number} width */
export const lettersBeside = (names, width) => Math.min(Math.max(...names.map((name) => name.length)), Math.max(9, Math.min(LONGEST, Math.floor((width * 0.25) / LETTER))));

/** The name in one line, or in two that are broken after a hyphen or the like, if they fit; else as it is. @param {string} name @param {number} letters */
function inTwo(name, letters) {
  if (name.length <= letters) return [name];
  const breaks = [...name.matchAll(/[-\u2013_/]/g)].map(({ index }) => [name.slice(0, index + 1), name.slice(index + 1)]);
  const longest = (/** @type {string[]} */ lines) => Math.max(...lines.map((line) => line.length));
  const [best] = breaks.sort((one, other) => longest(one) - longest(other));
  return best && longest(best) <= letters ? best : [name];
}

/** How names stand below an axis on which each has `room`: how much they take, and what draws the one at a place among them. @param {string[]} names @param {number} room */
export function namesBelow(names, room) {
  const [longest, fit] = [Math.max(...names.map((name) => name.length)), Math.floor(room / LETTER)];
  const upright = longest > fit && fit < FEW;
  const shown = shortNames(names, upright ? LONGEST : fit);
  const lines = names.map((name, k) => { const two = inTwo(name, fit); return two.length > 1 ? two : [shown[k]]; });
  const most = Math.max(...lines.map((each) => each.length));
  const draw = (/** @type {number} */ k, /** @type {number} */ x, /** @type {number} */ y) => (upright
    ? [nameShape(names[k], shown[k], { transform: `translate(${x + 4} ${y + 6}) rotate(-90)`, "text-anchor": "end" })]
    : lines[k].map((line, i) => nameShape(lines[k].length > 1 ? line : names[k], line, { x, y: y + 18 + i * LINE, "text-anchor": "middle" })));
  return { high: upright ? Math.min(longest, LONGEST) * LETTER + 10 : 22 + LINE * (most - 1), upright, draw };
}
