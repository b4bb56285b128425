// The picker of faults, in the Lab and in a comparison: what the configuration can suffer, and what
// each fault leads to.

import { axe, expect, open, test } from "./app.js";

const LAB = "lab?preset=kafka-default";
const SIDES = "compare?a=scenario:kafka-acks-1&b=scenario:kafka-acks-1;acks=all&fault=none";

const dialog = (page) => page.getByRole("dialog", { name: "Choose a fault" });
const field = (page) => dialog(page).getByRole("searchbox", { name: "Find a fault" });
const count = (page) => dialog(page).getByRole("status");

/** Opens the picker: on a phone the settings are folded. */
async function pick(page, address) {
  await open(page, address);
  const folded = page.locator("details.unfolded, .lab > details:not([open]) > summary, .fold-button[aria-expanded=false]");
  if (await folded.first().isVisible()) await folded.first().click();
  await page.getByRole("button", { name: "Choose a fault" }).click();
  await expect(dialog(page)).toBeVisible();
  await expect(count(page)).toHaveText(/^\d+ faults$/);
}

test("a fault that is chosen becomes a line of the script, and leads to what was said", async ({ page }) => {
  await pick(page, "lab?preset=rabbitmq-default");
  await expect(field(page)).toBeFocused();
  await page.keyboard.type("crash consumer processing", { delay: 5 });
  await expect(field(page)).toHaveValue("crash consumer processing");
  await expect(count(page)).toHaveText(/^\d+ of \d+ faults$/);
  const fault = dialog(page).getByRole("button", { name: "consumer crashes after processing of m1" });
  await expect(fault.locator(".pill")).toHaveText("applied 2×");
  await fault.click();
  await expect(dialog(page)).toBeHidden();
  await expect(page).toHaveURL(/fault=crash:consumer@m1\.after-/);
  await expect(page.locator(".script li code")).toHaveText(/^crash:consumer@m1\.after-/);
  await page.locator("h1").click();
  await page.keyboard.press("End");
  await expect(page.locator(".outcome .pill").first()).toHaveText("duplicated: applied 2×");
});

test("groups unfold by key and by finger, and axe finds nothing wrong", async ({ page }) => {
  await pick(page, LAB);
  const group = dialog(page).locator("details", { hasText: "Process crash" });
  await expect(group).not.toHaveAttribute("open");
  await group.locator("summary").focus();
  await page.keyboard.press("Enter");
  await expect(group.getByRole("button").first()).toBeVisible();
  expect((await axe(page).include("dialog[open]").analyze()).violations).toEqual([]);
  const over = await dialog(page).evaluate((dialog) => dialog.scrollWidth > dialog.clientWidth);
  expect(over).toBe(false);
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByRole("button", { name: "Choose a fault" })).toBeFocused();
});

test("a comparison says what each side comes to, and takes the fault for all", async ({ page }) => {
  await pick(page, SIDES);
  await field(page).pressSequentially("gone:broker@m1.acked");
  const fault = dialog(page).getByRole("listitem").filter({ hasText: "gone:broker@m1.acked" });
  await expect(fault.locator(".pill")).toHaveText(["A lost silently", "B once"]);
  expect((await axe(page).include("dialog[open]").analyze()).violations).toEqual([]);
  await fault.getByRole("button").click();
  await expect(page).toHaveURL(/fault=gone:broker@m1\.acked/);
  await expect(page.locator(".ends li .pill").first()).toHaveText(/^A .*lost/);
});

test("what does not exist is said", async ({ page }) => {
  await pick(page, LAB);
  await field(page).pressSequentially("meteorite");
  await expect(count(page)).toHaveText("No faults match.");
  await expect(dialog(page).getByRole("listitem")).toHaveCount(0);
});
