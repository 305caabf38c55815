// Names that lose letters where there is no room: different ones look different, and are found whole.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chart, home, launch, openReport, root, sheet, swarmsim } from "../browser.mjs";

const source = ["units.js", "format.js"].map((file) => readFileSync(join(root, "web/src", file), "utf8").replaceAll(/^import .*$/gm, "")).join("\n");
const { shortNames } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

/** Alike at both ends, as names of a study are. */
const NAMES = ["peers-at-home-with-slow-uplinks-in-town", "peers-at-home-with-fast-uplinks-in-town", "peers-at-work-with-fast-uplinks-in-town"];
const SWARM = `
name = "alike"
[file]
size = "2 MiB"
chunk_size = "64 KiB"
[[group]]
name = "origin"
count = 1
upload = "400 kB/s"
starts_with = "all"
${NAMES.map((name, k) => `[[group]]\nname = "${name}"\ncount = 8\nupload = "${40 * (k + 1)} kB/s"\n`).join("")}`;

let browser;

before(async () => {
  writeFileSync(join(home, "alike.toml"), SWARM);
  swarmsim("run", "alike.toml", "--quiet", "--report", "--out", "alike");
  browser = await launch();
});
after(() => browser?.close());

test("pairs of many groups are left to the file, and the page says so", async () => {
  const groups = Array.from({ length: 41 }, (_, k) => `[[group]]\nname = "g${k}"\ncount = 1\nupload = "400 kB/s"\n${k ? "" : 'starts_with = "all"\n'}`);
  writeFileSync(join(home, "many.toml"), `name = "many"\n[file]\nsize = "1 MiB"\n${groups.join("")}`);
  swarmsim("run", "many.toml", "--quiet", "--report", "--out", "many");
  const { page, faults } = await openReport(browser, "many");
  const said = await page.locator(".card").filter({ hasText: "Not drawn" }).innerText();
  assert.match(said, /Traffic between groups.*Who unchokes whom.*Pairs of 41 groups are too many to show here: groups\.csv has their numbers, and scripts\/plot\.py draws 40 of the groups \(--figure traffic,clustering\)\./s);
  assert.deepEqual(faults, []);
  await page.context().close();
});

test("names with room are whole, and of others those that differ look different", () => {
  assert.deepEqual(shortNames(["slow", "fast"], 9), ["slow", "fast"]);
  assert.deepEqual(shortNames(["slow-leechers", "fast-leechers"], 9), ["slow…hers", "fast…hers"], "without their middle they can be told");
  for (const letters of [7, 9, 16, 21.4]) {
    for (const names of [NAMES, ["a-long-name-1-of-one", "a-long-name-2-of-one"], [...NAMES, NAMES[0]], [`${NAMES[0]}-1`, `${NAMES[0]}-12`]]) {
      const shown = shortNames(names, letters);
      assert.equal(new Set(shown).size, new Set(names).size, String(shown));
      assert.equal(shown.length, names.length);
    }
  }
  assert.ok(shortNames(NAMES, 9).every((name) => name.length <= 9));
  assert.match(shortNames(["peers-with-slow-uplinks-in-town", "peers-with-fast-uplinks-in-town"], 9)[0], /^….*slow/, "told by what differs");
});

test("groups in a heatmap are told apart; hover, value and saved table have their whole names", async () => {
  for (const width of [1200, 375]) {
    const { page } = await openReport(browser, "alike", { viewport: { width, height: 812 } });
    const card = chart(page, "Traffic between groups");
    const texts = await card.locator(".plot svg text:has(title)").evaluateAll((all) => all.map((text) => [text.firstChild.textContent, text.querySelector("title").textContent]));
    for (const name of NAMES) assert.ok(texts.filter(([, whole]) => whole === name).length >= 1, `${name} among ${texts}`);
    assert.equal(new Set(texts.map(String)).size, new Set(texts.map(([shown]) => shown)).size, `no text stands for two groups: ${texts}`);
    const [head, ...rows] = await sheet(page, "Traffic between groups");
    assert.deepEqual(rows.map(([name]) => name), ["origin", ...NAMES]);
    assert.ok(NAMES.every((name, i) => head[2 + i].startsWith(`receiver ${name} (`)), String(head));
    await card.locator(".plot svg").focus();
    for (const name of ["origin", NAMES[0]]) {
      await page.keyboard.press("ArrowDown");
      assert.ok((await card.locator(".value").textContent()).startsWith(`sender ${name}, receiver origin: `));
    }
  }
});
