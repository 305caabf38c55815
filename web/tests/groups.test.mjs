// A swarm of many groups stays legible: some stand out by colour and name, the others are grey, and the page says so.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { barriers, chart, cutTexts, home, launch, openReport, sheet, swarmsim } from "../browser.mjs";

/** A swarm of so many groups, of which the last is the largest. */
const scenario = (groups) => `
name = "sites"
[file]
size = "2 MiB"
[[group]]
name = "origin"
count = 1
upload = "8 Mbit/s"
starts_with = "all"
departure = "altruistic"
${[...Array(groups).keys()].map((k) => `
[[group]]
name = "site-${k + 1}"
count = ${k + 1 === groups ? 4 : 2}
upload = "${400 + ((k * 37) % 900)} kbit/s"
departure = "altruistic"`).join("")}
`;

const BY_GROUP = ["Completion time", "Completion time against upload capacity", "Share ratio against upload capacity", "Share ratios"];

let browser;

before(async () => {
  for (const groups of [7, 30, 100, 300]) {
    writeFileSync(join(home, `${groups}.toml`), scenario(groups));
    swarmsim("run", `${groups}.toml`, "--quiet", "--report", ...(groups < 300 ? ["--record-replay"] : []), "--out", String(groups));
  }
  browser = await launch();
});
after(() => browser?.close());

const names = (from, to) => [...Array(to - from + 1).keys()].map((k) => `site-${from + k}`);

for (const groups of [100, 300]) {
  test(`of ${groups} groups seven stand out, the largest first and any others by choice, and saved tables have all`, async () => {
    const { page, faults } = await openReport(browser, String(groups), { viewport: { width: 1200, height: 900 } });
    const legend = (title) => chart(page, title).locator(".legend li").allTextContents();
    for (const title of BY_GROUP) assert.deepEqual(await legend(title), [...names(1, 6), `site-${groups}`, "the others"], title);
    const choice = page.getByRole("combobox", { name: "In colour" });
    const last = await choice.locator("option").last().textContent();
    assert.equal(last, groups === 100 ? "99 to 100: site-99 … site-100" : "295 to 300: site-295 … site-300");
    await choice.selectOption(last);
    await page.waitForFunction(() => !document.querySelector(".plot:empty"));
    for (const title of BY_GROUP) assert.deepEqual((await legend(title)).slice(0, -1), names(groups === 100 ? 99 : 295, groups), title);
    assert.deepEqual([...new Set((await sheet(page, "Share ratios")).slice(1).map(([name]) => name))], names(1, groups), "in the order of the scenario");
    const svg = chart(page, "Completion time").locator(".plot svg");
    const colours = await svg.locator('path[fill="none"]').evaluateAll((all) => all.map((line) => line.getAttribute("stroke")));
    const loud = groups === 100 ? 2 : 6;
    assert.equal(colours.length, groups);
    assert.ok(colours.slice(0, -loud).every((colour) => colour === "var(--soft)") && new Set(colours.slice(-loud)).size === loud, "grey lies below");
    await svg.focus();
    await page.keyboard.press("End");
    assert.equal((await chart(page, "Completion time").locator(".value").textContent()).match(/site-\d+:/g).length, loud, "those are read");
    assert.match(await page.locator(".card", { has: page.locator("#groups") }).textContent(), new RegExp(`Of ${groups} groups with leechers`));
    assert.deepEqual(faults, []);
  });
}

test("up to seven groups all have their colours, and nothing is to be chosen", async () => {
  const { page } = await openReport(browser, "7");
  assert.equal(await page.locator("#groups").count(), 0);
  assert.deepEqual(await chart(page, "Completion time").locator(".legend li").allTextContents(), names(1, 7));
});

test("the replay of many groups has one ring, a short legend and short sentences", async () => {
  const { page, faults } = await openReport(browser, "100", { viewport: { width: 375, height: 812 } });
  const replay = page.locator("#replay");
  assert.match(await replay.locator(".note").first().textContent(), /The groups are too many for a ring each/);
  assert.ok(!(await replay.locator(".note").first().textContent()).includes("4,294,967,295"));
  const legend = await replay.locator(".legend").first().locator("li").allTextContents();
  assert.ok(legend.length < 25 && legend.includes("93 other groups"), legend.join());
  assert.ok((await replay.locator(".facts").textContent()).length < 200);
  assert.ok((await chart(page, "Partners over time").locator(".legend li").allTextContents()).length <= 2);
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(faults, []);
});

test("the replay has the colours of the groups that are chosen", async () => {
  const { page, faults } = await openReport(browser, "30", { viewport: { width: 1200, height: 900 } });
  const replay = page.locator("#replay");
  await page.waitForFunction(() => { const canvas = document.querySelector("#replay canvas.swarm"); return canvas.width === canvas.clientWidth * devicePixelRatio; });
  const dots = () => replay.locator(".legend").first().locator("li:has(.dot)").evaluateAll((all) => all.map((item) => [item.textContent, item.querySelector("i").getAttribute("style")]));
  const picture = () => replay.locator("canvas.swarm").evaluate((canvas) => canvas.toDataURL());
  const looks = (groups, others) => [...groups.map((group, k) => [group, `background:var(--c${k})`]), [`${others} other groups`, "background:var(--soft)"]];
  assert.deepEqual(await dots(), looks([...names(1, 6), "site-30"], 23));
  const before = await picture();
  await page.getByRole("combobox", { name: "In colour" }).selectOption("8 to 14: site-8 … site-14");
  assert.deepEqual(await dots(), looks(names(8, 14), 23));
  assert.notEqual(await picture(), before);
  assert.equal(await replay.locator(".card").count(), 2, "the chart below it stays in its place");
  assert.deepEqual(faults, []);
});

test("in a square of 30 groups names that have no room are left out, and the axis says so", async () => {
  const { page } = await openReport(browser, "30", { viewport: { width: 375, height: 812 } });
  const svg = chart(page, "Traffic between groups").locator(".plot svg");
  assert.match((await svg.locator("text.strong").allTextContents()).join(), /receiver \(1 of \d names shown\)/);
  const lefts = await svg.locator('text[transform*="rotate(-90)"]:not(.title)').evaluateAll((all) => all.map((name) => name.getBoundingClientRect()).map(({ left, right }) => [left, right]));
  assert.ok(lefts.length > 5 && lefts.every(([left], i) => i === 0 || left >= lefts[i - 1][1] - 2), JSON.stringify(lefts.slice(0, 3)));
  assert.deepEqual(await cutTexts(page), []);
});
