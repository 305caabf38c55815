// What pointer and keys read is what was measured; what is saved can be read elsewhere.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chart, classes, home, launch, openReport, saved, sheet, swarmsim, table } from "../browser.mjs";

/** Nobody ever brings a chunk, so nothing is ever sent. */
const BARREN = `
name = "barren"
[file]
size = "1 MiB"
[run]
time_limit = "60 s"
[[group]]
name = "leechers"
count = 5
upload = "1 Mbit/s"
`;

let browser;

before(async () => {
  writeFileSync(join(home, "barren.toml"), BARREN);
  swarmsim("run", "barren.toml", "--quiet", "--report", "--out", "barren");
  // Numbers of five digits at an axis, at two moments.
  swarmsim("run", "barren.toml", "--quiet", "--out", "many");
  const series = join(home, "many", "timeseries.csv");
  writeFileSync(series, readFileSync(series, "utf8").replace(/^0,\d+,(.*)$/m, "0,20000,$1\n60,20000,$1"));
  swarmsim("report", "many");
  // A gap in the middle, and one value between gaps.
  swarmsim("run", classes, "--set", 'file.size="5 MiB"', "--quiet", "--out", "gaps");
  const holed = join(home, "gaps", "timeseries.csv");
  const [names, ...lines] = readFileSync(holed, "utf8").trim().split("\n");
  const blank = names.split(",").flatMap((name, k) => (/utilisation|leecher_chunks/.test(name) ? [k] : []));
  writeFileSync(holed, [names, ...lines.map((line, i) => ([3, 4, 6].includes(i) ? line.split(",").map((cell, k) => (blank.includes(k) ? "" : cell)).join(",") : line))].join("\n") + "\n");
  swarmsim("report", "gaps");
  swarmsim("run", classes, "--quiet", "--report", "--detail", "chunks", "--out", "read");
  swarmsim("run", classes, "--set", 'file.size="5 MiB"', "--set", 'file.chunk_size="16 KiB"', "--quiet", "--report", "--out", "wide");
  swarmsim("run", classes, "--set", 'file.size="20 MiB"', "--set", "run.sample_interval=\"0.2 s\"", "--quiet", "--report", "--out", "long");
  browser = await launch();
});
after(() => browser?.close());

/** What a chart says while the pointer is at a place of it. */
async function readAt(page, title, x, y) {
  const card = chart(page, title);
  await card.locator(".plot svg").scrollIntoViewIfNeeded();
  const box = await card.locator(".plot svg").boundingBox();
  await page.mouse.move(box.x + x, box.y + y);
  return card.locator(".value").textContent();
}

test("the pointer reads every dot of a chart against capacity, and so do the keys", async () => {
  const { page } = await openReport(browser, "read", { viewport: { width: 1200, height: 900 } });
  const leechers = table("read", "peers.csv").filter((peer) => peer.group !== "origin");
  const number = (value) => Number(value).toLocaleString("en", { maximumSignificantDigits: 4 });
  const told = leechers.map((peer) => `${peer.group}: ${number(peer.completion_time_s / 60)} min at ${number(peer.upload_bytes_per_s / 125)} kbit/s`).sort();
  const title = "Completion time against upload capacity";
  const dots = await chart(page, title).locator(".plot .dot").evaluateAll((all) => all.map((dot) => dot.getAttribute("transform").match(/[\d.]+/g).map(Number)));
  assert.equal(dots.length, 40);
  const read = [];
  for (const [x, y] of dots) read.push(await readAt(page, title, x, y));
  assert.deepEqual([...new Set(read)].sort(), [...new Set(told)]);
  await chart(page, title).locator(".plot svg").focus();
  const keyed = [];
  await page.keyboard.press("Home");
  for (let k = 0; k < 40; k++) {
    keyed.push(await chart(page, title).locator(".value").textContent());
    await page.keyboard.press("ArrowRight");
  }
  assert.deepEqual(keyed.sort(), told);
});

test("a step curve reads the step that holds at the pointer", async () => {
  const { page } = await openReport(browser, "read", { viewport: { width: 1200, height: 900 } });
  const times = table("read", "peers.csv").filter((peer) => peer.group === "fast").map((peer) => peer.completion_time_s / 60).sort((a, b) => a - b);
  const last = Math.max(...table("read", "peers.csv").map((peer) => Number(peer.completion_time_s) / 60));
  const plot = chart(page, "Completion time").locator(".plot svg");
  const path = await plot.locator("path").last().evaluate((curve) => { const box = curve.getBBox(); return { left: box.x, right: box.x + box.width }; });
  for (const minutes of [times[0] - 0.3, times[4] + 0.01, times[12] + 0.4, last * 0.99]) {
    const said = await readAt(page, "Completion time", path.left + ((path.right - path.left) * minutes) / last, 100);
    const [, at] = said.match(/^at ([\d.]+) min: /);
    const share = (100 * times.filter((time) => time <= Number(at)).length) / times.length;
    assert.match(said, new RegExp(`fast: ${share.toLocaleString("en", { maximumSignificantDigits: 4 })} %$`), said);
  }
});

test("a swarm into which nobody brings a chunk has a report without faults", async () => {
  const { page, faults } = await openReport(browser, "barren");
  await page.waitForTimeout(300);
  const broken = await page.locator(".plot svg *").evaluateAll((all) => all.filter((it) => [...it.attributes].some((a) => /NaN|Infinity|undefined/.test(a.value))).length);
  assert.equal(broken, 0);
  assert.deepEqual(faults, []);
  assert.equal(await page.locator(".plot").count(), 0, "no chart of nothing");
  const lines = await page.locator(".card").filter({ hasText: "Not drawn" }).locator("p").allTextContents();
  const reasons = new Map(lines.flatMap((line) => {
    const [titles, ...why] = line.split(": ");
    return titles.split(", ").map((title) => [title, why.join(": ")]);
  }));
  assert.equal(reasons.size, 15);
  assert.equal(new Set(reasons.values()).size, lines.length, "what several have in common is said once");
  assert.deepEqual(["Completion time", "Leechers and seeds"].map((title) => reasons.get(title)), ["Nobody completed the file.", "There is one moment only."]);
  assert.ok(await page.getByText("Nothing of this happened here.").count() > 0);
});

test("a saved chart has its title and legend, and colours that every program knows", async () => {
  const { page } = await openReport(browser, "read");
  for (const [title, legend] of [["Copies of every chunk over time", []], ["Traffic between groups", []], ["Completion time", ["slow", "medium", "fast"]]]) {
    const svg = (await saved(page, title, "SVG")).toString();
    const colours = [...svg.matchAll(/(?:fill|stroke)(?:="|:)([^";}]+)/g)].map(([, value]) => value);
    assert.ok(colours.length > 5 && colours.every((value) => /^(#[0-9a-f]{6}|none)$/.test(value)), `${title}: ${colours.find((value) => !/^(#[0-9a-f]{6}|none)$/.test(value))}`);
    assert.doesNotMatch(svg, /var\(|color-mix|oklab/);
    const texts = await page.evaluate((text) => [...new DOMParser().parseFromString(text, "image/svg+xml").querySelectorAll("text")].map((it) => it.textContent), svg);
    for (const text of [title, ...legend]) assert.ok(texts.includes(text), text);
    const note = await chart(page, title).locator(".note").textContent();
    assert.ok(texts.join(" ").includes(note), `the note: ${note}`);
    const heights = new Set(colours);
    if (title.startsWith("Copies")) assert.ok(heights.size > 20, "shades are told apart");
  }
});

test("numbers at the axis and its title keep apart, however many digits there are", async () => {
  for (const width of [1200, 375]) {
    const { page } = await openReport(browser, "many", { viewport: { width, height: 900 } });
    const card = chart(page, "Leechers and seeds");
    await card.scrollIntoViewIfNeeded();
    assert.ok((await card.locator(".tick").allTextContents()).includes("20,000"));
    const overlaps = await page.locator(".plot svg:has(.tick)").evaluateAll((all) => all.filter((svg) => {
      const title = svg.querySelector("text.title").getBoundingClientRect();
      return [...svg.querySelectorAll(".tick")].some((tick) => tick.getBoundingClientRect().left < title.right);
    }).length);
    assert.equal(overlaps, 0);
    assert.ok(await page.locator(".tick").evaluateAll((all) => all.every((tick) => tick.getBoundingClientRect().left >= tick.closest("svg").getBoundingClientRect().left)), "nothing is cut");
  }
});

test("a row of many chunks is read and saved as these", async () => {
  const { page } = await openReport(browser, "wide", { viewport: { width: 1200, height: 900 } });
  assert.match(await readAt(page, "Copies of every chunk over time", 300, 44), /^chunks 0 to 3, time \(\w+\) [\d.]+: /);
  const rows = (await saved(page, "Copies of every chunk over time", "CSV")).toString().trim().split("\r\n").slice(1).map((row) => row.split(",")[0]);
  assert.deepEqual([rows[0], rows[1], rows.at(-1)], ["0 to 3", "4 to 7", "316 to 319"]);
});

test("of very many samples charts show some, with the means and the extremes of all, and say so", async () => {
  const { page } = await openReport(browser, "long");
  const series = table("long", "timeseries.csv");
  const rows = (await saved(page, "Use of upload capacity", "CSV")).toString().trim().split("\r\n").map((row) => row.split(",")).filter(([name]) => name === "all");
  assert.ok(series.length > 2000 && rows.length < 2002);
  const step = Math.ceil(series.length / 2000);
  assert.equal(rows.length, 1 + Math.ceil((series.length - 1) / step));
  const two = series.slice(21, 21 + step).map((row) => Number(row.utilisation));
  assert.equal(step, 2);
  assert.ok(Math.abs(rows[11][2] - 50 * (two[0] + two[1])) < 1e-9);
  for (const title of ["Leechers and seeds", "Use of upload capacity", "Copies of a chunk", "Chunks of a leecher", "Load of the seeds", "Sent so far"]) {
    assert.match(await chart(page, title).locator(".note").textContent(), /Of [\d,]+ samples every 2nd and the last are shown\.$/, title);
  }
  assert.match(await chart(page, "Use of upload capacity").locator(".note").textContent(), /since the sample shown before/);
});

test("a line has a gap where there is no value, and use of capacity is steps", async () => {
  const { page } = await openReport(browser, "gaps", { viewport: { width: 1200, height: 900 } });
  const median = chart(page, "Chunks of a leecher").locator(".plot svg");
  const path = await median.locator('path[fill="none"]').getAttribute("d");
  const parts = path.split("M").slice(1);
  assert.equal(parts[0].split("L").length, 3, "samples 0 to 2");
  assert.equal(parts[1].split("L").length, 1, "sample 5 alone");
  assert.ok(await median.locator("circle:not(.mark)").count() >= 1, "which is a dot");
  const used = (await chart(page, "Use of upload capacity").locator('.plot svg path[fill="none"]').first().getAttribute("d")).split("M").slice(1);
  assert.ok(used.length >= 3);
  for (const part of used) {
    const corners = part.split("L").map((corner) => corner.split(" ").map(Number));
    assert.ok(corners.slice(1).every(([x, y], i) => x === corners[i][0] || y === corners[i][1]), "only along the axes");
  }
  const file = (await saved(page, "Use of upload capacity", "CSV")).toString().split("\r\n");
  assert.match(file[4], /^leechers,[\d.]+,$/, "an empty cell");
});

test("a tap and a drag read values, in lines, dots, panels and heatmaps", async () => {
  const { page } = await openReport(browser, "read", { viewport: { width: 375, height: 800 }, hasTouch: true, isMobile: true });
  const plots = page.locator(".card:has(.plot)");
  const session = await page.context().newCDPSession(page);
  for (let i = 0; i < await plots.count(); i++) {
    const svg = plots.nth(i).locator(".plot svg");
    await svg.scrollIntoViewIfNeeded();
    assert.equal(await svg.evaluate((each) => getComputedStyle(each).touchAction), "pan-y pinch-zoom");
    const box = await svg.boundingBox();
    const value = plots.nth(i).locator(".value");
    await page.touchscreen.tap(box.x + box.width * 0.5, box.y + box.height * 0.4);
    const tapped = await value.textContent();
    assert.notEqual(tapped, "", await plots.nth(i).locator("h2").textContent());
    const finger = (type, share) => session.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x: box.x + box.width * share, y: box.y + box.height * 0.4 }] });
    await finger("touchStart", 0.5);
    for (const share of [0.6, 0.7, 0.8, 0.9]) await finger("touchMove", share);
    await finger("touchEnd", 0.9);
    if (/Leechers and seeds|Sent so far/.test(await plots.nth(i).locator("h2").textContent())) assert.notEqual(await value.textContent(), tapped);
  }
});

test("End reads the end of every chart over time, with a value or the word that there is none", async () => {
  const { page } = await openReport(browser, "read");
  const plots = page.locator(".card:has(.plot)");
  for (let i = 0; i < await plots.count(); i++) {
    await plots.nth(i).locator(".plot svg").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("End");
    assert.notEqual(await plots.nth(i).locator(".value").textContent(), "", await plots.nth(i).locator("h2").textContent());
  }
  await chart(page, "Chunks of a leecher").locator(".plot svg").focus();
  await page.keyboard.press("End");
  assert.match(await chart(page, "Chunks of a leecher").locator(".value").textContent(), /no value$/);
});

test("capacities of classes are numbers in the saved table, and have their unit where they are read", async () => {
  const { page } = await openReport(browser, "read");
  const title = "Clustering by capacity";
  const rows = (await sheet(page, title)).slice(1);
  assert.deepEqual(rows.slice(0, 3).map(([, capacity]) => Number(capacity)), [160, 400, 1600]);
  await chart(page, title).locator(".plot svg").focus();
  await page.keyboard.press("End");
  assert.match(await chart(page, title).locator(".value").textContent(), / % at 1,600 kbit\/s$/);
});
