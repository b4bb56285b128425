// The programs of the page: the small one is there first, another runs what an embed sets, the whole
// one takes over when somebody asks for more, and what cannot be loaded is said.

import { expect, open, test } from "./app.js";
import { plain } from "./server.mjs";

/** The files of the site that were asked for. */
function asked(page) {
  const all = [];
  page.on("request", (request) => all.push(plain(new URL(request.url()).pathname.split("/ackward/")[1])));
  return all;
}

const WHOLE = /^(whole\.js|ackward-whole.*)$/;

test("stepping, searching and going on need nothing of the whole program", async ({ page }) => {
  const all = asked(page);
  await open(page);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("End");
  await page.locator(".ending .next").click();
  await expect(page.locator("h1")).toHaveText(/Fire and forget: lost ack has no effect/);
  await page.keyboard.press("?");
  await expect(page.locator("dialog.help")).toBeVisible();
  expect(all.filter((name) => WHOLE.test(name))).toEqual([]);
  expect(all.filter((name) => name.startsWith("catalogue/"))).toEqual([
    "catalogue/list.txt", "catalogue/scenarios/ack-lost.txt", "catalogue/scenarios/ack-unheard.txt",
  ]);
});

test("an address of the Lab loads the whole program and not the small one", async ({ page }) => {
  const all = asked(page);
  await open(page, "lab?preset=kafka-default");
  await expect(page.locator("h1")).toHaveText("Kafka defaults");
  expect(all.filter((name) => /\.wasm$/.test(name))).toEqual(["ackward-whole_bg.wasm"]);
  expect(all.filter((name) => name.startsWith("catalogue/"))).toEqual([]);
});

test("so does a scenario with other settings", async ({ page }) => {
  const all = asked(page);
  await open(page, "s/ack-lost?messages=2");
  await expect(page.locator(".fate")).toHaveCount(2);
  expect(all.filter((name) => /\.wasm$/.test(name))).toEqual(["ackward-whole_bg.wasm"]);
});

test("an embed loads the program that it needs", async ({ page }) => {
  const all = asked(page);
  const loaded = async (query, title) => {
    all.length = 0;
    await page.goto(`embed.html?${query}`);
    await expect(page.locator("h1")).toHaveText(title);
    await expect(page.locator(".diagram.body text").first()).toBeVisible();
    const parts = all.map((name) => name.match(/^ackward-([a-z]+).*\.wasm$|^(catalogue\/.*)\.txt$/));
    return parts.flatMap((part) => part?.[1] ?? part?.[2] ?? []).sort();
  };
  expect(await loaded("scenario=ack-lost", "Ack lost, producer retries")).toEqual(["catalogue/scenarios/ack-lost", "web"]);
  expect(await loaded("preset=sqs-fifo", "SQS FIFO, explicit deduplication IDs")).toEqual(["catalogue/presets/sqs-fifo", "web"]);
  expect(await loaded("preset=kafka-default&settings=acks%3D1", "Kafka defaults (modified)")).toEqual([
    "catalogue/lines/presets/kafka-default", "runs",
  ]);
  expect(await loaded("scenario=ack-lost&messages=2", "Ack lost, producer retries")).toEqual([
    "catalogue/lines/scenarios/ack-lost", "runs",
  ]);
});

/** Waits until nothing scrolls any more: what a step does may come a little after it. */
async function still(stage) {
  await stage.evaluate(async (stage) => {
    const place = () => `${stage.scrollTop} ${document.scrollingElement.scrollTop}`;
    for (let frames = 0, last; frames < 10; frames += 1) {
      await new Promise(requestAnimationFrame);
      if (place() !== last) frames = 0;
      last = place();
    }
  });
}

test("the whole program takes over where the small one stands", async ({ page, isMobile }) => {
  await open(page, "s/kafka-transaction-restart?step=3");
  await page.getByRole("button", { name: "Dark theme" }).click();
  await page.locator(".pace").selectOption("2×");
  const stage = page.locator(".stage");
  for (let step = 4; step <= 12; step += 1) await page.keyboard.press("ArrowRight");
  await expect(page.locator("output.count")).toHaveText(/^12 /);
  await still(stage);
  const before = {
    count: await page.locator("output.count").innerText(),
    top: await stage.evaluate((stage) => stage.scrollTop),
    page: await page.evaluate(() => document.scrollingElement.scrollTop),
  };
  await page.locator("button.forward").focus();
  await page.evaluate(() => globalThis.ackward.whole());
  await expect(page.locator(".findings")).toBeAttached();
  await expect(page.locator("output.count")).toHaveText(before.count);
  await expect(page).toHaveURL(/step=12$/);
  await expect(page.locator(".pace")).toHaveValue("2×");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("button.forward")).toBeFocused();
  await expect.poll(() => stage.evaluate((stage) => stage.scrollTop)).toBe(before.top);
  if (isMobile) expect(await page.evaluate(() => document.scrollingElement.scrollTop)).toBe(before.page);
  // It listens, and the small one does so no more: a key is one step.
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("output.count")).toHaveText(/^13 /);
});

test("who steps on while the whole program comes still arrives where they went", async ({ page }) => {
  let release;
  const late = new Promise((done) => (release = done));
  await page.route(/ackward-whole_bg\.wasm/, async (route) => {
    await late;
    await route.continue();
  });
  await open(page, "s/crash-after-work");
  await page.locator(".chips").getByRole("link", { name: "Compare side by side" }).click();
  await expect(page.locator(".loading")).toHaveText("Loading…");
  await page.keyboard.press("End");
  await expect(page.locator("output.count")).toHaveText("16 / 16");
  // Longer than the address bar waits for the last of several steps.
  await page.waitForTimeout(1000);
  await expect(page).toHaveURL(/#\/compare\?/);
  release();
  await expect(page.locator("h1")).toHaveText("Compare side by side");
  await expect(page).toHaveURL(/#\/compare\?a=scenario:crash-after-work&/);
});

test("what asked for the whole program is done by it", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  await page.keyboard.press("s");
  await expect(page.locator("dialog[open] h2")).toHaveText("Share and export");
  await expect(page).toHaveURL(/step=8$/);
});

test("a lifeline that was clicked is what the whole program is asked about", async ({ page, isMobile }) => {
  test.skip(isMobile, "the same message");
  await open(page, "s/ack-lost?step=8");
  await page.locator(".diagram.head").getByText("Consumer").click();
  await expect(page.locator("dialog.chances h3").first()).toHaveText("At the consumer");
  await expect(page).toHaveURL(/step=8$/);
});

test.describe("without a connection", () => {
  test.use({ expected: /ERR_FAILED|Failed to fetch|error loading dynamically/i });

  test("it is said that the whole program could not be loaded, and tried again", async ({ page }) => {
    await open(page, "s/ack-lost?step=8");
    await page.route("**/ackward-whole*", (route) => route.abort());
    await page.getByRole("button", { name: "Break it here" }).click();
    await expect(page.locator(".loading")).toContainText("failed to load");
    await page.keyboard.press("ArrowRight");
    await expect(page.locator("output.count")).toHaveText(/^9 /);
    await page.unroute("**/ackward-whole*");
    await page.locator(".loading").getByRole("button", { name: "Try again" }).click();
    await expect(page.locator("dialog.chances")).toBeVisible();
    await expect(page.locator("output.count")).toHaveText(/^9 /);
  });

  test("so it is of a scenario", async ({ page }) => {
    await open(page, "s/ack-lost?step=8");
    await page.route("**/catalogue/**", (route) => route.abort());
    await page.goto("#/s/dead-letter?step=2");
    await expect(page.locator(".loading")).toContainText("failed to load");
    await page.unroute("**/catalogue/**");
    await page.locator(".loading").getByRole("button", { name: "Try again" }).click();
    await expect(page.locator("h1")).toHaveText("Poison message goes to the DLQ");
    await expect(page.locator("output.count")).toHaveText(/^2 /);
    await expect(page.locator(".loading p")).toHaveCount(0);
  });

  test("and of the list", async ({ page, isMobile }) => {
    await page.route("**/catalogue/**", (route) => route.abort());
    await page.goto("");
    await expect(page.locator(".loading")).toContainText("failed to load");
    await page.unroute("**/catalogue/**");
    await page.locator(".loading").getByRole("button", { name: "Try again" }).click();
    await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
    if (isMobile) await page.getByRole("button", { name: "Menu" }).click();
    await expect(page.locator(".catalogue a[data-id]").first()).toBeAttached();
    await expect(page.locator(".loading p")).toHaveCount(0);
  });
});
