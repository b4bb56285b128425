// The diagram as a control: what is pointed at can be broken, by mouse, keyboard or finger, and each
// choice says what it leads to.

import { axe, expect, open, test } from "./app.js";

const dialog = (page) => page.getByRole("dialog", { name: "What happens next?" });
const diagram = (page) => page.getByRole("region", { name: "Sequence diagram" });

/** The middle of the first arrow of m1, and a place without an arrow beside it. */
async function places(page) {
  const label = await page.locator(".diagram.body text", { hasText: "send m1" }).first().boundingBox();
  const names = await page.locator(".diagram.head text.name").evaluateAll((all) =>
    all.map((one) => one.getBoundingClientRect()).map(({ left, width }) => left + width / 2),
  );
  return { arrow: { x: (names[0] + names[1]) / 2, y: label.y + label.height + 8 }, between: (names[1] + names[2]) / 2 };
}

/** Moves the mouse down from the label until the arrow is marked. */
async function onto(page) {
  const { arrow } = await places(page);
  for (let y = arrow.y - 8; y < arrow.y + 30; y += 2) {
    await page.mouse.move(arrow.x, y);
    if (await page.locator(".diagram .target").count()) return { x: arrow.x, y };
  }
  throw new Error("no arrow is marked");
}

test("an arrow that the mouse points at is marked, and a click opens the menu there", async ({ page, isMobile }) => {
  test.skip(isMobile, "a finger points at nothing");
  await open(page, "s/ack-lost?step=2");
  const at = await onto(page);
  await page.mouse.click(at.x, at.y);
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page).getByRole("heading", { level: 3 }).first()).toHaveText("m1 on its way from the producer to the broker");
  // Where the mouse is, and no more than five choices before all others.
  const box = await dialog(page).boundingBox();
  expect(Math.abs(box.x - at.x)).toBeLessThan(120);
  const first = dialog(page).locator(".meant").getByRole("listitem");
  expect(await first.count()).toBeLessThanOrEqual(5);
  // Each was run to its end.
  await expect(first.filter({ hasText: "lost" }).first().locator(".pill")).toHaveText(/^(once|applied 2×|lost silently|lost, with an error)$/);
  await expect(dialog(page).locator(".meant .pill", { hasText: "…" })).toHaveCount(0);
  expect((await axe(page).include("dialog").analyze()).violations).toEqual([]);
  await expect(page).toHaveURL(/step=2$/);
  await dialog(page).getByText("More").click();
  await expect(dialog(page).getByRole("heading", { name: "Inject a fault" })).toBeVisible();
});

test("what a choice is said to lead to is what its run comes to", async ({ page, isMobile }) => {
  test.skip(isMobile, "the same program");
  test.slow();
  await open(page, "s/crash-before-work?step=6");
  await page.keyboard.press("b");
  const items = dialog(page).getByRole("listitem");
  await expect(items.last().locator(".pill")).toHaveText(/\w/);
  const count = await items.count();
  expect(count).toBeGreaterThan(5);
  const seen = new Set();
  for (let at = 0; at < count; at += 3) {
    const item = items.nth(at);
    const ending = await item.locator(".pill").innerText();
    seen.add(ending);
    await item.getByRole("button").click();
    await expect(page).toHaveURL(/path=/);
    const current = page.getByRole("navigation", { name: "Runs of this configuration" }).locator("[aria-current]");
    await expect(current).not.toContainText("original run");
    await expect(current.locator(".pill")).toHaveText(ending);
    await page.goBack();
    await expect(current).toContainText("original run");
    await page.keyboard.press("b");
  }
  expect(seen.size).toBeGreaterThan(1);
});

test("a click beside arrows and lifelines goes to the step", async ({ page, isMobile }) => {
  test.skip(isMobile, "a finger has a test of its own");
  await open(page, "s/ack-lost?step=2");
  const { between } = await places(page);
  const stage = await diagram(page).boundingBox();
  await page.mouse.move(between, stage.y + stage.height - 40);
  await expect(page.locator(".diagram .target")).toHaveCount(0);
  await page.mouse.click(between, stage.y + stage.height - 40);
  await expect(page.locator("output.count")).not.toHaveText(/^2 /);
  await expect(dialog(page)).toBeHidden();
});

test("a finger steps, also on a lifeline", async ({ page, isMobile }) => {
  test.skip(!isMobile, "a mouse points");
  await open(page, "s/ack-lost?step=2");
  const { arrow } = await places(page);
  await page.touchscreen.tap(arrow.x, arrow.y + 60);
  await expect(page.locator("output.count")).not.toHaveText(/^2 /);
  await expect(dialog(page)).toBeHidden();
});

test("by keyboard: up and down walk through what can be broken, Enter opens the menu", async ({ page, isMobile }) => {
  test.skip(isMobile, "a keyboard stands on a desk");
  await open(page, "s/ack-lost?step=1");
  await diagram(page).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("status").filter({ hasText: "Enter breaks it." })).toHaveText("m1 from Producer to Broker. Enter breaks it.");
  await expect(page.locator(".diagram .target")).toHaveCount(1);
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("status").filter({ hasText: "Enter breaks it." })).toHaveText("Producer. Enter breaks it.");
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByRole("heading", { level: 3 }).first()).toHaveText("At the producer");
  await page.keyboard.press("Escape");
  await expect(diagram(page)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Shift+F10");
  await expect(dialog(page).getByRole("heading", { level: 3 }).first()).toHaveText("m1 on its way from the producer to the broker");
  await page.keyboard.press("Escape");
  // Another step, by the same keys.
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("output.count")).toHaveText(/^2 /);
  await expect(page.locator(".diagram .target")).toHaveCount(0);
});

test("pointing at a choice shows where it leads, and moves nothing", async ({ page, isMobile }) => {
  test.skip(isMobile, "a finger points at nothing");
  await open(page, "s/ack-lost?step=8");
  await page.keyboard.press("b");
  const preview = dialog(page).locator(".preview");
  await expect(preview).toHaveText("Point at an event to see where it leads.");
  const before = await dialog(page).boundingBox();
  const once = dialog(page).getByRole("button", { name: /^The producer crashes\./ });
  await once.hover();
  await expect(preview.locator("li.pill")).toHaveText("m1: delivered once");
  await expect(preview.locator("svg.mini")).toBeVisible();
  // The keyboard points as well.
  await dialog(page).getByRole("button", { name: /^The consumer acknowledges m1/ }).focus();
  await expect(preview.locator("li.pill")).toHaveText("m1: duplicated: applied 2×");
  expect(await dialog(page).boundingBox()).toEqual(before);
  expect((await axe(page).include("dialog[open]").analyze()).violations).toEqual([]);
});
