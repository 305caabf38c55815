// Opens reports from the disk in headless Chromium with the network off. Needs `cargo build` and /usr/bin/chromium (or CHROMIUM).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../../", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "swarmsim-report-"));
const scenario = [join(root, "scenarios/bandwidth_classes.toml"), "--set", 'file.size="5 MiB"', "--quiet", "--report", "--out"];
const swarmsim = (...args) => execFileSync(join(root, "target/debug/swarmsim"), args, { stdio: ["ignore", "ignore", "pipe"] });
const pages = { run: join(home, "run/report.html"), comparison: join(home, "comparison/report.html") };
let browser;

before(async () => {
  swarmsim("run", ...scenario, join(home, "run"), "--detail", "chunks");
  swarmsim("compare", ...scenario, join(home, "comparison"), "--choker", "tit-for-tat,altruist", "--runs", "10");
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});
after(() => browser?.close());

async function open(kind, options = {}) {
  const context = await browser.newContext({ offline: true, bypassCSP: true, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => { if (/^https?:/.test(request.url())) faults.push(request.url()); });
  await page.goto(`file://${pages[kind]}`);
  await page.waitForSelector(".plot svg");
  return { page, faults };
}

for (const [kind, charts] of [["run", 9], ["comparison", 2]]) {
  test(`${kind}: every chart is drawn, without faults and without the network`, async () => {
    const { page, faults } = await open(kind);
    await page.waitForFunction((n) => document.querySelectorAll(".plot svg").length === n, charts);
    const marks = await page.$$eval(".plot svg", (all) => all.map((svg) => svg.querySelectorAll("path, circle, rect").length));
    assert.ok(marks.every((n) => n > 0), String(marks));
    assert.equal(await page.locator(".plot svg :is([d*=NaN], [x*=NaN], [cx*=NaN])").count(), 0);
    assert.deepEqual(faults, []);
  });
  for (const colorScheme of ["light", "dark"]) {
    test(`${kind}: accessible in ${colorScheme}, and no wider than a phone`, async () => {
      const { page } = await open(kind, { colorScheme, viewport: { width: 390, height: 844 } });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
    });
  }
}

test("without a recording the place of the replay stays hidden", async () => {
  const { page } = await open("run");
  assert.equal(await page.locator("#replay").isHidden(), true);
});

test("arrow keys read values, the button changes the theme", async () => {
  const { page } = await open("run");
  await page.locator(".plot svg").first().focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await page.locator(".value").first().textContent(), /slow: [\d.]+ at [\d.]+/);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await background();
  await page.locator("#theme").press("Enter");
  assert.notEqual(await background(), before);
});

test("a chart is saved as CSV, SVG and PNG", async () => {
  const { page } = await open("run");
  for (const [kind, start] of [["CSV", "series,"], ["SVG", "<svg"], ["PNG", "\u2030PNG"]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `Save Completion time as ${kind}`, exact: true }).click()]);
    const bytes = readFileSync(await download.path());
    assert.ok(bytes.length > 100 && (kind === "PNG" ? bytes.subarray(1, 4).toString() === "PNG" : bytes.toString().startsWith(start)));
  }
});

test("a heading sorts the table", async () => {
  const { page } = await open("comparison");
  await page.getByRole("button", { name: "mean", exact: true }).click();
  assert.equal(await page.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending");
});
