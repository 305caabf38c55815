// Charts of timeseries.csv and chunks.csv: how a run went on.
import { card } from "./card.js";
import { colour, dash } from "./charts/colours.js";
import { heatmap } from "./charts/heatmap.js";
import { xyChart } from "./charts/xy.js";
import { largest, nth, number, withGaps } from "./format.js";
import { BYTES, TIMES, scale } from "./units.js";

/** @typedef {import("./format.js").Table} Table */

const EVERY_CHUNK = "Copies of every chunk over time";

/** How many samples there are, and how many of them a row of the series stands for. @typedef {{ all: number, step: number }} Samples */

/** All charts over time, by name. @param {Table} series @param {Samples} samples @param {number} chunks of the file @param {any} grid that of chunks.csv, if it is there */
export function chartsOverTime(series, samples, chunks, grid) {
  const [unit, size] = scale(TIMES, largest(series.time_s));
  const x = `time (${unit})`;
  const since = samples.step === 1 ? "since the sample before" : "since the sample shown before";
  const told = (/** @type {string} */ note) => (samples.step === 1 ? note : `${note} Of ${number(samples.all)} samples every ${nth(samples.step)} and the last are shown.`);
  const times = series.time_s.map((t) => t / size);
  /** A line for each column. @param {[any[], string][]} columns @param {(boolean | "before")[]} step */
  const lines = (columns, ...step) => columns.map(([column, name], k) => ({ name, colour: colour(k), dash: dash(k), step: step[k % step.length], points: withGaps(times, column) }));
  const share = (/** @type {string} */ column) => series[column].map((value) => (value === null ? null : value * 100));
  /** Where chunks change hands whole, all of a chunk counts when it is there: more than 100 % in a short time. @param {string[]} columns */
  const most = (...columns) => Math.max(100, ...columns.map((column) => largest(series[column]) * 100));
  return {
    population: xyChart({ title: "Leechers and seeds", note: told("Peers that are there: those that lack something, and those that have the whole file."), x, y: "peers", series: lines([[series.leechers, "leechers"], [series.seeds, "seeds"]], true) }),
    utilisation: xyChart({ title: "Use of upload capacity", note: told(`Mean ${since}.`), x, y: "upload used (%)", yMax: most("leecher_utilisation", "seed_utilisation", "utilisation"),
      series: lines([[share("leecher_utilisation"), "leechers"], [share("seed_utilisation"), "seeds"], [share("utilisation"), "all"]], "before") }),
    copies: xyChart({ title: "Copies of a chunk", note: told(`The rarest chunk, the mean, and the most common one${samples.step === 1 ? "" : `; of the rarest the fewest copies ${since}, of the most common the most`}.`), x, y: "copies",
      series: lines([[series.copies_min, "rarest"], [series.copies_mean, "mean"], [series.copies_max, "most common"]], true) }),
    held: chunksHeld(series, times, x, chunks, told),
    seedLoad: xyChart({ title: "Load of the seeds", note: told(`Their use of their own capacity and their share of all bytes, ${since}; and their share of all bytes so far.`),
      x, y: "given by seeds (%)", yMax: most("seed_utilisation"), series: lines([[share("seed_utilisation"), "of their capacity"], ...sharesOfBytes(series)], "before", "before", false) }),
    sent: sentSoFar(series, times, x, told),
    everyChunk: grid ? heatmap({ title: EVERY_CHUNK, wide: true, note: grid.note, x, y: "chunk", unit: "copies",
      xs: grid.time_s.map((/** @type {number} */ t) => t / size), ys: grid.first_chunk, bands: bandsOf(grid.first_chunk, chunks), cells: grid.copies })
      : card(EVERY_CHUNK, "They were not recorded: `swarmsim run SCENARIO --report` records them, with `--detail chunks` one by one.", []),
  };
}

/** The chunks that each row of a grid stands for, if they are several. @param {number[]} firsts @param {number} chunks */
const bandsOf = (firsts, chunks) => (firsts.length < chunks ? firsts.map((first, i) => [...new Set([first, (firsts[i + 1] ?? chunks) - 1])].join(" to ")) : undefined);

/** How far the leechers are: what the middle one and the tenths at both ends have. @param {Table} series @param {number[]} times @param {string} x @param {number} chunks @param {(note: string) => string} told */
function chunksHeld(series, times, x, chunks, told) {
  const title = "Chunks of a leecher";
  if (!series.leecher_chunks_p50) return card(title, "This needs results of a newer swarmsim: run once more.", []);
  const [low, median, high] = ["p10", "p50", "p90"].map((name) => series[`leecher_chunks_${name}`]);
  return xyChart({ title, note: told(`What the leechers have that are there, of ${chunks} chunks. Line: median; band: 10 % to 90 % quantile.`), x, y: "chunks of a leecher", yMax: chunks,
    spans: ["10 % quantile", "90 % quantile"], series: [{ name: "median", colour: colour(0), points: withGaps(times, median), span: times.map((t, i) => [t, low[i], high[i]]) }] });
}

/** What leechers and seeds have sent up to each sample. @param {Table} series @param {number[]} times @param {string} x @param {(note: string) => string} told */
function sentSoFar(series, times, x, told) {
  const [unit, size] = scale(BYTES, largest([...series.leecher_sent_bytes, ...series.seed_sent_bytes]));
  return xyChart({ title: "Sent so far", note: told("By leechers, and by seeds: initial ones, and leechers once they have the whole file."), x, y: `sent (${unit})`,
    series: ["leecher", "seed"].map((who, k) => ({ name: `${who}s`, colour: colour(k), dash: dash(k), points: withGaps(times, series[`${who}_sent_bytes`].map((bytes) => bytes / size)) })) });
}

/** What seeds give of all that is sent, in %: between samples, and so far. @param {Table} series @returns {[any[], string][]} */
function sharesOfBytes(series) {
  const sent = series.seed_sent_bytes.map((bytes, i) => bytes + series.leecher_sent_bytes[i]);
  const since = (/** @type {number} */ i) => (sent[i] > sent[i - 1] ? (100 * (series.seed_sent_bytes[i] - series.seed_sent_bytes[i - 1])) / (sent[i] - sent[i - 1]) : null);
  return [[sent.map((_, i) => (i ? since(i) : null)), "of all bytes"], [sent.map((all, i) => (all > 0 ? (100 * series.seed_sent_bytes[i]) / all : null)), "of all bytes so far"]];
}
