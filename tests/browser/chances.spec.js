// Break it here: what could happen at a step, and the runs that are made of it.

import { expect, open, running, test } from "./app.js";

const dialog = (page) => page.locator("dialog.chances");
const chance = (page, says) => dialog(page).getByRole("button", { name: says });
const runs = (page) => page.locator(".forks li");
const labels = (page) => runs(page).locator("button > span:first-child");
const sentence = (page) => page.locator(".say p");

/** A point of the diagram: on the line of a lifeline, in the middle of a step's frame. */
async function lifeline(page, number) {
  const line = await page.locator(".diagram.body .life").nth(number).boundingBox();
  const frame = await page.locator(".body .frame").boundingBox();
  return { x: line.x + line.width / 2, y: frame.y + frame.height / 2 };
}

test("a key breaks it at the step; the run goes on from there, and the old one is a click away", async ({ page }) => {
  await open(page, "s/message-lost");
  await expect(runs(page)).toHaveCount(0);
  await page.goto("#/s/ack-lost?step=8");
  await expect(page.locator("output.count")).toHaveText("8 / 22");
  await page.keyboard.press("b");
  await expect(dialog(page)).toContainText("After step 8");
  await expect(chance(page, "The consumer acknowledges m1 to the broker. (default)")).toBeVisible();
  await chance(page, "The consumer crashes.").click();
  await expect(dialog(page)).toBeHidden();
  await expect(sentence(page)).toHaveText(/Step 9\s+The consumer crashes\./);
  await expect(page.locator(".body .now")).toContainText(["crash"]);
  await expect(page.locator(".chip.fault")).toHaveCount(2);
  await expect(page).toHaveURL(/path=[^&]+&step=9$/);
  await expect(labels(page)).toHaveText(["original run", "the consumer crashes"]);
  await expect(runs(page).nth(1).getByRole("button")).toHaveAttribute("aria-current", "true");
  // A reload keeps the run and the step.
  await page.reload();
  await running(page);
  await expect(sentence(page)).toHaveText(/Step 9\s+The consumer crashes\./);
  await runs(page).nth(0).getByRole("button").click();
  await expect(page).toHaveURL(/\/s\/ack-lost\/\?step=9$/);
  await expect(sentence(page)).toContainText("The consumer acknowledges m1");
  await runs(page).nth(1).getByRole("button").click();
  await expect(sentence(page)).toContainText("The consumer crashes");
});

test("undo and redo, by key and by button; a run can be broken again", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  await page.getByRole("button", { name: "Break it here" }).click();
  await chance(page, "The consumer crashes.").click();
  await expect(runs(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Break it here" }).click();
  await chance(page, "The broker loses power.").click();
  await expect(labels(page)).toHaveText([
    "original run", "the consumer crashes", "the consumer crashes, then the broker loses power",
  ]);
  await expect(page.locator("output.count")).toContainText("10 /");
  await page.locator(".stage").focus();
  await page.keyboard.press("z");
  await expect(sentence(page)).toContainText("The consumer crashes");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page).toHaveURL(/\/s\/ack-lost\/\?step=8$/);
  await expect(runs(page)).toHaveCount(3);
  await page.keyboard.press("y");
  await expect(sentence(page)).toContainText("The consumer crashes");
  await page.getByRole("button", { name: "Redo" }).click();
  await expect(sentence(page)).toContainText("The broker loses power");
});

test("what comes by itself can be chosen too", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  await page.keyboard.press("b");
  await chance(page, "No ack of m1 within 5 s").click();
  await expect(sentence(page)).toContainText("No ack of m1 within 5 s");
  await expect(page.locator(".say.fault")).toHaveCount(0);
  await expect(labels(page)).toHaveText(["original run", "in another order"]);
});

test("a lifeline that is pointed at comes first, and a message on its way", async ({ page, isMobile }) => {
  test.skip(isMobile, "a finger is held down; the test has none to hold");
  await open(page, "s/ack-lost?step=8");
  const broker = await lifeline(page, 1);
  await page.mouse.click(broker.x, broker.y, { button: "right" });
  await expect(dialog(page).locator("h3").first()).toHaveText("At the broker");
  await expect(dialog(page).locator(".meant")).toContainText("The broker crashes.");
  await expect(dialog(page).locator(".meant")).not.toContainText("The consumer crashes.");
  await expect(dialog(page)).toContainText("The consumer crashes.");
  await page.keyboard.press("Escape");
  // The acknowledgement, a little before its ✕.
  const cross = await page.locator(".body .lost").boundingBox();
  await page.mouse.click(cross.x + cross.width + 14, cross.y + 2, { button: "right" });
  await expect(dialog(page).locator("h3").first()).toHaveText(
    "m1 on its way from the broker to the producer",
  );
  // After the step in which it left: then it can still arrive.
  await expect(dialog(page)).toContainText("After step 4");
  await expect(dialog(page).locator(".meant")).toContainText("is lost on its way to the producer");
  await dialog(page).locator(".meant").getByRole("button", { name: /^The ack of m1 reaches/ }).click();
  await expect(runs(page).last()).toHaveText(/^without: /);
  // By the key it is asked about everything again.
  await page.keyboard.press("b");
  await expect(dialog(page).locator(".meant")).toHaveCount(0);
});

test("a name above the diagram asks about whom it names", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  await page.locator(".diagram.head").getByText("Consumer").click();
  await expect(dialog(page).locator("h3").first()).toHaveText("At the consumer");
  await expect(dialog(page)).toContainText("After step 8");
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await expect(page.locator("output.count")).toHaveText("8 / 22");
});

test("the end of a run says that nothing more comes by itself", async ({ page }) => {
  await open(page, "s/ack-lost?step=22");
  await page.keyboard.press("b");
  await expect(dialog(page)).toContainText("The run has ended");
});

test("in the Lab the settings stay, and the fork is in the link", async ({ page }) => {
  await open(page, "lab?preset=kafka-default&acks=1&step=2");
  await page.keyboard.press("b");
  await chance(page, /^The broker fails permanently/).click();
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default&acks=1&path=[^&]+&step=3$/);
  await expect(page.locator(".changes li")).toHaveText(["acks=1"]);
  await expect(runs(page)).toHaveCount(2);
});

test("who looks at what could happen elsewhere and closes it is where they were", async ({ page, isMobile }) => {
  test.skip(isMobile, "a finger is held down; hints.spec.js has one");
  await open(page, "s/ack-lost?step=8");
  const broker = await page.locator(".diagram.body .life").nth(1).boundingBox();
  await page.mouse.click(broker.x + broker.width / 2, broker.y + 60, { button: "right" });
  await expect(dialog(page)).toContainText(/After step [123]\./);
  // Its text is there before it is shown, and only what is shown is closed.
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await expect(page.locator("output.count")).toHaveText("8 / 22");
  await expect(page).toHaveURL(/step=8$/);
});
