// The report of one run.
import { card, element, gathered } from "./card.js";
import { colour } from "./charts/colours.js";
import { xyChart } from "./charts/xy.js";
import { groupChoice, largestOf, standingOut } from "./choice.js";
import { distinct, isWide, largest, nth, number, pairs } from "./format.js";
import { exchanges } from "./groups.js";
import { dataCard, earlyEnd, endOf, heading, keyFigures, longPause, warnings } from "./head.js";
import { chartsOverTime } from "./overtime.js";
import { replayCard } from "./replay/player.js";
import { RATES, TIMES, scale } from "./units.js";

/** The values of a group in order, with how many are not above each where there were too many for all. @typedef {{ all: number, values: number[], ranks: number[] | null }} Distribution */
/** The leechers of a group; a dot for each of them, or for every `one_of`-th. @typedef {{ group: string, leechers: number, upload_bytes_per_s: [number, number], completion_time_s: Distribution, share_ratio: Distribution,
 *   dots: Record<"upload_bytes_per_s" | "completion_time_s" | "share_ratio", (number | null)[]> }} Group */
/** @typedef {{ all: number, one_of: number, steps: number, seen_s: number, groups: Group[] }} Leechers */

/** @param {any} data @param {HTMLElement} main */
export function showRun(data, main) {
  const { chunks } = data;
  const figures = Object.fromEntries(Object.entries(data.summary).map(([name, values]) => [name, /** @type {any[]} */ (values)[0]]));
  const names = distinct(data.group_summary.group);
  /** @type {Leechers} */
  const leechers = { ...data.leechers, groups: [...data.leechers.groups].sort((one, other) => names.indexOf(one.group) - names.indexOf(other.group)) };
  const leeching = leechers.groups.map(({ group }) => group);
  const over = chartsOverTime(data.timeseries, data.samples, chunks, data.chunk_copies);
  const { byGroup, traffic, unchoked, clustering } = exchanges(data, names, leechers.groups);
  const first = largestOf(leechers.groups);
  const colours = (/** @type {string[]} */ chosen) => (/** @type {string} */ group) => (!leeching.includes(group) ? "var(--ink)" : chosen.includes(group) ? colour(chosen.indexOf(group)) : "var(--soft)");
  const [film, recolour] = replay(data.replay, colours(first), figures.simulated_s);
  let byLeechers = ofLeechers(leechers, figures, first);
  const [completion, against, ratio, ratios] = byLeechers;
  const choice = groupChoice(leechers.groups, (chosen) => {
    const next = ofLeechers(leechers, figures, chosen);
    byLeechers.forEach((before, i) => { next[i].className = before.className; before.replaceWith(next[i]); });
    byLeechers = next;
    recolour(colours(chosen));
  });
  document.title = `${figures.scenario} – swarmsim report`;
  heading(figures.scenario, `seed ${figures.seed} · swarmsim ${figures.version} · ${endOf(figures)}`);
  main.append(...warnings([...earlyEnd(figures, data.timeseries.leechers.at(-1)), ...longPause(figures), ...data.warnings]), keyFigures(figures), ...choice,
    ...gathered([completion, over.population, over.utilisation, over.copies, over.held, over.seedLoad, over.sent, traffic, byGroup, clustering, unchoked, against, ratio, ratios, over.everyChunk]),
    film, dataCard(data, "The scenario as it was run"));
}

/** Charts of peers.csv, by group. @param {Leechers} leechers @param {Record<string, any>} figures @param {string[]} chosen the groups that stand out */
function ofLeechers({ all, one_of, steps, seen_s, groups }, figures, chosen) {
  const dots = groups.map((group) => group.dots);
  const [[unit, size], [rate, perS]] = [scale(TIMES, seen_s), scale(RATES, largest(groups.map(({ upload_bytes_per_s }) => upload_bytes_per_s[1])))];
  const uploads = dots.map(({ upload_bytes_per_s }) => upload_bytes_per_s.map((upload) => (upload ?? 0) / perS));
  const drawn = uploads.flat().length;
  const points = (/** @type {"completion_time_s" | "share_ratio"} */ column, /** @type {number} */ unitSize) => standingOut(groups.map(({ group }, k) => ({ name: group, dots: DOT * Math.max(0.45, Math.min(1, Math.sqrt(FULL_SIZE / drawn))),
    points: pairs(uploads[k], dots[k][column].map((value) => (value === null ? null : value / unitSize))) })), chosen);
  const shown = one_of === 1 ? "" : ` ${number(drawn)} of ${number(all)} leechers are shown: of each group the first and every ${nth(one_of)} after it.`;
  const exact = groups.some(({ completion_time_s, share_ratio }) => completion_time_s.ranks ?? share_ratio.ranks) ? ` All of them count; a curve has at most ${number(steps)} steps, each of which is exact.` : "";
  const [title, capacity, log] = ["Completion time", `upload capacity (${rate})`, isWide(uploads.flat())];
  const curves = (/** @type {(group: Group) => Distribution} */ of, /** @type {number} */ unitSize, /** @type {number} */ end, /** @type {(group: Group) => number} */ whole) => standingOut(groups.map((group) => (
    { name: group.group, step: true, points: upTo(of(group), unitSize, whole(group), end / unitSize) })), chosen);
  const nobody = (/** @type {string} */ name) => card(name, "Nobody completed the file.", []);
  return [
    figures.completed ? xyChart({ title, note: `Share of the leechers of each group that are done this long after they joined.${exact}`, x: `time since joining (${unit})`, y: "leechers done (%)", yMax: 100,
      series: curves(({ completion_time_s }) => completion_time_s, size, seen_s, ({ leechers }) => leechers) }) : nobody(title),
    figures.completed ? xyChart({ title: `${title} against upload capacity`, note: `A point for each leecher that completed.${shown}`, x: capacity, log, y: `completion time (${unit})`, series: points("completion_time_s", size) }) : nobody(`${title} against upload capacity`),
    xyChart({ title: "Share ratio against upload capacity", note: `Bytes sent over bytes received, leechers only.${shown}`, x: capacity, log, y: SHARE_RATIO, series: points("share_ratio", 1) }),
    xyChart({ title: "Share ratios", note: `Share of the leechers of each group, of those that received something, that have at most this share ratio. Below 1 a leecher took more than it gave.${exact}`, x: SHARE_RATIO, y: "leechers (%)", yMax: 100,
      series: curves(({ share_ratio }) => share_ratio, 1, largest(groups.map(({ share_ratio }) => share_ratio.values.at(-1) ?? 0)), ({ share_ratio }) => share_ratio.all) })];
}

/** The radius of a dot; of more than `FULL_SIZE` dots each is smaller, so that they don't run into one. */
const DOT = 3.4;
const FULL_SIZE = 500;

const SHARE_RATIO = "share ratio (sent / received)";

/** How many % of `all` have at most a value, from 0 up to `end`, in units of `size`. @param {Distribution} distribution @param {number} size @param {number} all @param {number} end @returns {[number, number][]} */
function upTo({ values, ranks }, size, all, end) {
  /** @type {[number, number][]} */
  const steps = values.map((value, k) => [value / size, (100 * (ranks?.[k] ?? k + 1)) / all]);
  return all > 0 && end > 0 ? [[0, 0], ...steps, [end, steps.at(-1)?.[1] ?? 0]] : [];
}

/** The animated replay, and what gives its groups other colours; it stays hidden when none was recorded. @param {any} data @param {(group: string) => string} colourOf @param {number} simulated seconds @returns {[HTMLElement, (colourOf: (group: string) => string) => void]} */
function replay(data, colourOf, simulated) {
  const place = element("section", { id: "replay", hidden: "" });
  const recolour = data ? replayCard({ ...data, run_end: simulated }, place, colourOf) : () => {};
  // Each chart before it has its stops for Tab.
  if (!place.hidden) document.body.prepend(element("a", { class: "skip", href: "#replay" }, "Skip to the replay"));
  return [place, recolour];
}
