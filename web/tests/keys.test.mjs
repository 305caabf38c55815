// Keys go from value to value, from the first one on, in every kind of chart; what is small is still seen.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chart, classes, launch, openReport, plain, root, seconds, sheet, swarmsim, table } from "../browser.mjs";

let browser;

before(async () => {
  swarmsim("run", classes, "--set", 'file.size="4 MiB"', "--quiet", "--report", "--out", "keys");
  swarmsim("run", join(root, "scenarios/flash_crowd.toml"), "--set", 'file.size="4 MiB"', "--set", 'group.leechers.upload={ uniform = { min = "200 kbit/s", max = "2400 kbit/s" } }', "--quiet", "--report", "--out", "capacities");
  swarmsim("compare", classes, "--set", 'file.size="2 MiB"', "--choker", "tit-for-tat,altruist", "--vary", "group.fast.count=4,6,8,10,12", "--runs", "3", "--quiet", "--report", "--out", "variants");
  browser = await launch();
});
after(() => browser?.close());

/** What a chart tells at each press of a key. */
async function told(page, title, ...keys) {
  const card = chart(page, title);
  await card.locator(".plot svg").focus();
  const texts = [];
  for (const key of keys) {
    await page.keyboard.press(key);
    texts.push(await card.locator(".value").textContent());
  }
  return texts;
}

test("of a heatmap the first key reads the first cell, Home and End the ends of a row", async () => {
  const { page } = await openReport(browser, "keys");
  const [first, second, last, home, below] = await told(page, "Traffic between groups", "ArrowRight", "ArrowRight", "End", "Home", "ArrowDown");
  assert.match(first, /^sender origin, receiver origin: /);
  assert.match(second, /^sender origin, receiver slow: /);
  assert.match(last, /^sender origin, receiver fast: /);
  assert.equal(home, first);
  assert.match(below, /^sender slow, receiver origin: /);
});

test("of lines with few values the keys read each of them, with many they go in even steps, and Home and End read the ends", async () => {
  const { page } = await openReport(browser, "keys");
  const samples = table("keys", "timeseries.csv");
  assert.ok(samples.length > 3 && samples.length <= 100, `${samples.length} samples`);
  const title = "Sent so far";
  const rows = (await sheet(page, title)).slice(1).filter(([name]) => name === "seeds");
  const keys = ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home"];
  const texts = await told(page, title, ...keys);
  const amounts = texts.map((text) => plain(text.match(/seeds: ([\d.,]+)/)[1]));
  const expected = [0, 1, 2, 1, rows.length - 1, 0].map((i) => Number(Number(rows[i][2]).toPrecision(4)));
  assert.deepEqual(amounts, expected);
  const times = table("keys", "peers.csv").filter((peer) => peer.completion_time_s !== "").map((peer) => Number(peer.completion_time_s)).sort((a, b) => a - b);
  const [head] = await sheet(page, "Completion time");
  const [start, next] = (await told(page, "Completion time", "ArrowRight", "ArrowRight")).map((text) => plain(text.match(/^at ([\d.,]+)/)[1]) * seconds(head[1]));
  assert.ok(start === 0 && Math.abs(next - times[0]) < 0.001 * times[0] + 1e-9, `${next} and ${times[0]}`);
});

test("in clustering by capacity the keys go as the legend does", async () => {
  const { page } = await openReport(browser, "capacities");
  const texts = await told(page, "Clustering by capacity", ...Array(10).fill("ArrowRight"));
  assert.deepEqual(texts.map((text) => text.split(":")[0]), Array(5).fill(["in this run", "by chance"]).flat());
});

test("at 375 pixels an axis has more than two numbers, none of which touch", async () => {
  for (const width of [375, 1200]) {
    const { page } = await openReport(browser, "keys", { viewport: { width, height: 812 } });
    for (const title of ["Completion time", "Leechers and seeds", "Copies of every chunk over time", "Share ratio against upload capacity"]) {
      const boxes = await chart(page, title).locator(".plot svg").evaluate((svg) => {
        const box = (text) => text.getBoundingClientRect();
        const below = [...svg.querySelectorAll('text[text-anchor="middle"]:not(.strong)')].filter((text) => box(text).top > box(svg).top + 60);
        return below.map((text) => [box(text).left, box(text).right]).sort((a, b) => a[0] - b[0]);
      });
      assert.ok(boxes.length >= 3, `${title} at ${width}: ${boxes.length}`);
      assert.ok(boxes.every(([left], i) => i === 0 || left > boxes[i - 1][1] + 3), `${title} at ${width}`);
    }
  }
});

test("a table of one line has no empty column, and that of variants begins with the baseline", async () => {
  const { page: run } = await openReport(browser, "keys");
  const { page } = await openReport(browser, "variants");
  await page.selectOption("#metric", "completion_mean_s");
  const titles = async (of) => of.locator('button[aria-label$=" as CSV"]').evaluateAll((all) => all.map((button) => button.getAttribute("aria-label").slice(5, -7)));
  for (const of of [run, page]) {
    for (const title of await titles(of)) {
      const [head, ...rows] = await sheet(of, title);
      if (head[0] === "series") assert.ok(rows.every(([name]) => name !== ""), title);
    }
  }
  const baseline = table("variants", "comparison_summary.csv")[0].baseline;
  for (const title of ["Completion time", "Runs: mean completion time"]) assert.equal((await sheet(page, title))[1][0], baseline, title);
});

test("an interval that its dot would hide is a line in it, and the note says so", async () => {
  const { page } = await openReport(browser, "variants");
  const metrics = await page.locator("#metric option").evaluateAll((all) => all.map((option) => option.value));
  let seen = 0;
  for (const metric of metrics) {
    await page.selectOption("#metric", metric);
    await page.waitForFunction(() => !document.querySelector(".plot:empty"));
    for (const card of await page.locator("#chosen .card:has(.slit)").all()) {
      const slits = await card.locator(".slit").evaluateAll((all) => all.filter((slit) => slit.tagName === "line" || slit.getAttribute("d")).length);
      if (slits === 0) continue;
      seen += 1;
      assert.match(await card.locator(".note").textContent(), /An interval that is smaller than its dot is a light line in it\.$/, metric);
    }
  }
  assert.ok(seen > 0, "there are such intervals");
});
