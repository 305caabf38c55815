// Opens reports from the disk in headless Chromium with the network off.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { barriers, chart, classes, cutTexts, home, launch, openReport, plain, root, saved, seconds, sheet, swarmsim, table } from "../browser.mjs";

/** A result of more leechers than there are dots: the rows of a small one, many times, with other figures. */
function crowd() {
  swarmsim("run", classes, "--set", 'file.size="1 MiB"', "--quiet", "--out", "crowd");
  const path = join(home, "crowd", "peers.csv");
  const [head, ...rows] = readFileSync(path, "utf8").trim().split("\n").map((row) => row.split(","));
  const at = (column) => head.indexOf(column);
  const leechers = rows.filter((row) => row[at("group")] !== "origin");
  const all = [...Array(12_000).keys()].map((k) => {
    const row = [...leechers[(k * 7) % leechers.length]];
    row[at("peer")] = k + 1;
    row[at("completion_time_s")] = k % 11 ? ((k * 7919) % 9973) / 70 : "";
    row[at("share_ratio")] = ((k * 3) % 1000) / 500;
    return row;
  });
  writeFileSync(path, [head, ...all].map((row) => `${row.join(",")}\n`).join(""));
  swarmsim("report", "crowd");
}

const scenario = [classes, "--set", 'file.size="5 MiB"', "--quiet", "--report", "--out"];
let browser;

before(async () => {
  swarmsim("run", ...scenario, "run");
  swarmsim("run", ...scenario, "short", "--set", 'run.time_limit="20 s"');
  swarmsim("run", join(root, "scenarios/flash_crowd.toml"), "--set", 'file.size="8 MiB"', "--set", 'group.leechers.upload={ log-normal = { median = "1 Mbit/s", sigma = 0.9 } }', "--quiet", "--report", "--out", "drawn");
  swarmsim("run", join(root, "scenarios/flash_crowd.toml"), "--set", 'file.size="4 MiB"', "--set", "group.leechers.count=60", "--set", 'group.leechers.upload={ uniform = { min = "200 kbit/s", max = "2400 kbit/s" } }', "--quiet", "--report", "--out", "thousands");
  crowd();
  swarmsim("compare", ...scenario, "comparison", "--choker", "tit-for-tat,altruist", "--runs", "10");
  swarmsim("compare", ...scenario, "grid", "--choker", "tit-for-tat,altruist", "--vary", "file.chunk_size=64 KiB,128 KiB,1 MiB", "--runs", "3");
  swarmsim("compare", ...scenario, "names", "--choker", "tit-for-tat,altruist", "--vary", "file.chunk_size=64 KiB,128 KiB", "--vary", "group.medium.upload=512 kbit/s", "--vary", "group.fast.count=4,8", "--runs", "2");
  swarmsim("compare", ...scenario, "many", "--set", 'file.size="1 MiB"', "--choker", "tit-for-tat,altruist,random", "--vary", "file.chunk_size=64 KiB,128 KiB,256 KiB", "--vary", "group.fast.count=4,8,16", "--runs", "2");
  swarmsim("compare", ...scenario, "bound", "--vary", "group.fast.count=4,8", "--runs", "1");
  browser = await launch();
});
after(() => browser?.close());

const open = (kind, options) => openReport(browser, kind, options);

for (const [kind, charts] of [["run", 14], ["comparison", 4], ["grid", 5]]) {
  test(`${kind}: every chart is drawn, without faults and without the network`, async () => {
    const { page, faults } = await open(kind);
    await page.waitForFunction((n) => document.querySelectorAll(".plot svg").length === n, charts);
    const marks = await page.$$eval(".plot svg", (all) => all.map((svg) => svg.querySelectorAll("path, circle, rect").length));
    assert.ok(marks.every((n) => n > 0), String(marks));
    assert.equal(await page.locator(".plot svg :is([d*=NaN], [x*=NaN], [cx*=NaN])").count(), 0);
    assert.deepEqual(faults, []);
  });
  test(`${kind}: accessible in light and dark, and no wider than a phone`, async () => {
    const { page } = await open(kind, { viewport: { width: 375, height: 812 } });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.deepEqual(await barriers(page), []);
  });
}

test("without a recording the place of the replay stays hidden", async () => {
  const { page } = await open("run");
  assert.equal(await page.locator("#replay").isHidden(), true);
});

test("arrow keys read values, the button changes the theme", async () => {
  const { page } = await open("run");
  await page.locator(".plot svg").first().focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await page.locator(".value").first().textContent(), /^at [\d.]+ s: slow: [\d.]+ % · medium: /);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await background();
  await page.locator("#theme").press("Enter");
  const chosen = await background();
  assert.notEqual(chosen, before);
  await page.reload();
  assert.equal(await background(), chosen, "and it stays so");
});

test("a chart is saved as CSV, SVG and PNG", async () => {
  const { page } = await open("run");
  for (const [kind, start] of [["CSV", "series,"], ["SVG", "<svg"], ["PNG", "\u2030PNG"]]) {
    const bytes = await saved(page, "Completion time", kind);
    assert.ok(bytes.length > 100 && (kind === "PNG" ? bytes.subarray(1, 4).toString() === "PNG" : bytes.toString().startsWith(start)));
  }
});

test("many files are saved one after the other, and none is lost", async () => {
  const { page } = await open("run");
  const titles = await page.locator('button[aria-label$=" as CSV"]').evaluateAll((all) => all.map((button) => button.getAttribute("aria-label").slice(5, -7)));
  assert.ok(titles.length > 10, "more than Chromium takes in a second");
  for (const title of titles) assert.ok((await saved(page, title, "CSV")).length > 20, title);
});

test("a comparison shows the distribution with a band over its runs", async () => {
  const { page } = await open("comparison");
  const [head, ...rows] = await sheet(page, "Completion time");
  const last = Math.max(...table("comparison", "runs.csv").map((run) => Number(run.completion_last_s)));
  assert.equal(rows.length, 2 * 201);
  assert.ok(Math.abs(Math.max(...rows.map((row) => Number(row[1]))) - last / seconds(head[1])) < 1e-9, "the axis ends with the last completion");
  assert.ok(rows.every(([, , mean, low, high]) => Number(low) <= Number(mean) && Number(mean) <= Number(high)));
  assert.ok(rows.some(([, , , low, high]) => Number(low) < Number(high)));
  assert.deepEqual(rows.filter(([name]) => name === "altruist").at(-1).slice(2), ["100", "100", "100"]);
});

test("with six variants all have their colours, one is chosen to have its band beside the baseline, and the saved table has all bands", async () => {
  const { page } = await open("grid");
  const card = chart(page, "Completion time");
  const names = await card.locator(".legend li").allTextContents();
  assert.equal(names.length, 6);
  const bands = () => card.locator(".plot path[fill-opacity]").evaluateAll((all) => all.map((band) => band.getAttribute("fill")));
  const before = await bands();
  assert.equal(before.length, 2);
  const steps = table("grid", "comparison_quantiles.csv").filter((row, _, [first]) => row.variant === first.variant && row.run === first.run);
  assert.ok((await card.locator(".note").textContent()).endsWith(`Through ${steps.length} quantiles of each run, straight between them: with few leechers a step is a ramp.`));
  const choice = card.getByRole("combobox");
  assert.deepEqual((await choice.locator("option").allTextContents()).sort(), names.slice(1).sort(), "the choice calls them as the legend does");
  const last = await choice.locator("option").last().getAttribute("value");
  await choice.selectOption(last);
  await page.waitForFunction(() => !document.querySelector(".plot:empty"));
  const after = await bands();
  assert.ok(after.length === 2 && after.includes(before[0]) && after.includes("var(--c5)"), `${before} and ${after}`);
  const [head, ...rows] = await sheet(page, "Completion time");
  assert.deepEqual(head.slice(-2), ["lowest run", "highest run"]);
  for (const name of new Set(rows.map(([variant]) => variant))) {
    assert.ok(rows.some(([variant, , , low, high]) => variant === name && Number(low) < Number(high)), `${name} has a band`);
  }
});

test("beyond four variants each has a panel with its band, which pointer and keys read, and it is saved", async () => {
  const { page } = await open("grid");
  const card = chart(page, "Completion time of each variant");
  const panels = card.locator(".plot g.panel");
  assert.equal(await panels.count(), 6);
  assert.deepEqual(await panels.evaluateAll((all) => all.map((panel) => panel.querySelectorAll(":scope > path[fill-opacity]").length)), [1, 1, 1, 1, 1, 1], "each has its band");
  // The shape of the band is that of the table.
  const [head, ...rows] = await sheet(page, "Completion time of each variant");
  assert.deepEqual([head, ...rows], await sheet(page, "Completion time"));
  const names = [...new Set(rows.map(([name]) => name))];
  assert.deepEqual(await panels.locator("title").allTextContents(), names);
  const ends = await panels.first().evaluate((panel) => {
    const [band, line] = [...panel.querySelectorAll(":scope > path")];
    const heights = (path) => path.getAttribute("d").match(/[\d.]+ [\d.]+/g).map((point) => Number(point.split(" ")[1]));
    const [edge, middle] = [heights(band), heights(line)];
    return middle.map((y, i) => [edge[edge.length - 1 - i], y, edge[i]]);
  });
  const own = rows.filter(([name]) => name === names[0]);
  const [bottom, top] = [ends[0][1], ends.at(-1)[1]];
  own.forEach(([, , ...values], i) => ends[i].forEach((y, k) => assert.ok(Math.abs(((bottom - y) / (bottom - top)) * 100 - Number(values[[1, 0, 2][k]])) < 0.2, `${i}: ${ends[i]} and ${values}`)));
  // Keys go along a panel and from one to the next.
  const svg = card.locator(".plot > svg");
  await svg.focus();
  await page.keyboard.press("End");
  const value = card.locator(".value");
  const last = (name) => rows.filter(([own]) => own === name).at(-1);
  assert.equal(await value.textContent(), `${names[0]}: 100 % (100 to 100) at ${Number(Number(last(names[0])[1]).toPrecision(4))} min`);
  await page.keyboard.press("ArrowDown");
  assert.match(await value.textContent(), new RegExp(`^${names[1].replaceAll("+", "\\+")}: 100 %`));
  const box = await panels.nth(4).locator("> path").last().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  assert.ok((await value.textContent()).startsWith(`${names[4]}: `));
  assert.match(String(await saved(page, "Completion time of each variant", "SVG")), /<use href="#others/);
  assert.deepEqual((await saved(page, "Completion time of each variant", "PNG")).subarray(1, 4).toString(), "PNG");
});

test("on a phone two panels stand side by side, with whole names; on a wide screen up to four", async () => {
  for (const [width, across] of [[375, 2], [390, 2], [1200, 3]]) {
    const { page } = await open("grid", { viewport: { width, height: 800 } });
    const card = chart(page, "Completion time of each variant");
    const tops = await card.locator(".plot g.panel").evaluateAll((all) => all.map((panel) => panel.getAttribute("transform").split(" ")[1]));
    assert.equal(tops.filter((top) => top === tops[0]).length, across);
    assert.ok((await card.locator(".plot g.panel .strong").allTextContents()).every((name) => !name.includes("…")));
    const numbers = await card.locator(".plot g.panel").evaluateAll((all) => all.map((panel) => panel.querySelectorAll("text:not(.tick, .strong)").length));
    assert.ok(numbers.every((count) => count >= 2), `${numbers} numbers below panels`);
    assert.deepEqual(await cutTexts(page), []);
  }
});

test("of very many variants the baseline has the first colour and the chosen one the second, called as in the choice", async () => {
  const { page } = await open("many");
  const card = chart(page, "Completion time");
  const looks = () => card.locator(".legend li").evaluateAll((all) => all.map((item) => [item.textContent, item.querySelector("line").getAttribute("stroke")]));
  const [{ baseline }] = table("many", "comparison_summary.csv");
  for (const place of [0, 25]) {
    const option = card.getByRole("combobox").locator("option").nth(place);
    const called = await option.textContent();
    await card.getByRole("combobox").selectOption(await option.getAttribute("value"));
    await page.waitForFunction(() => !document.querySelector(".plot:empty"));
    const [first, second, others] = await looks();
    assert.equal(await card.locator(".legend li").first().getAttribute("title"), baseline);
    assert.ok((await card.locator(".choice").textContent()).endsWith(` beside ${first[0]}.`));
    assert.deepEqual([first[1], second, others], ["var(--c0)", [called, "var(--c1)"], ["the others", "var(--soft)"]]);
  }
  // docs/output.md: the numbers of comparison_summary.csv, in the columns that are shown.
  const [head, ...rows] = await sheet(page, "All metrics");
  const summary = table("many", "comparison_summary.csv");
  assert.equal(rows.length, summary.length);
  const column = head.indexOf("difference_high");
  rows.forEach((row, i) => assert.deepEqual([row[0], row[2], row[column]], [summary[i].metric, summary[i].variant, summary[i].difference_high]));
});

test("of very many variants the panels show the baseline and those that are done first and last, and say where the others are", async () => {
  const { page } = await open("many");
  const card = chart(page, "Completion time of each variant");
  const shown = await card.locator(".plot g.panel title").allTextContents();
  assert.equal(shown.length, 24);
  assert.match(await card.locator(".note").textContent(), /24 of 27 variants have a panel.* other 3 are in the CSV .*--figure cdf/);
  const rows = (await sheet(page, "Completion time of each variant")).slice(1);
  const names = [...new Set(rows.map(([name]) => name))];
  assert.equal(names.length, 27);
  const level = (name) => rows.filter(([own]) => own === name).reduce((sum, [, , mean]) => sum + Number(mean), 0);
  const ranked = names.slice(1).sort((a, b) => level(b) - level(a));
  assert.deepEqual(new Set(shown), new Set([names[0], ...ranked.slice(0, 12), ...ranked.slice(-11)]));
});

test("a metric stands against the factor that was swept over numbers, a line for each setting of the other", async () => {
  const { page } = await open("grid");
  const title = "Mean completion time against file.chunk_size";
  const [head, ...rows] = await sheet(page, title);
  const means = table("grid", "comparison_summary.csv").filter((row) => row.metric === "completion_mean_s");
  assert.deepEqual(rows.map(([name, x]) => [name, x]), ["tit-for-tat", "altruist"].flatMap((name) => [65536, 131072, 1048576].map((x) => [name, String(x)])));
  rows.forEach((row, i) => assert.ok(Math.abs(row[2] * seconds(head[2]) - means[i].mean) < 1e-9));
  const labels = await page.locator(".card", { hasText: title }).locator("svg text").allTextContents();
  for (const text of ["64 KiB", "128 KiB", "1 MiB", "file.chunk_size, logarithmic"]) assert.ok(labels.includes(text), text);
});

test("the axis of the runs begins at 0 if a value comes near it, and says so if not", async () => {
  const { page } = await open("comparison");
  for (const metric of ["completion_mean_s", "leecher_utilisation", "seed_load"]) {
    await page.selectOption("#metric", metric);
    await page.waitForFunction(() => !document.querySelector(".plot:empty"));
    const values = table("comparison", "comparison.csv").filter((row) => row.metric === metric).map((row) => Number(row.value));
    const note = await page.locator(".card", { has: page.locator("h2", { hasText: /^Runs: / }) }).locator(".note").textContent();
    assert.equal(note.endsWith("The x axis does not start at 0."), Math.min(...values) > Math.max(...values) / 3, `${metric}: ${values}`);
  }
});

test("every metric can be shown, and one that is the same in all runs too", async () => {
  const { page, faults } = await open("grid");
  const metrics = await page.locator("#metric option").evaluateAll((all) => all.map((option) => option.value));
  assert.ok(metrics.includes("not_completed") && metrics.length > 5);
  for (const metric of metrics) {
    await page.selectOption("#metric", metric);
    await page.waitForFunction(() => !document.querySelector(".plot:empty"));
    assert.deepEqual(faults, [], metric);
  }
  await page.selectOption("#metric", "not_completed");
  await page.waitForFunction(() => !document.querySelector(".plot:empty"));
  const plot = chart(page, "Differences: leechers not done").locator(".plot svg");
  assert.deepEqual(await plot.locator(".below").allTextContents(), ["\u22121", "0", "1"]);
  assert.equal(await plot.locator("circle:not(.mark)").count(), 5);
});

test("chunks of a leecher, load of the seeds and the clustering index are those of the files", async () => {
  const { page } = await open("run");
  const series = table("run", "timeseries.csv");
  const held = series.map((row) => [Number(row.time_s), ...["p50", "p10", "p90"].map((p) => row[`leecher_chunks_${p}`])]);
  const [head, ...shown] = await sheet(page, "Chunks of a leecher");
  assert.deepEqual(shown.map(([, at, ...chunks]) => [at * seconds(head[1]), ...chunks]), held);
  assert.deepEqual(head.slice(2), ["chunks of a leecher", "10 % quantile", "90 % quantile"]);
  const last = series.at(-1);
  const load = (await sheet(page, "Load of the seeds")).filter(([name]) => name === "of all bytes so far").at(-1);
  assert.equal(Number(load[2]), (100 * last.seed_sent_bytes) / (Number(last.seed_sent_bytes) + Number(last.leecher_sent_bytes)));
  const given = table("run", "capacities.csv").filter((row) => row.from_class === "3");
  const shareOf = (column) => {
    const sum = (rows) => rows.reduce((total, row) => total + Number(row[column]), 0);
    return sum(given.filter((row) => row.to_class === "3")) / sum(given);
  };
  const rows = (await sheet(page, "Clustering by capacity")).slice(1);
  const [own, chance] = [rows[2][2] / 100, rows[5][2] / 100];
  assert.ok(Math.abs(own - shareOf("unchoked_s_while_sender_leeches")) < 1e-12);
  assert.ok(Math.abs(chance - shareOf("unchoked_s_by_chance")) < 1e-12);
  assert.deepEqual(rows.map(([, upload]) => upload), ["160", "400", "1600", "160", "400", "1600"]);
  const preferred = (await sheet(page, "Who unchokes whom")).slice(1).map((row) => Number(row.at(-1))).at(-1);
  assert.ok(Math.abs(preferred - own / chance) < 1e-12);
  assert.match(await page.getByText("Who unchokes whom by capacity:").textContent(), /Each group of leechers has an upload capacity of its own/);
});

test("a run of one group that draws its capacities shows whom leechers of each fifth unchoke", async () => {
  const { page } = await open("drawn");
  const rows = table("drawn", "capacities.csv");
  assert.equal(rows.length, 25);
  const given = (from, to, column) => rows.filter((row) => row.from_class === String(from) && (!to || row.to_class === String(to))).reduce((sum, row) => sum + Number(row[column]), 0);
  const share = (from, to, column) => given(from, to, column) / given(from, 0, column);
  const [run, chance] = ["unchoked_s_while_sender_leeches", "unchoked_s_by_chance"];
  const cells = (await sheet(page, "Who unchokes whom by capacity")).slice(1).map((row) => row.slice(1).map(Number));
  const index = (await sheet(page, "Clustering by capacity")).slice(1);
  for (const [from, to] of [[1, 1], [5, 5], [2, 4]]) assert.ok(Math.abs(cells[from - 1][to - 1] - share(from, to, run) / share(from, to, chance)) < 1e-12, `${from} to ${to}`);
  for (const at of [0, 4]) {
    assert.ok(Math.abs(index[at][2] - 100 * share(at + 1, at + 1, run)) < 1e-9);
    assert.ok(Math.abs(index[5 + at][2] - 100 * share(at + 1, at + 1, chance)) < 1e-9);
    assert.match(index[at][1], /^[\d.]+–[\d.]+$/);
  }
  assert.match(await page.getByText("Who unchokes whom:").textContent(), /All leechers are of one group/);
  const sizes = [...new Map(rows.map((row) => [row.from_class, row.from_leechers])).values()];
  for (const title of ["Who unchokes whom by capacity", "Clustering by capacity"]) {
    const said = (await chart(page, title).locator(".note").textContent()).match(/Leechers in the classes: (.*)\.$/)[1].replaceAll("\u2060", "").split(", ");
    assert.deepEqual(said.map((each) => each.split(" ").slice(0, 3)), sizes.map((size, i) => [size, "with", index[i][1]]), title);
  }
});

test("the marks of a class stand side by side, and each is read where it is seen", async () => {
  const { page } = await open("drawn");
  const card = chart(page, "Clustering by capacity");
  const dots = await card.locator(".plot .dot").evaluateAll((all) => all.map((dot) => Number(dot.getAttribute("transform").match(/[\d.]+/)[0])));
  assert.equal(dots.length, 10);
  for (let k = 0; k < 5; k++) assert.ok(dots[5 + k] - dots[k] > 10, String(dots));
  await card.locator(".plot svg").focus();
  const found = [];
  for (let k = 0; k < 10; k++) {
    await page.keyboard.press("ArrowRight");
    found.push(Number(await card.locator("circle.mark").getAttribute("cx")));
  }
  assert.deepEqual(found.map(Math.round).sort((a, b) => a - b), dots.map(Math.round).sort((a, b) => a - b));
});

test("capacities that are far apart stand on a logarithmic axis, which says so; others do not", async () => {
  const { page } = await open("drawn");
  for (const title of ["Completion time against upload capacity", "Share ratio against upload capacity"]) {
    const card = chart(page, title);
    const labels = await card.locator(".plot text.strong").allTextContents();
    assert.ok(labels.join(" ").includes("upload capacity (Mbit/s), logarithmic"), String(labels));
    const rows = (await sheet(page, title)).slice(1).map((row) => Number(row[1]));
    const dots = await card.locator(".plot .dot").evaluateAll((all) => all.map((dot) => Number(dot.getAttribute("transform").match(/[\d.]+/)[0])));
    const [least, most] = [rows.indexOf(Math.min(...rows)), rows.indexOf(Math.max(...rows))];
    rows.forEach((upload, i) => {
      const share = Math.log(upload / rows[least]) / Math.log(rows[most] / rows[least]);
      assert.ok(Math.abs((dots[i] - dots[least]) / (dots[most] - dots[least]) - share) < 1e-3, `${upload} at ${dots[i]}`);
    });
  }
  const { page: classes } = await open("run");
  assert.ok(!(await chart(classes, "Share ratio against upload capacity").locator(".plot text").allTextContents()).join().includes("logarithmic"));
});

test("warnings of the run and of the scenario are shown, and a chart that has nothing says so", async () => {
  const { page } = await open("short");
  const texts = await page.locator(".warning").allTextContents();
  assert.equal(texts.length, 2);
  assert.match(texts[0], /The time limit came first, with 40 leechers without the file/);
  assert.match(texts[1], /The run ends after 20 s, before all can have the file.*scenario.toml:/s);
  assert.equal(await page.getByText("Nobody completed the file.").count(), 1, "two charts, one reason");
});

/** The rows of the table of metrics: what they are of, and what stands in their cells. */
const metricRows = (page) => page.locator("tbody").evaluateAll((all) => all.flatMap((part) => {
  const title = part.querySelector("th");
  const [, unit] = title.textContent.match(/\((%|s|min|h|B|KiB|MiB)\)$/) ?? ["", ""];
  return [...part.querySelectorAll("tr:has(td)")].map((row) => [title.title, unit, ...[...row.children].map((cell) => cell.textContent)]);
}));

test("the table begins with the main metrics, and a button shows all and the main ones again", async () => {
  const { page } = await open("grid", { viewport: { width: 1200, height: 900 } });
  const summary = table("grid", "comparison_summary.csv");
  const shown = async () => (await metricRows(page)).map(([metric]) => metric);
  const isMain = ({ metric }) => !metric.startsWith("group.") || metric.endsWith(".completion_mean_s");
  const defined = new Set(summary.filter((row) => row.mean !== "").map((row) => row.metric));
  const main = summary.filter((row) => defined.has(row.metric) && isMain(row)).map((row) => row.metric);
  assert.ok(main.length < summary.length && main.some((metric) => metric.startsWith("group.")));
  assert.deepEqual(await shown(), main);
  const heights = () => page.locator("tr:has(td)").evaluateAll((all) => [...new Set(all.map((row) => Math.round(row.getBoundingClientRect().height)))]);
  assert.ok((await heights()).every((height) => height < 40), "a row has one line");
  for (const kind of ["many", "names"]) {
    // A window of 1200 pixels has a bar to scroll.
    const { page: longer } = await open(kind, { viewport: { width: 1185, height: 900 } });
    await longer.locator("button[aria-expanded]").click();
    assert.ok(await longer.locator(".scroll").evaluate((all) => all.scrollWidth <= all.clientWidth), `${kind}: long names go on in a second line`);
  }
  const button = page.locator("button[aria-expanded]");
  assert.equal(await button.textContent(), `Show all ${new Set(summary.map((row) => row.metric)).size} metrics`);
  for (const [expanded, rows] of [["true", summary.map((row) => row.metric)], ["false", main]]) {
    await button.press("Enter");
    assert.equal(await button.getAttribute("aria-expanded"), expanded);
    assert.deepEqual(await shown(), rows);
  }
});

test("on a phone variants of a grid are called by what they differ in, uncut, and options of the program stay whole", async () => {
  const { page } = await open("names", { viewport: { width: 375, height: 812 } });
  const names = await chart(page, "Completion time").locator(".legend li").allTextContents();
  assert.deepEqual(names.slice(0, 2), ["tit-for-tat \u00b7 64 KiB \u00b7 count=4", "tit-for-tat \u00b7 64 KiB \u00b7 count=8"]);
  const lines = await page.locator(".warning .whole").evaluateAll((all) => all.map((option) => [option.textContent, option.getClientRects().length]));
  assert.deepEqual(lines, [["--runs", 1]]);
});

test("on paper it is light, with whole charts, the scenario and no controls", async () => {
  const { page } = await open("grid", { colorScheme: "dark", viewport: { width: 718, height: 1000 } });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const style = (selector, name) => page.locator(selector).first().evaluate((e, n) => getComputedStyle(e)[n], name);
  assert.equal(await style("h1", "color"), "rgb(31, 35, 40)");
  assert.equal(await style(".card:has(svg)", "breakInside"), "avoid");
  for (const selector of [".tools", "#theme", ".more"]) assert.equal(await style(selector, "display"), "none");
  for (const name of ["appearance", "borderTopStyle"]) assert.equal(await style("select", name), "none", "what is chosen is text");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is cut at the right");
  assert.match(await page.locator("pre").last().innerText(), /bandwidth-classes/);
  assert.ok(await page.locator("details pre").isVisible());
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator("details[open]").count(), 0);
});

test("charts are printed as wide as the page, so that their text is not scaled, and come back as wide as the screen", async () => {
  const { page } = await open("run", { viewport: { width: 1200, height: 900 } });
  await page.evaluate(() => {
    globalThis.widths = () => [...document.querySelectorAll(".plot svg")].map((svg) => Number(svg.getAttribute("viewBox").split(" ")[2]));
    addEventListener("beforeprint", () => { globalThis.printed = globalThis.widths(); });
  });
  const before = await page.evaluate("widths()");
  await page.pdf({ format: "A4" });
  const printed = await page.evaluate("printed");
  const millimetres = 96 / 25.4;
  assert.equal(printed.length, 14);
  printed.forEach((width, i) => assert.ok(before[i] > 800 ? Math.abs(width - 179 * millimetres) < 5 : Math.abs(width - 84 * millimetres) < 5, `${before[i]} becomes ${width}`));
  assert.deepEqual(await page.evaluate("widths()"), before);
});

test("on paper cards flow past the ends of pages without a grid, in which some would be lost, and every chart fits on a page with its heading, of many variants too", async () => {
  const { page } = await open("many", { viewport: { width: 1200, height: 900 } });
  await page.evaluate(() => {
    const whole = () => [...document.querySelectorAll(".card:has(.plot)")].map((card) => {
      const svg = card.querySelector(".plot svg").getAttribute("viewBox").split(" ").map(Number);
      return [card.querySelector("h2").textContent, svg[2], svg[3]];
    });
    addEventListener("beforeprint", () => { globalThis.printed = whole(); });
  });
  await page.pdf({ format: "A4" });
  const printed = await page.evaluate("printed");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("main").evaluate((main) => getComputedStyle(main).display), "flex");
  assert.equal(printed.length, 5);
  // A page has 277 mm; a heading, a note and a legend take up to 100 pixels.
  for (const [title, width, height] of printed) assert.ok(width < 700 && height < (277 * 96) / 25.4 - 100, `${title}: ${width} x ${height}`);
  assert.ok(printed.some(([title, , height]) => title.startsWith("Differences") && height > 700), "26 differences");
});

test("the table shows every interval in one unit and notation, and scrolls in its card by keyboard", async () => {
  const { page } = await openReport(browser, "grid", { viewport: { width: 500, height: 900 } });
  await page.locator("button[aria-expanded]").click();
  const rows = await metricRows(page);
  const size = { "": 1, "%": 0.01, s: 1, min: 60, h: 3600, B: 1, KiB: 2 ** 10, MiB: 2 ** 20 };
  const decimals = (text) => text.split(".")[1]?.length ?? 0;
  table("grid", "comparison_summary.csv").forEach((row, i) => {
    const [name, unit, variant, , ...cells] = rows[i];
    assert.deepEqual([name, variant], [row.metric, row.variant]);
    const shown = ["mean", "low", "high", "difference", "difference_low", "difference_high"].flatMap((column, k) => (row[column] === "" ? [] : [[row[column], cells[k]]]));
    for (const [exact, text] of shown) {
      assert.match(text, /^\u2212?[\d,]+(\.\d+)?$/);
      assert.ok(Math.abs(exact / size[unit] - plain(text)) <= 0.5001 * 10 ** -decimals(text), `${name}: ${text} ${unit} for ${exact}`);
    }
    assert.ok(new Set(shown.map(([, text]) => decimals(text))).size <= 1, `${name}: one number of decimals`);
    if (Number(row.low) < Number(row.high)) assert.notEqual(cells[1], cells[2], `${name}: the interval is seen`);
  });
  const over = (cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent);
  assert.deepEqual(await page.locator("td").evaluateAll(over), []);
  const region = page.getByRole("region", { name: "All metrics" });
  const [left, hidden] = await region.evaluate((it) => [it.scrollLeft, it.scrollWidth - it.clientWidth]);
  assert.ok(left === 0 && hidden > 100 && await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await region.focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector(".scroll").scrollLeft > 0);
});

test("differences: names stand left of the axis or above their intervals, unshortened, and the axis goes on to the next tick", async () => {
  for (const width of [1200, 375]) {
    const { page } = await openReport(browser, "grid", { viewport: { width, height: 900 } });
    const plot = chart(page, "Differences: mean completion time").locator(".plot svg");
    const variants = new Set(table("grid", "comparison_summary.csv").filter((row) => row.difference !== "").map((row) => row.variant));
    assert.deepEqual(new Set(await plot.locator(".name").allTextContents()), variants);
    const [names, lines] = await Promise.all([".name", "line[stroke-width]"].map((part) => plot.locator(part).evaluateAll((all) => all.map((it) => it.getBoundingClientRect().toJSON()))));
    const clear = width === 1200 ? (name, line) => name.right < line.left : (name, line) => name.bottom <= line.top || line.bottom < name.top;
    assert.ok(names.length === 5 && names.every((name) => lines.every((line) => clear(name, line))));
    assert.deepEqual(await cutTexts(page), [], `${width}`);
    const ticks = (await plot.locator(".below").allTextContents()).map(plain);
    const ends = (await sheet(page, "Differences: mean completion time")).slice(1).flatMap(([, low, , high]) => [Number(low), Number(high)]);
    assert.ok(ticks.length >= 3 && ticks.includes(0) && ticks[0] <= Math.min(0, ...ends) && ticks.at(-1) >= Math.max(0, ...ends), `${ticks} for ${ends}`);
  }
});

test("a heading sorts the table either way, what has no value comes last, and the table can be saved", async () => {
  const { page } = await open("grid");
  const rows = () => metricRows(page);
  const heading = page.getByRole("button", { name: "difference", exact: true });
  for (const order of ["ascending", "descending"]) {
    await heading.click();
    assert.equal(await page.locator("th[aria-sort]").getAttribute("aria-sort"), order);
    const all = await rows();
    const metrics = all.map(([metric]) => metric);
    assert.ok(metrics.every((metric, i) => i === metrics.indexOf(metric) || metrics[i - 1] === metric), "variants of a metric stay together");
    const cells = all.filter(([metric]) => metric === "completion_mean_s").map((row) => row[7]);
    const values = cells.slice(0, -1).map(plain);
    assert.equal(cells.at(-1), "–");
    assert.deepEqual(values, [...values].sort((a, b) => (order === "ascending" ? a - b : b - a)));
  }
  const file = (await saved(page, "All metrics", "CSV")).toString().trim().split("\r\n").map((row) => row.split(","));
  assert.equal(file.length, 1 + table("grid", "comparison_summary.csv").length);
  assert.deepEqual(file[0].slice(0, 5), ["metric", "unit", "variant", "n", "mean"]);
  const [shown] = await rows();
  assert.deepEqual([file[1][0], file[1][2]], [shown[0], shown[2]], "in the order shown");
});

test("winners come first at the first click, and what a table says of a metric is true of its values", async () => {
  const { page } = await open("comparison");
  await page.getByRole("button", { name: "winner", exact: true }).click();
  const winners = new Map();
  for (const [metric, , ...cells] of await metricRows(page)) winners.set(metric, [...(winners.get(metric) ?? []), cells.at(-1)]);
  assert.ok([...winners.values()].some((own) => own.includes("winner")));
  for (const own of winners.values()) assert.ok(own.lastIndexOf("winner") < (own.indexOf("") + own.length + 1) % (own.length + 1), String(own));
  const titles = await page.locator("tbody th").allTextContents();
  assert.ok(titles.includes("Mean completion time (min)") && !titles.some((title) => /_s\b/.test(title)), titles.join());
});

test("on a phone the variant stays in view beside all numbers, and the title of the metric above them", async () => {
  const { page } = await open("comparison", { viewport: { width: 375, height: 812 } });
  const region = page.locator(".scroll");
  await region.evaluate((all) => { all.scrollLeft = all.scrollWidth; });
  const [left, right] = await region.evaluate((all) => [all.getBoundingClientRect().left, all.getBoundingClientRect().right]);
  const boxes = await page.locator("td.name, tbody th span").evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON()));
  assert.ok(boxes.length > 20 && boxes.every((box) => box.left >= left - 1 && box.right <= right), JSON.stringify(boxes[0]));
  const room = await page.locator("td.name").first().evaluate((name) => name.getBoundingClientRect().width);
  assert.ok(room < (right - left) / 2, `${room} px of names`);
});

test("the head of a comparison has its seeds, its version and what to be careful about; a variant without verdict has none", async () => {
  const { page } = await open("grid");
  const [first] = table("grid", "runs.csv");
  assert.match(await page.locator("#subtitle").textContent(), new RegExp(`6 variants . 3 runs each . seeds 1 to 3 . swarmsim ${first.version.replaceAll(".", "\\.")} . baseline `));
  assert.match((await page.locator(".warning").allTextContents()).join(), /only 3 runs/);
  await page.locator("button[aria-expanded]").click();
  const rows = await metricRows(page);
  assert.ok(rows.every((row) => ["", "yes", "may be chance", "no difference", "no interval"].includes(row[10]) && ["", "winner"].includes(row[11])));
  assert.equal(rows[0][10], "", "the baseline");
  const same = table("grid", "comparison_summary.csv").map((row, i) => [rows[i], row]).filter(([, row]) => row.difference_low !== "" && Number(row.difference_low) === 0 && Number(row.difference_high) === 0);
  assert.ok(rows.length === table("grid", "comparison_summary.csv").length && same.length > 0 && same.every(([shown]) => shown[10] === "no difference"));
});

test("what all runs have in common is said instead of drawn, a metric says which way is better, and lines what they are", async () => {
  const { page } = await open("grid");
  assert.match(await chart(page, "Mean completion time against file.chunk_size").locator(".note").textContent(), /Lower is better\. A line for each /);
  assert.match(await chart(page, "Differences: mean completion time").locator(".note").textContent(), /^Variant \u2212 baseline \(tit-for-tat \u00b7 .*\), paired .*Left of 0 a variant is better/);
  await page.selectOption("#metric", "not_completed");
  await page.waitForFunction(() => !document.querySelector(".plot:empty"));
  assert.equal(await page.getByText("Runs: leechers not done: All runs have the same value: 0.").count(), 1);
});

test("the longest completion time stands beside its lower bound, both with a name", async () => {
  const { page } = await open("bound");
  await page.selectOption("#metric", "completion_last_s");
  await page.waitForFunction(() => !document.querySelector(".plot:empty"));
  const legend = chart(page, "Longest completion time against group.fast.count").locator(".legend li");
  assert.deepEqual(await legend.allTextContents(), ["mean of the runs", "lower bound"]);
});

test("a single run of each variant is no interval, in words and in the saved table", async () => {
  const { page } = await open("bound");
  assert.match((await page.locator(".warning").allTextContents()).join(), /only 1 run: without more there are no intervals/);
  const [head] = await sheet(page, "Completion time");
  assert.equal(head.length, 3);
});

test("variants that are no numbers stand side by side, each with its interval", async () => {
  const { page } = await open("comparison");
  const [head, ...rows] = await sheet(page, "Mean completion time against choking");
  const means = table("comparison", "comparison_summary.csv").filter((row) => row.metric === "completion_mean_s");
  assert.deepEqual(head.slice(2), ["lower end of the 95 % interval", "upper end of the 95 % interval"]);
  assert.deepEqual(rows.map(([name]) => name), ["tit-for-tat", "altruist"]);
  rows.forEach((row, i) => ["mean", "low", "high"].forEach((column, k) => assert.ok(Math.abs(row[1 + k] * seconds(head[1]) - means[i][column]) < 1e-9)));
});

test("share ratios and what was sent so far are those of the files", async () => {
  const { page } = await open("run");
  const ratios = table("run", "peers.csv").filter((peer) => peer.group === "fast").map((peer) => Number(peer.share_ratio)).sort((a, b) => a - b);
  const shown = (await sheet(page, "Share ratios")).filter(([name]) => name === "fast").slice(1, -1).map(([, ratio]) => Number(ratio));
  assert.deepEqual(shown, ratios);
  const [head, ...sent] = await sheet(page, "Sent so far");
  const size = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }[head[2].match(/[(](\w+)[)]/)[1]];
  assert.equal(sent.filter(([name]) => name === "seeds").at(-1)[2] * size, Number(table("run", "timeseries.csv").at(-1).seed_sent_bytes));
});

test("of thousands of leechers a sample is dots, as the charts say, and distributions are those of all", async () => {
  const { page, faults } = await open("crowd");
  const peers = table("crowd", "peers.csv").sort((a, b) => a.peer - b.peer);
  assert.equal(peers.length, 12_000);
  const inGroup = (name) => peers.filter((peer) => peer.group === name);
  for (const [title, column] of [["Completion time against upload capacity", "completion_time_s"], ["Share ratio against upload capacity", "share_ratio"]]) {
    const [head, ...rows] = await sheet(page, title);
    const [rate, size] = [{ kbit: 125, Mbit: 125_000 }[head[1].match(/\((\w+)/)[1]], column === "share_ratio" ? 1 : seconds(head[2])];
    for (const name of ["slow", "medium", "fast"]) {
      const sample = inGroup(name).filter((_, k) => k % 3 === 0).filter((peer) => peer[column] !== "");
      assert.deepEqual(rows.filter(([group]) => group === name).map(([, x, y]) => [Number(x), Number(y)]), sample.map((peer) => [peer.upload_bytes_per_s / rate, peer[column] / size]));
    }
    const shown = ["slow", "medium", "fast"].reduce((sum, name) => sum + Math.ceil(inGroup(name).length / 3), 0);
    assert.match(await chart(page, title).locator(".note").textContent(), new RegExp(` ${shown.toLocaleString("en")} of 12,000 leechers are shown: of each group the first and every 3rd after it\\.$`));
  }
  for (const [title, column] of [["Completion time", "completion_time_s"], ["Share ratios", "share_ratio"]]) {
    const [head, ...rows] = await sheet(page, title);
    const size = column === "share_ratio" ? 1 : seconds(head[1]);
    for (const name of ["slow", "fast"]) {
      const values = inGroup(name).filter((peer) => peer[column] !== "").map((peer) => peer[column] / size);
      const curve = rows.filter(([group]) => group === name).slice(1, -1).map(([, x, y]) => [Number(x), Number(y)]);
      assert.ok(curve.length > 100 && curve.length <= 2_000, `${curve.length} steps`);
      for (const [x, y] of curve) assert.ok(Math.abs(y - (100 * values.filter((value) => value <= x).length) / inGroup(name).length) < 1e-9, `${title} of ${name}: ${y} % at ${x}`);
      assert.deepEqual([curve[0][0], curve.at(-1)[0]], [Math.min(...values), Math.max(...values)]);
    }
    assert.match(await chart(page, title).locator(".note").textContent(), /All of them count; a curve has at most 2,000 steps, each of which is exact\.$/);
  }
  assert.match(await page.locator(".card").last().textContent(), /Distributions count all 12,000 leechers; dots are one of 3\./);
  assert.deepEqual(faults, []);
  const { page: small } = await open("run");
  assert.ok(!(await small.locator("main").textContent()).match(/are shown: of each group|each of which is exact/));
});

test("the page says at its end which program made it", async () => {
  for (const kind of ["run", "grid"]) {
    const { page } = await open(kind);
    const version = await page.evaluate(() => JSON.parse(document.getElementById("data").textContent).made_by);
    assert.match(version, /^\d+\.\d+\.\d+/);
    assert.ok((await page.locator(".card").last().textContent()).endsWith(`This page was made by swarmsim ${version}.`), version);
  }
});

test("numbers in saved tables are plain, whatever charts make of them", async () => {
  const { page: drawn } = await open("thousands");
  const [head, ...rows] = await sheet(drawn, "Who unchokes whom by capacity");
  assert.ok((await chart(drawn, "Who unchokes whom by capacity").locator(".tick").allTextContents()).some((text) => text.includes(",")), "the chart has thousands apart");
  assert.match(head.at(-1), /^receiver's upload \(kbit\/s\) \d{4}–\d{4} \(times chance\)$/);
  assert.deepEqual(rows.map(([name]) => name), (await sheet(drawn, "Clustering by capacity")).slice(1, 1 + rows.length).map(([, name]) => name));
  for (const kind of ["thousands", "run", "grid", "comparison"]) {
    const { page } = await open(kind);
    const titles = await page.locator('button[aria-label$=" as CSV"]').evaluateAll((all) => all.map((button) => button.getAttribute("aria-label").slice(5, -7)));
    assert.ok(titles.length >= 5);
    for (const title of titles) for (const cell of (await sheet(page, title)).flat()) assert.doesNotMatch(cell, /\d,\d{3}|\u2212|\u2026|^\u2013$/, `${title}: ${cell}`);
  }
});

test("which factor of a grid stands on the x axis is chosen by keyboard, stays with another metric, and is printed", async () => {
  const { page, faults } = await open("many");
  const choice = page.getByRole("combobox", { name: "Factor on the x axis" });
  const title = () => page.locator("h2", { hasText: " against " }).textContent();
  assert.deepEqual(await choice.locator("option").allTextContents(), ["file.chunk_size", "group.fast.count", "choking"], "numbers first");
  assert.equal(await title(), "Mean completion time against file.chunk_size");
  await choice.focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await title(), "Mean completion time against group.fast.count");
  assert.ok(await choice.evaluate((select) => select === document.activeElement), "it can be chosen on");
  const summary = table("many", "comparison_summary.csv").filter((row) => row.metric === "completion_mean_s");
  const factors = table("many", "comparison_factors.csv");
  const setting = (variant, factor) => factors.find((row) => row.variant === variant && row.factor === factor);
  const [head, ...rows] = await sheet(page, await title());
  assert.equal(head[1], "group.fast.count");
  assert.equal(rows.length, 27);
  assert.equal(new Set(rows.map(([name]) => name)).size, 9, "a line for each combination of the others");
  for (const row of summary) {
    const x = setting(row.variant, "group.fast.count").number;
    assert.ok(rows.some(([, at, mean]) => at === x && Math.abs(mean * seconds(head[2]) - row.mean) < 1e-9), row.variant);
  }
  await choice.press("ArrowDown");
  assert.deepEqual([...new Set((await sheet(page, await title())).slice(1).map(([, x]) => x))], ["tit-for-tat", "altruist", "random"]);
  await page.selectOption("#metric", "seed_load");
  assert.equal(await title(), "Seed load in copies of the file against choking");
  await page.emulateMedia({ media: "print" });
  assert.match(await page.locator("p.choice", { has: choice }).evaluate((line) => `${line.firstChild.textContent}${line.querySelector("select").value}`), /^On the x axis choking$/);
  assert.ok(await choice.isVisible());
  assert.deepEqual(faults, []);
  const { page: one } = await open("comparison");
  assert.equal(await one.getByRole("combobox", { name: "Factor on the x axis" }).count(), 0, "of one factor there is no choice");
});

test("a metric has one unit in the choice, in its charts and in the table, and what the CSV has is said", async () => {
  const { page } = await open("grid");
  await page.locator("button[aria-expanded]").click();
  for (const metric of ["completion_mean_s", "group.fast.uploaded_bytes", "utilisation", "seed_load"]) {
    await page.selectOption("#metric", metric);
    await page.waitForFunction(() => !document.querySelector(".plot:empty"));
    const unitIn = (text) => text.match(/\(([^()']+)\)$/)?.[1] ?? "";
    const unit = unitIn(await page.locator("#metric option:checked").textContent());
    const [title] = await page.locator("h2", { hasText: " against " }).allTextContents();
    assert.equal(unitIn((await sheet(page, title))[0][2]), unit, title);
    assert.equal(unitIn(await page.locator(`tbody th[title="${metric}"]`).textContent()), unit);
    const { unit: inFile } = table("grid", "comparison_summary.csv").find((row) => row.metric === metric);
    assert.equal(await page.locator(".card:has(#metric) .note").textContent(), `In comparison.csv and comparison_summary.csv it is ${metric}${inFile ? `, in ${inFile}` : ""}.`);
  }
});

test("the table of 27 variants is printed on few pages, and none of it is cut", async () => {
  const { page } = await open("many", { viewport: { width: 1200, height: 900 } });
  const pages = String(await page.pdf({ format: "A4" })).match(/\/Type \/Page\b/g).length;
  const rows = await page.locator(".scroll tr").count();
  assert.ok(rows > 300 && pages < 10, `${rows} rows on ${pages} pages, with charts and the scenario`);
  await page.setViewportSize({ width: 676, height: 1000 });
  await page.emulateMedia({ media: "print" });
  const [wide, room, size] = await page.locator(".scroll table").evaluate((it) => [it.scrollWidth, it.parentElement.clientWidth, parseFloat(getComputedStyle(it).fontSize)]);
  assert.ok(wide <= room && size >= 8, `${wide} of ${room} px, ${size} px high`);
});
