// Makes docs/report.png and docs/images/replay.png from a committed scenario: `node screenshot.mjs` here, after `cargo build`.
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../", import.meta.url));
const result = join(mkdtempSync(join(tmpdir(), "swarmsim-report-")), "r");
const scenario = join(root, "scenarios/bandwidth_classes.toml");
execFileSync(process.env.SWARMSIM ?? join(root, "target/debug/swarmsim"), ["run", scenario, "--quiet", "--report", "--record-replay", "--out", result]);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1100, height: 860 } });
await page.goto(`file://${result}/report.html`);
await page.waitForSelector(".plot svg");
await page.screenshot({ path: join(root, "docs/report.png") });
const film = await browser.newPage({ viewport: { width: 920, height: 800 } });
await film.goto(`file://${result}/report.html`);
await film.getByRole("slider", { name: "Time" }).evaluate((input) => {
  input.value = "700";
  input.dispatchEvent(new Event("input"));
});
await film.locator("#replay canvas.swarm").scrollIntoViewIfNeeded();
await film.locator("#replay canvas.swarm").focus();
for (let peer = 0; peer <= 32; peer++) await film.keyboard.press("ArrowRight");
await film.keyboard.press("Enter");
await film.locator("#replay canvas.swarm").blur();
await film.waitForTimeout(500);
// The window is high enough for all of it: a picture ends where its last sentence does.
await film.locator("#replay .stage").screenshot({ path: join(root, "docs/images/replay.png") });
const variants = process.argv.slice(2); // a directory for pictures to look at: phone and dark
if (variants.length) {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: join(variants[0], "dark.png"), fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(variants[0], "phone.png"), fullPage: true });
  await page.emulateMedia({ colorScheme: "light" });
  await page.pdf({ path: join(variants[0], "print.pdf"), format: "A4" });
}
await browser.close();
