// To share and take away: what is copied and saved, and whether others can read it.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { axe, expect, ids, open, running, test } from "./app.js";

const MERMAID = fileURLToPath(new URL("node_modules/mermaid/dist/mermaid.min.js", import.meta.url));

const dialog = (page) => page.getByRole("dialog", { name: "Share and export" });

async function share(page, address) {
  await open(page, address);
  await page.getByRole("button", { name: "Share and export" }).click();
  await expect(dialog(page)).toBeVisible();
}

/** Presses a button that saves a file, and reads it. */
async function saved(page, name) {
  const download = page.waitForEvent("download");
  await dialog(page).getByRole("button", { name: `Save ${name}`, exact: true }).click();
  const file = await download;
  await expect(dialog(page).locator(".done")).toHaveText(`Saved as ${file.suggestedFilename()}.`);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test.beforeEach(async ({ context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
});

const copied = (page) => page.evaluate(() => navigator.clipboard.readText());

test("the link leads to exactly this", { tag: "@phone" }, async ({ page }) => {
  await share(page, "lab?preset=kafka-default&acks=1&step=4");
  await dialog(page).getByRole("button", { name: "Copy link" }).click();
  await expect(dialog(page).locator(".done")).toHaveText("The link is copied.");
  const link = await copied(page);
  expect(link).toBe(page.url());
  await page.goto("about:blank");
  await page.goto(link);
  await running(page);
  await expect(page.locator("output.count")).toHaveText(/4 \/ \d+/);
  await expect(page.locator("h1")).toHaveText("Kafka defaults (modified)");
});

test("the code for a page is what the embed takes", { tag: "@phone" }, async ({ page }) => {
  await share(page, "lab?preset=kafka-default&acks=1&fault=lose:ack@m1&step=4");
  const code = dialog(page).locator("pre");
  await expect(code).toContainText('preset="kafka-default" settings="acks=1" faults="lose:ack@m1" step="4"');
  await dialog(page).getByRole("button", { name: "Copy code" }).click();
  await expect(dialog(page).locator(".done")).toHaveText("The code is copied.");
  expect(await copied(page)).toBe(await code.innerText());
  expect(await copied(page)).toContain(new URL("../embed.js", page.url()).href);
});

test("the drawing is saved as SVG and as PNG at twice its size", async ({ page }) => {
  await share(page, "s/ack-lost?step=8");
  const svg = await saved(page, "SVG");
  expect(svg.name).toBe("ack-lost.svg");
  expect(svg.bytes.toString()).toMatch(/^<svg [^>]*width="980"/);
  const png = await saved(page, "PNG (2×)");
  expect(png.bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(png.bytes.readUInt32BE(16)).toBe(1960);
});

test("the text and the scenario are saved", async ({ page }) => {
  await share(page, "s/ack-lost");
  const text = await saved(page, "Plain text");
  expect(text.bytes.toString()).toContain("m1: duplicated");
  const json = await saved(page, "Scenario (JSON)");
  const scenario = JSON.parse(json.bytes.toString());
  expect(scenario).toMatchObject({ version: 1, id: "ack-lost", faults: ["lose:ack@m1#1"] });
  const uml = await saved(page, "PlantUML");
  expect(uml.bytes.toString()).toMatch(/^@startuml\n[\s\S]*p1 -->x p0 : ack m1[\s\S]*@enduml\n$/);
});

test("slides show a step each, go on by keys, and print a page for each", async ({ page, context }) => {
  await share(page, "s/ack-lost");
  const file = await saved(page, "Slides (HTML)");
  expect(file.name).toBe("ack-lost-slides.html");
  const other = await context.newPage();
  await other.setContent(file.bytes.toString());
  const slides = other.locator("section");
  await expect(slides).toHaveCount(23);
  await expect(slides.first()).toBeInViewport({ ratio: 0.9 });
  for (let step = 1; step <= 5; step += 1) await other.keyboard.press("ArrowRight");
  const fifth = slides.nth(5);
  await expect(fifth).toBeInViewport({ ratio: 0.9 });
  await expect(fifth).toContainText("The ack is lost.");
  await expect(fifth.getByText("ack m1 lost", { exact: true })).toBeInViewport();
  await other.keyboard.press("ArrowLeft");
  await expect(slides.nth(4)).toBeInViewport({ ratio: 0.9 });
  // The sentence has room beneath the diagram, on every slide.
  const over = await slides.evaluateAll((all) => all.filter((slide) => slide.scrollHeight > slide.clientHeight).length);
  expect(over).toBe(0);
  const pdf = (await other.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
  expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(23);
  await other.close();
});

test("Mermaid itself reads every scenario", async ({ page, browser }) => {
  test.setTimeout(120_000);
  await open(page, "");
  const all = await ids(page);
  const texts = await page.evaluate((all) => all.map((id) => globalThis.ackward.mermaidText(id)), all);
  // Not on our page: Mermaid needs what our policy forbids.
  const other = await browser.newPage();
  await other.addScriptTag({ path: MERMAID });
  const refused = await other.evaluate(async (texts) => {
    const refused = [];
    for (const text of texts) {
      const read = await globalThis.mermaid.parse(text).catch((error) => ({ error: String(error) }));
      if (read.diagramType !== "sequence") refused.push([text, read.error]);
    }
    return refused;
  }, texts);
  await other.close();
  expect(texts.length).toBeGreaterThan(100);
  expect(refused).toEqual([]);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing wrong with it, ${colorScheme}`, { tag: "@phone" }, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await share(page, "s/ack-lost");
    const { violations } = await axe(page).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
  });
}

test("a picture shows the whole run and says what it is of", async ({ page }) => {
  await share(page, "s/ack-lost?step=3");
  const svg = (await saved(page, "SVG")).bytes.toString();
  const [, name] = svg.match(/<title>(.*?)<\/title>/);
  const [, title] = svg.match(/<text [^>]*>(.*?)<\/text>/);
  expect([name, title]).toEqual(["Ack lost, producer retries", "Ack lost, producer retries"]);
  expect(svg).not.toMatch(/class="(future|veil|frame)"/);
});

test("what is copied is what would be saved", async ({ page }) => {
  await share(page, "s/ack-lost?step=8");
  const copy = (name) => dialog(page).getByRole("button", { name: `Copy ${name}`, exact: true }).click();
  const formats = { SVG: "The SVG", Mermaid: "The Mermaid source", PlantUML: "The PlantUML source", "Plain text": "The text", "Scenario (JSON)": "The scenario" };
  for (const [name, what] of Object.entries(formats)) {
    await copy(name);
    await expect(dialog(page).locator(".done")).toHaveText(`${what} is copied.`);
    const text = await copied(page);
    expect(text, name).toBe((await saved(page, name)).bytes.toString());
  }
  await copy("PNG (2×)");
  await expect(dialog(page).locator(".done")).toHaveText("The PNG is copied.");
  const png = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const bitmap = await createImageBitmap(await item.getType("image/png"));
    return bitmap.width;
  });
  expect(png).toBe(1960);
});

test("up to the current step, or the whole run", async ({ page }) => {
  await share(page, "s/ack-lost?step=8");
  const whole = (await saved(page, "Mermaid")).bytes.toString();
  await dialog(page).getByRole("radio", { name: "Up to step 8" }).check();
  const part = await saved(page, "Mermaid");
  expect(part.name).toBe("ack-lost-step-8.mmd");
  const lines = part.bytes.toString().trimEnd().split("\n");
  expect(lines.length).toBeLessThan(whole.split("\n").length);
  expect(lines.slice(0, 4)).toEqual(whole.split("\n").slice(0, 4));
  const text = (await saved(page, "Plain text")).bytes.toString();
  expect(text).toContain("\n  8 ");
  expect(text).not.toContain("\n  9 ");
  const svg = (await saved(page, "SVG")).bytes.toString();
  expect(svg).not.toContain("m1 ×2");
  // At its end a run has no part to choose.
  await page.keyboard.press("Escape");
  await page.keyboard.press("End");
  await page.getByRole("button", { name: "Share and export" }).click();
  await expect(dialog(page).getByRole("radio")).toHaveCount(0);
});

for (const [address, sees] of [
  ["compare?a=scenario:kafka-acks-1&b=scenario:kafka-acks-1;acks=all&fault=none&step=3", /compare\/\?a=scenario:kafka-acks-1&.*step=3$/],
  ["matrix?product=kafka", /matrix\/\?product=kafka$/],
  ["cost?work=20", /cost\/\?work=20$/],
  ["choose?lost=never", /choose\/\?lost=never$/],
  ["chaos?preset=kafka-default&seed=42", /chaos\/\?preset=kafka-default&.*seed=42/],
  ["scenarios?outcome=lost", /scenarios\/\?outcome=lost$/],
]) {
  test(`the link to ${address.split("?")[0]} leads to exactly this`, async ({ page }) => {
    await share(page, address);
    await dialog(page).getByRole("button", { name: "Copy link" }).click();
    await expect(dialog(page).locator(".done")).toHaveText("The link is copied.");
    expect(await copied(page)).toMatch(sees);
    expect((await axe(page).include("dialog[open]").analyze()).violations).toEqual([]);
  });
}

test("each side of a comparison can be taken", async ({ page }) => {
  await share(page, "compare?a=scenario:kafka-acks-1&b=scenario:ack-lost&fault=none");
  expect((await saved(page, "Scenario (JSON)")).name).toBe("kafka-acks-1.json");
  await dialog(page).getByRole("radio", { name: "Side B" }).check();
  expect((await saved(page, "Scenario (JSON)")).name).toBe("ack-lost.json");
});

test("the key opens nothing where there is nothing to share", async ({ page }) => {
  await open(page, "course");
  await page.keyboard.press("s");
  await expect(dialog(page)).toBeHidden();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: /^Help/ })).toBeVisible();
});

test("a run that asks for a prediction is embedded so", async ({ page }) => {
  await share(page, "s/ack-lost?predict=1");
  await expect(dialog(page).locator("pre")).toContainText('scenario="ack-lost" predict>');
});
