// What stands around the charts: title, warnings, key figures; the data.
import { card, element, unbroken } from "./card.js";
import { amount, brief, counted, duration, number, percent } from "./format.js";
import { BYTES } from "./units.js";

/** @param {any} title @param {string} text */
export function heading(title, text) {
  /** @type {HTMLElement} */ (document.getElementById("title")).textContent = String(title);
  /** @type {HTMLElement} */ (document.getElementById("subtitle")).textContent = text;
}

/** What is in the page, the scenario, and which program made it. @param {any} data @param {string} scenario what its text is called */
export const dataCard = (data, scenario) => card("Data", data.notes.join(" "), [
  element("details", {}, element("summary", {}, scenario), element("pre", { tabindex: "0" }, data.scenario)),
  element("p", { class: "note" }, `This page was made by swarmsim ${data.made_by}.`)], true);

/** A card for each warning; that of a scenario shows the lines that are meant. @param {string[]} texts */
export const warnings = (texts) => texts.map((text) => {
  const [first, ...lines] = text.replace(/^warning: /, "").split("\n");
  const place = lines.length ? [element("pre", { tabindex: "0" }, lines.join("\n"))] : [];
  return element("section", { class: "card wide warning", role: "note" }, element("p", {}, ...unbroken(first.charAt(0).toUpperCase() + first.slice(1))), ...place);
});

/** @type {Record<string, (waiting: number, extinct: number, completed: number) => string>} */
const ENDINGS = {
  "time-limit": (waiting, _, completed) => `The time limit came first, with ${counted(waiting, "leecher")} without the file${completed ? ": completion times are those of the quicker ones" : ""}.`,
  dead: (waiting, extinct) => `The swarm died: nobody had ${number(extinct)} of the chunks any more, so it ended with ${counted(waiting, "leecher")} without the file.`,
  stalled: (waiting) => `Nothing moved for run.stall_limit, with ${counted(waiting, "leecher")} without the file.`,
  interrupted: (waiting) => `It was interrupted, with ${counted(waiting, "leecher")} without the file: all figures are partial.`,
};

/** The figures of summary.csv that say most. @param {Record<string, any>} figures */
export function keyFigures(figures) {
  /** @type {[string, string][]} */
  const shown = [
    ["peers", number(figures.peers)], ["completed", `${number(figures.completed)} of ${number(figures.leechers)}`],
    ["completion time, mean", duration(figures.completion_mean_s)], ["completion time, median", duration(figures.completion_median_s)],
    ["completion time, 95 % quantile", duration(figures.completion_p95_s)], ["completion time, longest", duration(figures.completion_last_s)],
    ["upload used by leechers", percent(figures.leecher_utilisation)], ["upload used by all", percent(figures.utilisation)],
    ["seed load, copies of the file", brief(figures.seed_load)], ["fairness (Jain)", brief(figures.share_ratio_jain)],
    ["time over lower bound", brief(figures.makespan_over_bound)], ["wasted", amount(figures.wasted_bytes, BYTES)]];
  const missing = figures.leechers - figures.completed;
  const gone = [[figures.aborted, "gave up"], [figures.crashed, "crashed"]].filter(([count]) => count > 0 && figures.aborted + figures.crashed <= missing).map(([count, what]) => `; ${number(count)} ${what}`).join("");
  const note = !missing ? "" : figures.completed ? `Completion times are those of the ${counted(figures.completed, "leecher")} that completed; ${number(missing)} never did${gone}. So are share ratios, of which fairness is Jain's index.`
    : `None of ${counted(figures.leechers, "leecher")} completed${gone}.`;
  return card("Key figures", note, [element("dl", { class: "keys" }, ...shown.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))))], true);
}

/** What ended a run, as the program says it. @type {Record<string, string>} */
const ENDED = { "all-done": "nobody is left who lacks a chunk", "time-limit": "the time limit", dead: "the swarm died", stalled: "nothing moved any more" };

/** When and how a run ended. @param {Record<string, any>} figures */
export const endOf = ({ simulated_s, ending }) => `ended after ${duration(simulated_s)}: ${ENDED[ending] ?? ending}`;

/** What a reader must know if the run ended early, with so many leechers `waiting`. @param {Record<string, any>} figures @param {number} waiting */
export function earlyEnd(figures, waiting) {
  if (figures.ending === "time-limit" && !waiting) return [];
  const ended = ENDINGS[figures.ending]?.(waiting, figures.extinct_chunks, figures.completed);
  return ended ? [`The run ended early. ${ended}`] : [];
}

/** What a reader must know of a long pause, as the program says it. @param {Record<string, any>} figures */
export function longPause({ ending, longest_pause_s: pause_s, simulated_s }) {
  const isDoubtful = pause_s >= 60 && pause_s >= 0.05 * simulated_s && ending !== "stalled";
  return isDoubtful ? [`Nothing moved for ${duration(pause_s)}, though leechers waited: nobody whom they knew had what they lacked and sent it. Who needs neighbours asks the tracker again only after tracker.min_announce_interval.`] : [];
}
