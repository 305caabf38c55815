// Names of groups, variants and settings at an axis. Where there is no room they lose their middle; below an axis they stand upright first.
import { short } from "../format.js";
import { shape } from "../svg.js";

/** The width of a letter. */
export const LETTER = 7;
/** Letters of a name that stands upright, or beside a chart, at most. */
const LONGEST = 16;
/** With room for fewer letters than a name has, and than these, it stands upright. */
const FEW = 12;

/** A name that may be shortened; the pointer finds it whole. @param {string} name @param {number} letters @param {Record<string, string | number>} look */
export function nameShape(name, letters, look) {
  const shown = short(name, letters);
  const made = shape("text", look, shown);
  if (shown !== name) made.append(shape("title", {}, name));
  return made;
}

/** Letters that names have beside a chart of a width. @param {string[]} names @param {number} width */
export const lettersBeside = (names, width) => Math.min(Math.max(...names.map((name) => name.length)), Math.max(9, Math.min(LONGEST, Math.floor((width * 0.25) / LETTER))));

/** How names stand below an axis on which each has `room`: how much they take, and what draws one. @param {string[]} names @param {number} room */
export function namesBelow(names, room) {
  const [longest, fit] = [Math.max(...names.map((name) => name.length)), Math.floor(room / LETTER)];
  const upright = longest > fit && fit < FEW;
  const draw = (/** @type {string} */ name, /** @type {number} */ x, /** @type {number} */ y) => (upright
    ? nameShape(name, LONGEST, { transform: `translate(${x + 4} ${y + 6}) rotate(-90)`, "text-anchor": "end" })
    : nameShape(name, fit, { x, y: y + 18, "text-anchor": "middle" }));
  return { high: upright ? Math.min(longest, LONGEST) * LETTER + 10 : 22, upright, draw };
}
