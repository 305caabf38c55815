// The replay in a report, opened from the disk in headless Chromium with the network off.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { barriers, classes, home, launch, openReport, seconds, sheet, swarmsim } from "../browser.mjs";

let browser, recorded;

before(async () => {
  swarmsim("run", classes, "--set", 'file.size="10 MiB"', "--quiet", "--report", "--record-replay", "--out", "replay");
  recorded = JSON.parse(readFileSync(join(home, "replay", "replay.json"), "utf8"));
  browser = await launch();
});
after(() => browser?.close());

async function open(options = {}) {
  const { page, faults } = await openReport(browser, "replay", { viewport: { width: 1200, height: 900 }, ...options });
  const replay = page.locator("#replay");
  await replay.locator("canvas.swarm").scrollIntoViewIfNeeded();
  await page.waitForFunction(() => { const canvas = document.querySelector("#replay canvas.swarm"); return canvas.width === canvas.clientWidth * devicePixelRatio; });
  const picture = () => replay.locator("canvas.swarm").evaluate((canvas) => canvas.toDataURL());
  const time = async () => Number(await replay.getByRole("slider", { name: "Time" }).inputValue());
  const scrub = (to) => replay.getByRole("slider", { name: "Time" }).evaluate((input, value) => {
    input.value = value;
    for (const event of ["input", "change"]) input.dispatchEvent(new Event(event));
  }, String(to));
  return { page, replay, faults, picture, time, scrub };
}

test("plays and pauses: the time goes on and the picture changes", async () => {
  const { page, replay, faults, picture, time } = await open();
  const first = await picture();
  await replay.getByRole("button", { name: "Play" }).click();
  await page.waitForFunction(() => Number(document.querySelector("#replay input").value) > 20);
  await replay.getByRole("button", { name: "Pause" }).click();
  const [stopped, picked] = [await time(), await picture()];
  assert.notEqual(picked, first);
  await page.waitForTimeout(200);
  assert.equal(await time(), stopped);
  assert.deepEqual(faults, []);
});

test("speed: ten times as fast is faster", async () => {
  const { page, replay, time, scrub } = await open();
  const passed = async (speed) => {
    await scrub(0);
    await replay.getByLabel("Speed").selectOption(speed);
    await replay.getByRole("button", { name: "Play" }).click();
    await page.waitForTimeout(700);
    await replay.getByRole("button", { name: "Pause" }).click();
    return time();
  };
  const [slow, fast] = [await passed("5"), await passed("50")];
  assert.ok(fast > 3 * slow, `${fast} against ${slow}`);
});

/** The slots of a peer at a moment, as recorded. */
function slots(side, peer, now) {
  const { unchokes } = recorded;
  const other = side === "from_peer" ? "to_peer" : "from_peer";
  const tenth = (s) => Math.round(s * 10) / 10;
  return unchokes.started_s.flatMap((started, i) => (unchokes[side][i] === peer && tenth(started) <= now && now < tenth(unchokes.ended_s[i]) ? [unchokes[other][i]] : [])).sort((a, b) => a - b);
}

test("the panel and the text for screen readers say what was recorded of the peer that the keyboard chooses", async () => {
  const { page, replay, time, scrub } = await open();
  await scrub(recorded.ended_s / 4);
  const now = await time();
  await replay.locator("canvas.swarm").focus();
  for (let i = 0; i <= 20; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const peer = recorded.peers[20];
  const held = peer.part_whole_s.filter((at) => at !== null && Math.round(at * 10) / 10 <= now).length;
  assert.ok(held > 0 && held < 40);
  const [serves, served] = [slots("from_peer", peer.peer, now), slots("to_peer", peer.peer, now)];
  assert.ok(serves.length > 0);
  const panel = replay.locator(".panel");
  assert.equal(await panel.locator("h3").textContent(), `Peer ${peer.peer} of ${recorded.groups[peer.group]}`);
  assert.match(await panel.textContent(), new RegExp(`has ${held} of 40 chunks.*upload capacity ${peer.upload_bytes_per_s / 125} kbit/s`));
  assert.match(await panel.locator(".neighbours").textContent(), /^\d+: 1 origin, \d+ slow, \d+ medium, \d+ fast$/);
  assert.equal(await panel.locator("canvas").getAttribute("aria-label"), `Chunk map: ${held} of 40 chunks`);
  const filled = await panel.locator("canvas").evaluate((canvas) => {
    const at = (i) => canvas.getContext("2d").getImageData((i % 32) * 16 + 7, Math.floor(i / 32) * 16 + 3, 1, 1).data.join();
    return [...Array(40).keys()].filter((i) => at(i) !== [0, 0, 0, 0].join()).map(at);
  });
  const full = recorded.peers[20].part_whole_s.map((at) => at !== null && Math.round(at * 10) / 10 <= now);
  assert.equal(new Set(filled.filter((_, i) => full[i])).size, 1, "chunks that it has look alike");
  assert.ok(!filled.filter((_, i) => !full[i]).includes(filled[full.indexOf(true)]), "and others do not");
  const listed = (list) => panel.locator("ul").nth(list).locator("li").evaluateAll((items) => items.map((item) => Number.parseInt(item.textContent)));
  assert.deepEqual(await listed(0), serves);
  assert.deepEqual(await listed(1), served);
  assert.match(await replay.getByRole("status").first().textContent(), new RegExp(`^Peer ${peer.peer} of .*unchokes ${serves.length}, unchoked by ${served.length}`));
  await page.keyboard.press("Escape");
  assert.equal(await panel.locator("h3").count(), 0);
  await page.keyboard.press(" ");
  await replay.getByRole("button", { name: "Pause" }).waitFor();
});

test("of a slot that has turned from optimistic to regular, or back, the panel says rate and time of the whole", async () => {
  const { page, replay, scrub } = await open();
  const { from_peer: from, to_peer: to, started_s, ended_s, optimistic, bytes } = recorded.unchokes;
  const rows = started_s.map((_, i) => ({ from: from[i], to: to[i], start: started_s[i], end: ended_s[i], optimistic: optimistic[i], bytes: bytes[i] }));
  const goesOn = (one, other) => one.from === other.from && one.to === other.to && one.end === other.start && one.optimistic !== other.optimistic;
  const pieces = (row) => {
    const whole = [row];
    for (let before; (before = rows.find((each) => goesOn(each, whole[0])));) whole.unshift(before);
    for (let after; (after = rows.find((each) => goesOn(whole.at(-1), each)));) whole.push(after);
    return whole;
  };
  const turned = rows.filter((row) => row.end - row.start > 5 && rows.some((each) => goesOn(each, row)));
  assert.ok(turned.length > 10, `${turned.length} slots that turn`);
  for (const row of [turned.find((each) => !each.optimistic), turned.find((each) => each.optimistic)]) {
    if (!row) continue;
    const now = (row.start + row.end) / 2;
    const there = recorded.peers.filter((peer) => peer.joined_s <= now && (peer.left_s === null || now < peer.left_s)).map((peer) => peer.peer);
    await page.reload();
    await page.waitForFunction(() => document.querySelector("#replay canvas.swarm").width > 300);
    await scrub(now);
    await replay.locator("canvas.swarm").focus();
    for (let k = 0; k <= there.indexOf(row.from); k++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.match(await replay.locator(".panel h3").textContent(), new RegExp(`^Peer ${row.from} of`));
    const line = await replay.locator(".panel ul").first().locator("li").evaluateAll((items, id) => items.map((item) => item.textContent).find((text) => Number.parseInt(text) === id), row.to);
    const whole = pieces(row);
    const [start, end] = [Math.min(...whole.map((each) => each.start)), Math.max(...whole.map((each) => each.end))];
    assert.ok(whole.length > 1);
    const [, rate, unit, passed, told, marks] = line.match(/: ([\d.,]+) (\w+\/s), (.*?) of (.*?) \((.*)\)$/);
    const expected = whole.reduce((sum, each) => sum + each.bytes, 0) / (end - start);
    assert.ok(Math.abs((Number(rate.replaceAll(",", "")) * { "bit/s": 1, "kbit/s": 1e3, "Mbit/s": 1e6 }[unit]) / 8 / expected - 1) < 0.01, `${line} for ${expected} B/s`);
    const inSeconds = (text) => { const [, , min, s] = text.match(/^((\d+) min )?(\d+) s$/); return 60 * Number(min ?? 0) + Number(s); };
    assert.ok(Math.abs(inSeconds(told) - (end - start)) <= 1 && Math.abs(inSeconds(passed) - (now - start)) <= 1.2, `${line} from ${start} to ${end} at ${now}`);
    assert.ok(marks.startsWith(row.optimistic ? "optimistic now" : "regular now"), marks);
  }
});

test("a click chooses a peer", async () => {
  const { replay } = await open();
  const canvas = replay.locator("canvas.swarm");
  const seed = await canvas.evaluate((it) => {
    const context = it.getContext("2d");
    const ink = getComputedStyle(document.documentElement).getPropertyValue("--ink").trim().match(/\w\w/g).map((part) => Number.parseInt(part, 16));
    const { data, width } = context.getImageData(0, 0, it.width, it.height);
    const same = (i) => [-4, 0, 4].every((d) => ink.every((part, k) => Math.abs(data[i + d + k] - part) < 3));
    for (let i = 4 * width * 8; i < data.length; i += 4) if (same(i) && same(i + 16 * width)) return { x: (i / 4) % width, y: Math.floor(i / 4 / width) };
    return null;
  });
  assert.ok(seed, "the initial seed is drawn in ink");
  await canvas.click({ position: seed });
  assert.equal(await replay.locator("h3").textContent(), "Peer 0 of origin");
  assert.match(await replay.locator(".panel").textContent(), /initial seed: has the whole file/);
});

test("with less motion the time goes on in steps, and at the end everybody is done", async () => {
  const { page, replay, time, scrub } = await open({ reducedMotion: "reduce" });
  // A clock of the test's own: on a busy machine a real one has gone on by the time that it is looked at.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 1000);
  const shown = await time();
  await replay.getByRole("button", { name: "Play" }).click();
  await page.clock.runFor(250);
  assert.equal(await time(), shown);
  await page.clock.runFor(2000);
  assert.ok((await time()) > shown);
  await replay.getByRole("button", { name: "Pause" }).click();
  // The page has times in tenths of a second: its end may be a little later.
  await scrub(await replay.getByRole("slider", { name: "Time" }).getAttribute("max"));
  assert.match(await replay.locator(".facts").textContent(), /^Leechers: 0, /);
});

test("accessible in light and dark, with a peer chosen, and no wider than a phone", async () => {
  const { page, replay, scrub } = await open({ viewport: { width: 375, height: 812 } });
  await scrub(60);
  await replay.locator("canvas.swarm").focus();
  for (const key of ["ArrowRight", "ArrowRight", "Enter"]) await page.keyboard.press(key);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  assert.deepEqual(await barriers(page, "#replay"), []);
});

test("a slot in use looks otherwise than one that is idle, and its bead goes on", async () => {
  const { replay, picture, scrub } = await open();
  await scrub(recorded.ended_s / 4);
  const first = await picture();
  await scrub(recorded.ended_s / 4 + 0.3);
  const slots = await replay.locator("canvas.swarm").count();
  assert.equal(slots, 1);
  assert.notEqual(await picture(), first, "beads have moved on");
});

test("the replay fills the screen for a lecture, and the button brings the page back", async () => {
  const { page, replay, faults } = await open();
  const button = replay.getByRole("button", { name: "Full screen" });
  const height = () => replay.locator("canvas.swarm").evaluate((canvas) => canvas.clientHeight);
  const before = await height();
  await button.click();
  await page.waitForFunction(() => document.fullscreenElement?.querySelector("canvas.swarm"));
  await page.waitForFunction((low) => document.querySelector("#replay canvas.swarm").clientHeight > low, before);
  assert.ok(await replay.getByRole("button", { name: "Play" }).isVisible());
  await button.click();
  await page.waitForFunction((low) => !document.fullscreenElement && document.querySelector("#replay canvas.swarm").clientHeight === low, before);
  assert.deepEqual(faults, []);
});

test("in full screen all of the replay is seen, and what is said about a peer scrolls", async () => {
  for (const [width, height] of [[1280, 720], [1200, 900], [1920, 1080]]) {
    const { page, replay, faults, scrub } = await open({ viewport: { width, height } });
    await scrub(recorded.ended_s / 4);
    await replay.getByRole("button", { name: "Full screen" }).click();
    await page.waitForFunction(() => document.fullscreenElement?.querySelector("canvas.swarm"));
    await replay.locator("canvas.swarm").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const size = `${width} x ${height}`;
    assert.ok(await page.evaluate(() => document.fullscreenElement.scrollHeight <= document.fullscreenElement.clientHeight), size);
    for (const part of ["canvas.swarm", ".controls", ".facts", ".panel"]) {
      const box = await replay.locator(part).boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height <= height, `${part} at ${size}: ${JSON.stringify(box)}`);
    }
    assert.ok((await replay.locator("canvas.swarm").boundingBox()).height > 0.5 * height, size);
    const last = replay.locator(".panel li, .panel h4").last();
    await last.scrollIntoViewIfNeeded();
    const box = await last.boundingBox();
    assert.ok(box.y + box.height <= height, `the end of the panel at ${size}`);
    assert.deepEqual(await barriers(page, "#replay"), []);
    assert.deepEqual(faults, []);
  }
});

test("answered slots stand out, and can be shown alone", async () => {
  const { replay, picture, scrub } = await open();
  await scrub(recorded.ended_s / 4);
  const all = await picture();
  const inked = () => replay.locator("canvas.swarm").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    for (let i = 3; i < data.length; i += 4) drawn += data[i] > 0 ? 1 : 0;
    return drawn;
  });
  const before = await inked();
  await replay.getByLabel("answered slots only").check();
  const fewer = await inked();
  assert.ok(fewer < 0.8 * before, `${fewer} of ${before}`);
  await replay.getByLabel("answered slots only").uncheck();
  assert.equal(await picture(), all);
  const legend = (await replay.locator(".legend").first().innerText()).replaceAll("\n", " ");
  for (const entry of ["joins or leaves", "free place", "completes just now"]) assert.ok(legend.includes(entry), entry);
});

test("partners over time are those of the recording", async () => {
  const { page } = await open();
  const [head, ...rows] = await sheet(page, "Partners over time");
  const { unchokes, peers } = recorded;
  const tenth = (s) => Math.round(s * 10) / 10;
  const shareAt = (name, now) => {
    const slots = unchokes.started_s.flatMap((started, i) => (tenth(started) <= now && now < tenth(unchokes.ended_s[i]) ? [[unchokes.from_peer[i], unchokes.to_peer[i]]] : []));
    const given = slots.filter(([from]) => !peers[from].initial_seed && !(peers[from].completed_s !== null && tenth(peers[from].completed_s) <= now));
    const group = recorded.groups.indexOf(name.replace("stay in ", ""));
    const own = given.filter(([from]) => peers[from].group === group);
    return name === "answered" ? given.filter(([from, to]) => slots.some(([a, b]) => a === to && b === from)).length / given.length
      : own.filter(([, to]) => peers[to].group === group).length / own.length;
  };
  // Each point is the mean of those around it, five on each side, that have a value.
  rows.forEach(([name, at, share], i) => {
    if (share === "" || i % 40 !== 7) return;
    const near = rows.slice(Math.max(0, i - 5), i + 6).filter(([other, , known]) => other === name && known !== "");
    const mean = near.reduce((sum, [, time]) => sum + shareAt(name, time * seconds(head[1])), 0) / near.length;
    assert.ok(Math.abs(100 * mean - share) < 1e-9, `${name} at ${at}: ${mean} against ${share}`);
  });
});

test("on paper the replay is a picture with its moment and no controls", async () => {
  const { page, replay } = await open({ colorScheme: "dark" });
  await page.evaluate(() => {
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (...text) {
      globalThis.written = { letter: parseFloat(this.font), scale: this.canvas.getBoundingClientRect().height / this.canvas.height };
      fillText.apply(this, text);
    };
  });
  await page.setViewportSize({ width: 600, height: 900 });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.ok(await replay.locator("canvas.swarm").isVisible());
  assert.match(await replay.locator(".clock").innerText(), /min|s/);
  assert.ok(!(await replay.getByRole("slider").isVisible()));
  assert.match(await replay.locator(".facts").textContent(), /Leechers: 40/);
  const { letter, scale } = await page.evaluate(() => globalThis.written);
  assert.ok(letter * scale > 8, `names of groups are ${letter * scale} px high`);
  // The whole swarm is in the picture: its last columns and rows are empty, and what is before them is not.
  const [left, right] = await replay.locator("canvas.swarm").evaluate((canvas) => {
    const { width, height } = canvas;
    const drawn = (x, w) => canvas.getContext("2d").getImageData(x, 0, w, height).data.some((part) => part > 0);
    return [drawn(0, Math.floor(width / 2)), drawn(width - 4, 4)];
  });
  assert.deepEqual([left, right], [true, false]);
});

test("the first stop of Tab leads to the replay, and Space plays from the moment that is shown", async () => {
  const { page } = await openReport(browser, "replay", { viewport: { width: 1200, height: 900 } });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the replay");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "swarm");
  const time = async () => Number(await page.locator("#replay").getByRole("slider", { name: "Time" }).inputValue());
  const shown = await time();
  assert.ok(shown > 0);
  await page.keyboard.press("Space");
  await page.waitForFunction((before) => Number(document.querySelector("#replay input").value) !== before, shown);
  assert.ok(await time() > shown);
});
