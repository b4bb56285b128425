// The overview of all scenarios: pictures, filters, and search as one types.

import { axe, expect, open, test } from "./app.js";

const cards = (page) => page.locator("main").getByRole("listitem").filter({ has: page.locator(".picture") });
const status = (page) => page.locator("main").getByRole("status");

test("every scenario has a picture, and all groups and outcomes are in sight", async ({ page, isMobile }) => {
  await open(page, "scenarios");
  await expect(page.locator("h1")).toHaveText("All scenarios");
  const all = Number((await status(page).innerText()).match(/\d+/)[0]);
  await expect(cards(page)).toHaveCount(all);
  await expect(page.locator(".picture svg")).toHaveCount(all);
  expect(await page.locator(".picture text").count()).toBe(0);
  if (!isMobile) {
    for (const link of await page.getByRole("navigation", { name: /^(Topics|Outcomes)$/ }).getByRole("link").all()) {
      await expect(link).toBeInViewport({ ratio: 1 });
    }
  }
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(sideways).toBe(false);
});

test("filters by topic and outcome, in the address", async ({ page }) => {
  await open(page, "scenarios");
  const topics = page.getByRole("navigation", { name: "Topics" });
  await topics.getByRole("link", { name: /^Kafka/ }).click();
  await expect(page).toHaveURL(/topic=kafka/);
  const outcomes = page.getByRole("navigation", { name: "Outcomes" });
  await outcomes.getByRole("link", { name: /^0 lost/ }).click();
  await expect(page).toHaveURL(/outcome=lost/);
  const many = Number(await outcomes.locator("[aria-current] small").innerText());
  await expect(cards(page)).toHaveCount(many);
  await expect(page.locator(".cards .badge")).toHaveText(Array(many).fill(/0$/));
  await page.goBack();
  await expect(outcomes.locator("[aria-current]")).toHaveText(/^All outcomes/);
  await open(page, "scenarios?topic=mqtt");
  await expect(page.getByRole("alert")).toContainText("topic=mqtt is ignored");
});

test("searches as one types, from the key on", async ({ page, isMobile }) => {
  test.skip(isMobile, "a finger has no keys");
  await open(page, "scenarios");
  await page.keyboard.press("/");
  const field = page.getByRole("searchbox", { name: "Find a scenario" });
  await expect(field).toBeFocused();
  await page.keyboard.type("visibility", { delay: 10 });
  await expect(field).toHaveValue("visibility");
  await expect(field).toBeFocused();
  await expect(status(page)).toHaveText(/^\d+ of \d+ scenarios$/);
  expect(await cards(page).count()).toBeLessThan(40);
  await cards(page).first().getByRole("link").click();
  await expect(page).toHaveURL(/sqs-/);
});

test("the catalogue leads to it", async ({ page }) => {
  await open(page, "s/ack-lost");
  if (await page.locator(".side").count() === 0) await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.locator("h1")).toHaveText("All scenarios");
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing wrong with it, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "scenarios?outcome=twice");
    await expect(page.locator(".picture svg").first()).toBeAttached();
    const { violations } = await axe(page).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
  });
}
