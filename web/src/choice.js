// Which groups stand out in charts where they are too many to be told apart: the largest at first, and any others by choice.
import { card, element } from "./card.js";
import { COLOURS_MAX, colour, dash } from "./charts/colours.js";
import { number } from "./format.js";

/** @typedef {import("./charts/xy.js").Series} Series */
/** @typedef {import("./run.js").Group} Group */

/** The groups that stand out at first: all, or those with most leechers, in the order of the scenario. @param {Group[]} groups @returns {string[]} */
export function largestOf(groups) {
  const ranked = [...groups].sort((one, other) => other.leechers - one.leechers).slice(0, COLOURS_MAX);
  return groups.filter((group) => ranked.includes(group)).map(({ group }) => group);
}

/** What can be chosen: the largest groups, and all in the order of the scenario, so many at a time. @param {Group[]} groups @returns {[string, string[]][]} */
function choicesOf(groups) {
  const names = groups.map(({ group }) => group);
  const parts = [...Array(Math.ceil(names.length / COLOURS_MAX)).keys()].map((k) => names.slice(k * COLOURS_MAX, (k + 1) * COLOURS_MAX));
  return [[`the ${COLOURS_MAX} with most leechers`, largestOf(groups)],
    ...parts.map((part, k) => /** @type {[string, string[]]} */ ([part.length > 1 ? `${k * COLOURS_MAX + 1} to ${k * COLOURS_MAX + part.length}: ${part[0]} … ${part.at(-1)}` : `${names.length}: ${part[0]}`, part]))];
}

/** The card in which groups are chosen; none where all can be told apart. @param {Group[]} groups @param {(chosen: string[]) => void} show */
export function groupChoice(groups, show) {
  if (groups.length <= COLOURS_MAX) return [];
  const choices = choicesOf(groups);
  const select = /** @type {HTMLSelectElement} */ (element("select", { id: "groups" }, ...choices.map(([says]) => element("option", {}, says))));
  select.addEventListener("change", () => show(choices[select.selectedIndex][1]));
  const note = `Of ${number(groups.length)} groups with leechers so many have colours and names in the charts by group; the others are grey. Saved tables have all.`;
  return [card("Groups", "", [element("label", { for: "groups" }, "In colour "), select, element("p", { class: "note" }, note)], true)];
}

/** The series of groups with their looks: the `chosen` can be told apart, the others are grey. @param {Omit<Series, "colour">[]} series @param {string[]} chosen @returns {Series[]} */
export const standingOut = (series, chosen) => series.map((own) => {
  const k = chosen.indexOf(own.name);
  const look = k < 0 ? { colour: "var(--soft)", quiet: true } : { colour: colour(k), dash: dash(k) };
  return { ...own, ...look, ...(own.dots ? { mark: Math.max(0, k) } : {}) };
});
