// Heatmaps: what stands in their cells, which colours they have, and what the bar above them says of these.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chart, classes, launch, openReport, plain, sheet, swarmsim, table } from "../browser.mjs";

let browser;

before(async () => {
  swarmsim("run", classes, "--quiet", "--report", "--out", "run");
  swarmsim("run", classes, "--set", 'run.time_limit="30 s"', "--quiet", "--report", "--out", "few");
  browser = await launch();
});
after(() => browser?.close());

const open = (kind, options) => openReport(browser, kind, options);

for (const colorScheme of ["light", "dark"]) {
  test(`numbers in heatmaps have a contrast of 4.5 in ${colorScheme}`, async () => {
    const { page } = await open("run", { colorScheme });
    await page.waitForSelector(".plot svg");
    const contrasts = await page.evaluate(() => {
      const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
      const luminance = (each) => {
        pen.fillStyle = getComputedStyle(each).fill;
        pen.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      return [...document.querySelectorAll(".plot rect + text[style]")].map((text) => {
        const [a, b] = [luminance(text), luminance(text.previousElementSibling)];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      });
    });
    assert.ok(contrasts.length >= 20, String(contrasts.length));
    assert.ok(Math.min(...contrasts) >= 4.5, String(contrasts));
  });
}

test("cells of the traffic say what groups.csv says", async () => {
  const { page } = await openReport(browser, "run");
  const cells = await chart(page, "Traffic between groups").locator("svg text[style]").allTextContents();
  const mebibytes = table("run", "groups.csv").map((row) => row.bytes / 2 ** 20);
  assert.equal(cells.length, 16);
  assert.ok(mebibytes.some((value) => value > 1000 && Math.round(value) % 10 !== 0), "a number of more than three digits");
  cells.forEach((cell, i) => {
    const value = mebibytes[i];
    assert.equal(Number(cell.replaceAll(",", "")), value >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
  });
});

/** What a browser makes of the colours of the cells of a heatmap: red, green, blue of each. */
const coloursOf = (page, title) => chart(page, title).locator(".plot rect:has(+ text[style])").evaluateAll((all) => {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  return all.map((cell) => {
    pen.fillStyle = getComputedStyle(cell).fill;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  });
});

for (const colorScheme of ["light", "dark"]) {
  test(`ratios to chance have two colours, one on either side of 1, and are the stronger the farther they are from it, in ${colorScheme}`, async () => {
    const { page } = await open("run", { colorScheme });
    const cells = (await sheet(page, "Who unchokes whom")).slice(1).flatMap((row) => row.slice(1).map(Number));
    const colours = await coloursOf(page, "Who unchokes whom");
    const blue = ([r, , b]) => b - r;
    assert.ok(cells.length === 9 && Math.min(...cells) < 0.6 && Math.max(...cells) > 1.5, String(cells));
    const [even] = cells.flatMap((v, i) => (Math.abs(v - 1) < 0.1 ? [blue(colours[i])] : []));
    cells.forEach((v, i) => { if (Math.abs(Math.log2(v)) > 0.3) assert.equal(Math.sign(blue(colours[i]) - even), Math.sign(v - 1), `${v}: ${colours[i]}`); });
    const ranked = [...cells.keys()].sort((a, b) => cells[a] - cells[b]).map((i) => blue(colours[i]));
    assert.ok(ranked.every((value, k) => k === 0 || value >= ranked[k - 1]), String(ranked));
  });
}

test("every heatmap has a bar that says what its ends mean, with the unit; that of ratios has 1 in its middle", async () => {
  for (const width of [1200, 375]) {
    const { page } = await open("run", { viewport: { width, height: 900 } });
    const bar = async (title) => {
      const card = chart(page, title);
      const places = await card.locator(".scale").evaluateAll((all) => all.map((text) => [Number(text.getAttribute("x")), text.textContent]));
      const blocks = await card.locator(".plot svg > rect:not(.mark)").evaluateAll((all) => all.filter((rect) => Number(rect.getAttribute("y")) < 10).map((rect) => Number(rect.getAttribute("x"))));
      return { labels: places.sort(([a], [b]) => a - b), left: Math.min(...blocks), texts: await card.locator(".plot text").allTextContents() };
    };
    const bytes = table("run", "groups.csv").map((row) => row.bytes / 2 ** 20);
    const traffic = await bar("Traffic between groups");
    assert.deepEqual([traffic.labels[0][1], plain(traffic.labels.at(-1)[1])], ["0", Math.round(Math.max(...bytes))]);
    assert.ok(traffic.texts.includes("MiB") && Math.abs(traffic.labels[0][0] - traffic.left) < 1);
    const copies = await bar("Copies of every chunk over time");
    assert.deepEqual([copies.labels[0][1], plain(copies.labels.at(-1)[1])], ["0", Number(Math.max(...table("run", "chunk_bands.csv").map((row) => Number(row.copies))).toPrecision(3))]);
    assert.ok(copies.texts.includes("copies") && copies.labels.length >= 3);
    const { labels, texts } = await bar("Who unchokes whom");
    const cells = (await sheet(page, "Who unchokes whom")).slice(1).flatMap((row) => row.slice(1).map(Number));
    const [low, high] = [labels[0], labels.at(-1)];
    assert.ok(Number(low[1]) * Number(high[1]) === 1 && cells.every((v) => v >= low[1] && v <= high[1]), `${labels}`);
    const [one] = labels.filter(([, text]) => text === "1");
    assert.ok(Math.abs(one[0] - (low[0] + high[0]) / 2) < 1 && texts.includes("times chance"));
  }
});

test("without an option the report has the copies of chunks, in bands", async () => {
  const { page } = await open("run");
  const [head, ...rows] = await sheet(page, "Copies of every chunk over time");
  const bands = table("run", "chunk_bands.csv");
  assert.equal(bands.length, rows.length * new Set(bands.map((row) => row.time_s)).size);
  assert.deepEqual(rows.map(([, ...cells]) => cells[0]), bands.slice(0, rows.length).map((row) => row.copies));
  assert.match(head[1], /^time .* [(]copies[)]$/);
});

for (const kind of ["few", "run"]) {
  test(`a number at the time axis stands where its time is: ${kind}`, async () => {
    const { page } = await open(kind);
    const title = "Copies of every chunk over time";
    const [, ...times] = (await sheet(page, title))[0].map((head) => Number(head.match(/[\d.]+(?= [(]copies)/)?.[0]));
    const [cells, texts] = await chart(page, title).locator(".plot svg").evaluate((svg) => {
      const rows = [...svg.querySelectorAll("rect:not(.mark)")].filter((cell) => cell.getAttribute("shape-rendering") === "crispEdges");
      const top = Math.max(...rows.map((cell) => Number(cell.getAttribute("y"))));
      const bottom = rows.filter((cell) => Number(cell.getAttribute("y")) === top);
      const under = [...svg.querySelectorAll("text")].filter((text) => Number(text.getAttribute("y")) > top && /^[\d.,]+$/.test(text.textContent) && text.getAttribute("text-anchor") === "middle");
      return [bottom.map((cell) => Number(cell.getAttribute("x"))), under.map((text) => [Number(text.textContent), Number(text.getAttribute("x"))])];
    });
    assert.equal(cells.length, times.length);
    assert.ok(texts.length >= 3);
    const wide = cells[1] - cells[0];
    for (const [time, x] of texts) {
      const after = times.findIndex((each) => each >= time);
      const [from, to] = [cells[after - 1], cells[after]].map((left) => left + wide / 2);
      const at = times[after] === time ? to : from + ((time - times[after - 1]) / (times[after] - times[after - 1])) * (to - from);
      assert.ok(Math.abs(x - at) < 0.5, `${time} at ${x}, not ${at}`);
    }
  });
}
