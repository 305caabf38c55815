// Text from outside stays text. Names of scenarios and groups are letters, digits, `-`, `_` and `.` by rule; any text may stand in names of variants, and in files that were changed.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { classes, cutTexts, home, launch, openReport, saved, swarmsim } from "../browser.mjs";

const EVIL = "</script><img src=x onerror='globalThis.hurt=1'>&<b>\"$&";
const SWARM = `
name = "swarm"
[file]
size = "1 MiB"
[[group]]
name = "origin"
count = 1
upload = "1 Mbit/s"
starts_with = "all"
[[group]]
name = "leechers"
count = 4
upload = "1 Mbit/s"
[sweep]
runs = 3
[[sweep.variant]]
name = ${JSON.stringify(EVIL)}
[[sweep.variant]]
name = "<svg onload=alert(1)>"
set = { "group.leechers.count" = 5 }
`;
let browser;

before(async () => { browser = await launch(); });
after(() => browser?.close());

/** The page holds the text, as text. */
async function harmless(result, texts) {
  const { page, faults } = await openReport(browser, result);
  await page.waitForTimeout(200);
  assert.deepEqual(faults, []);
  assert.equal(await page.evaluate(() => globalThis.hurt), undefined);
  assert.equal(await page.locator("img, b, main svg[onload], script:not(head script, body > script)").count(), 0);
  const shown = await page.evaluate(() => document.body.innerText + [...document.querySelectorAll("svg text, pre, option")].map((it) => it.textContent).join("\n"));
  for (const text of texts) assert.ok(shown.includes(text), text);
  return page;
}

test("a group may not be called so", () => {
  writeFileSync(join(home, "evil-group.toml"), SWARM.replace('"leechers"', () => JSON.stringify(EVIL)));
  assert.throws(() => swarmsim("run", "evil-group.toml"), /cannot stand in a name/);
});

test("names of variants are text in every chart, table and saved file", async () => {
  writeFileSync(join(home, "evil.toml"), SWARM);
  swarmsim("compare", "evil.toml", "--quiet", "--report", "--out", "evil");
  const page = await harmless("evil", [EVIL, "<svg onload=alert(1)>"]);
  const svg = (await saved(page, "Completion time", "SVG")).toString();
  const texts = await page.evaluate((text) => [...new DOMParser().parseFromString(text, "image/svg+xml").querySelectorAll("parsererror, text")].map((it) => it.textContent), svg);
  assert.ok(texts.includes(EVIL));
  assert.ok((await saved(page, "All metrics", "CSV")).toString().includes(`"${EVIL.replaceAll('"', '""')}"`));
});

test("files that were changed by hand are text in charts, warnings, scenario and replay", async () => {
  swarmsim("run", classes, "--set", 'file.size="5 MiB"', "--set", 'run.time_limit="40 s"', "--quiet", "--report", "--record-replay", "--out", "changed");
  const change = (file, from, to) => {
    const path = join(home, "changed", file);
    const text = readFileSync(path, "utf8");
    assert.ok(text.includes(from), `${file} has ${from}`);
    writeFileSync(path, text.replaceAll(from, () => to));
  };
  const cell = `"${EVIL.replaceAll('"', '""')}"`;
  for (const file of ["peers.csv", "groups.csv", "group_summary.csv"]) change(file, "medium", cell);
  change("summary.csv", "bandwidth-classes", cell);
  change("summary.csv", "time-limit", cell);
  change("scenario.toml", 'name = "bandwidth-classes"', `name = "bandwidth-classes" # ${EVIL}`);
  change("replay.json", '"medium"', JSON.stringify(EVIL));
  swarmsim("report", "changed");
  const page = await harmless("changed", [EVIL, `# ${EVIL}`]);
  await page.setViewportSize({ width: 375, height: 812 });
  await page.waitForTimeout(200);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "a long name makes nothing wider than a phone");
  assert.deepEqual(await cutTexts(page), [], "no name is cut");
  const entry = page.locator(".legend li").filter({ hasText: "…" }).first();
  assert.equal(await entry.getAttribute("title"), EVIL);
  const [start, end] = (await entry.textContent()).split("…");
  assert.ok(EVIL.startsWith(start) && EVIL.endsWith(end) && start && end, "its middle is left out");
  await page.locator("#replay canvas.swarm").focus();
  for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#replay .panel").innerText(), /Peer \d+ of /);
  assert.equal(await page.locator("#replay img, #replay b").count(), 0);
});
