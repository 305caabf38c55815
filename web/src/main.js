// Shows what the page carries.
import { showComparison } from "./comparison.js";
import { showRun } from "./run.js";

const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}");
const main = /** @type {HTMLElement} */ (document.getElementById("report"));
document.getElementById("theme")?.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
if (data.kind === "run") showRun(data, main);
else showComparison(data, main);
