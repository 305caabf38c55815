// Opens reports from the disk in headless Chromium with the network off.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, classes, launch, openReport, saved, sheet, swarmsim, table } from "../browser.mjs";

const scenario = [classes, "--set", 'file.size="5 MiB"', "--quiet", "--report", "--out"];
let browser;

before(async () => {
  swarmsim("run", ...scenario, "run", "--detail", "chunks");
  swarmsim("run", ...scenario, "short", "--set", 'run.time_limit="20 s"');
  swarmsim("compare", ...scenario, "comparison", "--choker", "tit-for-tat,altruist", "--runs", "10");
  swarmsim("compare", ...scenario, "grid", "--choker", "tit-for-tat,altruist", "--vary", "file.chunk_size=64 KiB,128 KiB,1 MiB", "--runs", "3");
  browser = await launch();
});
after(() => browser?.close());

const open = (kind, options) => openReport(browser, kind, options);

for (const [kind, charts] of [["run", 12], ["comparison", 3], ["grid", 4]]) {
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
      const { page } = await open(kind, { colorScheme, viewport: { width: 375, height: 812 } });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      assert.deepEqual(await barriers(page), []);
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
  assert.match(await page.locator(".value").first().textContent(), /^at [\d.]+: slow: [\d.]+ · medium: /);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await background();
  await page.locator("#theme").press("Enter");
  assert.notEqual(await background(), before);
});

test("a chart is saved as CSV, SVG and PNG", async () => {
  const { page } = await open("run");
  for (const [kind, start] of [["CSV", "series,"], ["SVG", "<svg"], ["PNG", "\u2030PNG"]]) {
    const bytes = await saved(page, "Completion time", kind);
    assert.ok(bytes.length > 100 && (kind === "PNG" ? bytes.subarray(1, 4).toString() === "PNG" : bytes.toString().startsWith(start)));
  }
});

test("a comparison shows the distribution with a band over its runs", async () => {
  const { page } = await open("comparison");
  const rows = (await sheet(page, "Completion time")).slice(1);
  const last = Math.max(...table("comparison", "runs.csv").map((run) => Number(run.completion_last_s)));
  assert.equal(rows.length, 2 * 201);
  assert.ok(Math.abs(Math.max(...rows.map((row) => Number(row[1]))) - last / 60) < 1e-9, "the axis ends with the last completion");
  assert.ok(rows.every(([, , mean, low, high]) => Number(low) <= Number(mean) && Number(mean) <= Number(high)));
  assert.ok(rows.some(([, , , low, high]) => Number(low) < Number(high)));
  assert.deepEqual(rows.filter(([name]) => name === "altruist").at(-1).slice(2), ["1", "1", "1"]);
});

test("a metric stands against the factor that was swept over numbers, a line for each setting of the other", async () => {
  const { page } = await open("grid");
  const title = "completion_mean_s against file.chunk_size";
  const rows = (await sheet(page, title)).slice(1);
  const means = table("grid", "comparison_summary.csv").filter((row) => row.metric === "completion_mean_s");
  assert.deepEqual(rows.map(([name, x]) => [name, x]), ["tit-for-tat", "altruist"].flatMap((name) => [65536, 131072, 1048576].map((x) => [name, String(x)])));
  assert.deepEqual(rows.map((row) => row[2]), means.map((row) => String(Number(row.mean))));
  const labels = await page.locator(".card", { hasText: title }).locator("svg text").allTextContents();
  for (const text of ["64 KiB", "128 KiB", "1 MiB", "file.chunk_size (logarithmic)"]) assert.ok(labels.includes(text), text);
});

test("chunks of a leecher, load of the seeds and the clustering index are those of the files", async () => {
  const { page } = await open("run");
  const series = table("run", "timeseries.csv");
  const held = series.filter((row) => row.leecher_chunks_p50 !== "").map((row) => [row.time_s / 60, ...["p50", "p10", "p90"].map((p) => row[`leecher_chunks_${p}`] / 20)]);
  assert.deepEqual((await sheet(page, "Chunks of a leecher")).slice(1).map((row) => row.slice(1).map(Number)), held);
  const last = series.at(-1);
  const load = (await sheet(page, "Load of the seeds")).filter(([name]) => name === "of all bytes so far").at(-1);
  assert.equal(Number(load[2]), last.seed_sent_bytes / (Number(last.seed_sent_bytes) + Number(last.leecher_sent_bytes)));
  const given = table("run", "groups.csv").filter((row) => row.from_group === "fast");
  const seconds = (rows) => rows.reduce((sum, row) => sum + Number(row.unchoked_s_while_sender_leeches), 0);
  const rows = (await sheet(page, "Clustering index")).slice(1);
  const [own, chance] = [Number(rows[2][2]), Number(rows[5][2])];
  assert.ok(Math.abs(own - seconds(given.filter((row) => row.to_group === "fast")) / seconds(given)) < 1e-12);
  assert.equal(chance, 12 / 39);
});

test("warnings of the run and of the scenario are shown, and a chart that has nothing says so", async () => {
  const { page } = await open("short");
  const texts = await page.locator(".warning").allTextContents();
  assert.equal(texts.length, 2);
  assert.match(texts[0], /The time limit came first, with 40 leechers without the file/);
  assert.match(texts[1], /the run ends after 20 s, before all can have the file.*scenario.toml:/s);
  assert.equal(await page.getByText("Nobody completed the file.").count(), 2);
});

test("on paper it is light, with whole charts, the scenario and no controls", async () => {
  const { page } = await open("grid", { colorScheme: "dark", viewport: { width: 718, height: 1000 } });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const style = (selector, name) => page.locator(selector).first().evaluate((e, n) => getComputedStyle(e)[n], name);
  assert.equal(await style("h1", "color"), "rgb(31, 35, 40)");
  assert.equal(await style(".card:has(svg)", "breakInside"), "avoid");
  for (const selector of [".tools", "#theme"]) assert.equal(await style(selector, "display"), "none");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is cut at the right");
  assert.match(await page.locator("pre").last().innerText(), /bandwidth-classes/);
  assert.ok(await page.locator("details pre").isVisible());
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator("details[open]").count(), 0);
});

test("a heading sorts the table either way, what has no value comes last, and the table can be saved", async () => {
  const { page } = await open("grid");
  const rows = () => page.locator("tbody tr").evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  const heading = page.getByRole("button", { name: "difference", exact: true });
  for (const order of ["ascending", "descending"]) {
    await heading.click();
    assert.equal(await page.locator("th[aria-sort]").getAttribute("aria-sort"), order);
    const cells = (await rows()).map((row) => row[7]);
    const first = cells.indexOf("–");
    assert.ok(first > 0 && cells.slice(first).every((cell) => cell === "–"), `${order}: ${cells}`);
  }
  const file = (await saved(page, "All metrics", "CSV")).toString().trim().split("\r\n").map((row) => row.split(","));
  assert.equal(file.length, 1 + table("grid", "comparison_summary.csv").length);
  assert.deepEqual(file[0].slice(0, 5), ["metric", "unit", "variant", "n", "mean"]);
  const [shown] = await rows();
  assert.deepEqual(file[1].slice(0, 3), [shown[0], shown[1], shown[2]], "in the order shown");
});
