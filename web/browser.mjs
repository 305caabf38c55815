// What the tests share: the program, headless Chromium, a report opened from the disk with the network off. Needs `cargo build` and /usr/bin/chromium (or CHROMIUM).
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "node:test";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";

export const root = fileURLToPath(new URL("../", import.meta.url));
export const home = mkdtempSync(join(tmpdir(), "swarmsim-report-"));
export const classes = join(root, "scenarios/bandwidth_classes.toml");

/** Runs the program in a folder of the tests. `SWARMSIM` says where it is; by default the build in `target/debug`. */
export const swarmsim = (...args) => execFileSync(process.env.SWARMSIM ?? join(root, "target/debug/swarmsim"), args, { cwd: home, stdio: ["ignore", "ignore", "pipe"] });

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

/** What a slow machine that has other work needs for one step at most. */
const PATIENCE_MS = 120_000;

/** The pages of a test, which are closed at its end: each takes memory and time. */
const opened = [];
afterEach(() => Promise.all(opened.splice(0).map((context) => context.close())));

/** The report of a result; `faults` is what the console complains of and what is asked of the network. */
export async function openReport(browser, result, options = {}) {
  const context = await browser.newContext({ offline: true, bypassCSP: true, ...options });
  opened.push(context);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => { if (/^https?:/.test(request.url())) faults.push(request.url()); });
  await page.goto(`file://${join(home, result, "report.html")}`);
  await page.waitForFunction(() => document.querySelector(".card") && !document.querySelector(".plot:empty"));
  return { page, faults };
}

/** What axe finds in a part of the page: in light by all its rules, in dark by that of colours, for nothing else changes. */
export async function barriers(page, part = "html") {
  await page.evaluate(axe.source);
  const found = [];
  for (const [colorScheme, options] of [["light", {}], ["dark", { runOnly: ["color-contrast"] }]]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate(([selector, chosen]) => globalThis.axe.run(selector, chosen), [part, options]);
    found.push(...violations.map((v) => `${v.id} in ${colorScheme}: ${v.nodes[0].html}`));
  }
  return found;
}

/** The number that is shown as `text`. */
export const plain = (text) => Number(text.replaceAll(",", "").replace("\u2212", "-"));

/** The texts that run out of their chart. */
export const cutTexts = (page) => page.locator(".plot svg text").evaluateAll((all) => all.filter((text) => {
  const [own, whole] = [text.getBoundingClientRect(), text.closest("svg").getBoundingClientRect()];
  return own.left < whole.left - 1 || own.right > whole.right + 1 || own.top < whole.top - 1 || own.bottom > whole.bottom + 1;
}).map((text) => text.textContent));

/** Chromium throws away what is more than so many downloads of a page in a second. */
const DOWNLOADS_MAX = 10;
/** When each page had its downloads. */
const downloads = new WeakMap();

/** What a button saves. */
export async function saved(page, title, format) {
  const times = downloads.get(page) ?? [];
  await page.waitForTimeout(Math.max(0, (times.at(-DOWNLOADS_MAX) ?? 0) + 1_200 - Date.now()));
  const button = page.getByRole("button", { name: `Save ${title} as ${format}`, exact: true });
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  downloads.set(page, [...times, Date.now()]);
  return readFileSync(await download.path());
}

/** What a chart shows, as its CSV says it. */
export async function sheet(page, title) {
  return (await saved(page, title, "CSV")).toString().trim().split("\r\n").map((row) => [...row.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare));
}

/** The seconds of the unit that an axis names in brackets. */
export const seconds = (label) => ({ s: 1, min: 60, h: 3600 })[label.match(/\((\w+)\)/)[1]];

/** A table of a result, as objects. */
export function table(result, name) {
  const [head, ...rows] = readFileSync(join(home, result, name), "utf8").trim().split("\n").map((row) => row.trim().split(","));
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [head[i], cell])));
}

/** The card of a chart. */
export const chart = (page, title) => page.locator(".card").filter({ has: page.locator("h2", { hasText: new RegExp(`^${title}$`) }) });
