// The replay of a swarm that is too large to be shown whole: its figures are those of all slots of the peers shown, held against unchokes.csv.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { home, launch, openReport, seconds, sheet, swarmsim, table } from "../browser.mjs";

const group = (name, upload) => `
[[group]]
name = "${name}"
count = 70
upload = "${upload} kB/s"
choking.tit-for-tat = { regular_slots = 3, optimistic_slots = 1 }
`;
const SWARM = `
name = "sampled"
[file]
size = "12 MiB"
chunk_size = "64 KiB"
[[group]]
name = "origin"
count = 1
upload = "400 kB/s"
starts_with = "all"
${group("slow", 20)}${group("medium", 50)}${group("fast", 200)}`;

/** 600 peers in 20 minutes, each of which is there for a minute or two. */
const COMING = `
name = "coming"
[file]
size = "4 MiB"
chunk_size = "64 KiB"
[[group]]
name = "origin"
count = 1
upload = "400 kB/s"
starts_with = "all"
[[group]]
name = "peers"
upload = "60 kB/s"
arrival.poisson = { rate = "0.5 /s", until = "20 min" }
departure = "selfish"
`;

let browser, recorded, unchokes;
const tenth = (s) => Math.round(s * 10) / 10;

before(async () => {
  writeFileSync(join(home, "sampled.toml"), SWARM);
  swarmsim("run", "sampled.toml", "--quiet", "--report", "--record-replay", "--detail", "unchokes", "--out", "sampled");
  recorded = JSON.parse(readFileSync(join(home, "sampled", "replay.json"), "utf8"));
  unchokes = table("sampled", "unchokes.csv").map((row) => ({ from: Number(row.from_peer), to: Number(row.to_peer), to_group: row.to_group, from_group: row.from_group,
    start: tenth(row.started_s), end: tenth(row.ended_s) }));
  browser = await launch();
});
after(() => browser?.close());

test("shares of slots are those of every slot in unchokes.csv that a peer of the sample gives", async () => {
  const { page, faults } = await openReport(browser, "sampled", { viewport: { width: 1200, height: 900 } });
  const shown = new Map(recorded.peers.map((peer) => [peer.peer, peer]));
  assert.ok(shown.size > 30 && shown.size <= 60 && recorded.partners.peer.length > 100);
  const now = recorded.ended_s / 5;
  const there = unchokes.filter((slot) => slot.start <= now && now < slot.end);
  const given = there.filter((slot) => {
    const peer = shown.get(slot.from);
    return peer && !peer.initial_seed && !(peer.completed_s !== null && tenth(peer.completed_s) <= now);
  });
  const answered = given.filter((slot) => there.some((other) => other.from === slot.to && other.to === slot.from));
  const outside = given.filter((slot) => !shown.has(slot.to));
  assert.ok(outside.length > given.length / 2 && answered.length > 10, "most partners are not in the sample");
  await page.locator("#replay").getByRole("slider", { name: "Time" }).evaluate((input, value) => { input.value = value; input.dispatchEvent(new Event("input")); }, String(now));
  const facts = await page.locator("#replay .facts").textContent();
  const percent = (part, whole) => `${Math.round((part / whole) * 100)}\u00a0%`;
  assert.match(facts, new RegExp(`The leechers give ${given.length} slots. Answered, so that both unchoke each other: ${percent(answered.length, given.length)}`));
  for (const name of ["slow", "medium", "fast"]) {
    const own = given.filter((slot) => slot.from_group === name);
    assert.match(facts, new RegExp(`${name} ${percent(own.filter((slot) => slot.to_group === name).length, own.length)}`), facts);
  }
  assert.match(await page.locator("#replay-help").textContent(), new RegExp(`A sample: ${shown.size} of 211 peers`));
  assert.deepEqual(faults, []);
});

test("where peers come and go the replay ends while many are there, and says so", async () => {
  writeFileSync(join(home, "coming.toml"), COMING);
  swarmsim("run", "coming.toml", "--quiet", "--report", "--record-replay", "--out", "coming");
  const film = JSON.parse(readFileSync(join(home, "coming", "replay.json"), "utf8"));
  const [run] = table("coming", "summary.csv");
  assert.ok(film.ended_s < run.simulated_s / 2 && film.peers.length < run.peers / 2);
  const atOnce = (now) => film.peers.filter((peer) => peer.joined_s <= now && (peer.left_s === null || now < peer.left_s)).length;
  assert.ok(atOnce(film.ended_s * 0.6) > 15, `${atOnce(film.ended_s * 0.6)} at once`);
  assert.ok(film.unchokes.started_s.every((start) => start < film.ended_s));
  const { page, faults } = await openReport(browser, "coming", { viewport: { width: 1200, height: 900 } });
  const note = await page.locator("#replay-help").textContent();
  assert.match(note, new RegExp(`^The first ${film.peers.length} of ${run.peers} peers are shown\\. The replay ends after \\d.* of \\d.*: most of those shown have left by then`));
  const slider = page.locator("#replay").getByRole("slider", { name: "Time" });
  assert.equal(Number(await slider.getAttribute("max")), tenth(film.ended_s));
  assert.match(note, /its place is free for another one/);
  // Whoever is chosen is there, and all that are there can be.
  const now = tenth(film.ended_s * 0.7);
  await slider.evaluate((input, value) => { input.value = value; input.dispatchEvent(new Event("input")); }, String(now));
  await page.locator("#replay canvas.swarm").focus();
  const there = film.peers.filter((peer) => tenth(peer.joined_s) <= now && (peer.left_s === null || now < tenth(peer.left_s))).map((peer) => peer.peer);
  const chosen = [];
  for (let k = 0; k <= there.length; k++) {
    for (const key of ["ArrowRight", "Enter"]) await page.keyboard.press(key);
    chosen.push(Number((await page.locator("#replay .panel h3").textContent()).match(/^Peer (\d+) /)[1]));
  }
  assert.ok(there.length < film.peers.length);
  assert.deepEqual(chosen, [...there, there[0]]);
  assert.deepEqual(faults, []);
});

test("tit-for-tat finds its partners: answered slots and those to the own group grow", async () => {
  const { page } = await openReport(browser, "sampled");
  const [head, ...rows] = await sheet(page, "Partners over time");
  const unit = seconds(head[1]);
  const mean = (name, from, to) => {
    const part = rows.filter(([series, at, share]) => series === name && share !== "" && at * unit >= from && at * unit < to).map((row) => Number(row[2]));
    return part.reduce((sum, share) => sum + share, 0) / part.length;
  };
  const fast = Math.min(...recorded.peers.map((peer) => peer.completed_s ?? Infinity));
  assert.ok(mean("answered", fast / 2, fast) > 1.5 * mean("answered", 0, 20), "more slots are answered than at the start");
  assert.ok(mean("stay in fast", fast / 2, fast) > 45, "a third would be chance");
});

test("partners that are not shown stand in the ring of their group, and a peer's panel lists them", async () => {
  const { page } = await openReport(browser, "sampled", { viewport: { width: 1200, height: 900 } });
  const now = tenth(recorded.ended_s / 5);
  await page.locator("#replay").getByRole("slider", { name: "Time" }).evaluate((input, value) => { input.value = value; input.dispatchEvent(new Event("input")); }, String(now));
  await page.locator("#replay canvas.swarm").focus();
  for (let i = 0; i <= 5; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const peer = recorded.peers[5].peer;
  const of = (list) => page.locator("#replay .panel ul").nth(list).locator("li").evaluateAll((items) => items.map((item) => Number.parseInt(item.textContent)).sort((a, b) => a - b));
  const there = unchokes.filter((slot) => slot.start <= now && now < slot.end);
  assert.deepEqual(await of(0), there.filter((slot) => slot.from === peer).map((slot) => slot.to).sort((a, b) => a - b));
  assert.deepEqual(await of(1), there.filter((slot) => slot.to === peer).map((slot) => slot.from).sort((a, b) => a - b));
  assert.match(await page.locator("#replay .panel").textContent(), /not shown/);
  const connected = recorded.connections.started_s.filter((started, i) => [recorded.connections.from_peer[i], recorded.connections.to_peer[i]].includes(peer)
    && tenth(started) <= now && now < tenth(recorded.connections.ended_s[i])).length;
  assert.match(await page.locator("#replay .neighbours").textContent(), new RegExp(`^${connected}: `));
});
