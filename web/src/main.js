// Shows what the page carries.
import { showComparison } from "./comparison.js";
import { showRun } from "./run.js";

const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}");
const main = /** @type {HTMLElement} */ (document.getElementById("report"));
const root = document.documentElement;
const THEME = "swarmsim-theme";
// A browser may keep nothing for a file.
try {
  const theme = localStorage.getItem(THEME);
  if (theme) root.dataset.theme = theme;
} catch { /* as the system has it */ }
document.getElementById("theme")?.addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem(THEME, root.dataset.theme);
  } catch { /* it holds until the page is closed */ }
});
if (data.kind === "run") showRun(data, main);
else showComparison(data, main);

/** The width of a chart on paper. */
const PAGE = 676;
/** The same in one of two columns. */
const HALF_PAGE = 318;
/** Text is as large on paper as on the screen: charts are not scaled. @param {boolean} isPaper */
const redraw = (isPaper) => main.querySelectorAll(".plot").forEach((plot) => plot.dispatchEvent(new CustomEvent("paper", { detail: !isPaper ? 0 : plot.closest(".wide") ? PAGE : HALF_PAGE })));

// What is folded on the screen is unfolded on paper.
/** @type {HTMLDetailsElement[]} */
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [.../** @type {NodeListOf<HTMLDetailsElement>} */ (main.querySelectorAll("details:not([open])"))];
  for (const each of unfolded) each.open = true;
  redraw(true);
});
addEventListener("afterprint", () => {
  for (const each of unfolded) each.open = false;
  redraw(false);
});

// One of two columns alone, above something wide or at the end, takes both.
const cards = [...main.querySelectorAll(":scope > .card, :scope > .wide:not(.replay) > .card")];
let row = 0;
cards.forEach((each, at) => {
  const next = cards[at + 1];
  row = each.classList.contains("wide") ? 0 : row + 1;
  if (row % 2 === 1 && (!next || next.classList.contains("wide"))) each.classList.add("wide");
});
