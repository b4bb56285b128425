// What the page offers beyond the run: the cure, the sources, the test's result, the remarks.

import { expect, open, test } from "./app.js";

const end = async (page, id) => {
  await open(page, `s/${id}`);
  await page.keyboard.press("End");
  await expect(page.locator(".ending")).toBeVisible();
};

test("the cure can be reached at once, and from it what it cures", async ({ page }) => {
  await open(page, "s/kafka-acks-1");
  await page.getByRole("link", { name: /Fix: acks=all/ }).click();
  await expect(page.locator("h1")).toHaveText("acks=all: acked message survives leader loss");
  await page.keyboard.press("End");
  await page.getByRole("link", { name: "Without this fix: acks=1: leader loss drops an acked message" }).click();
  await expect(page.locator("h1")).toHaveText("acks=1: leader loss drops an acked message");
});

test("the cure stands first at the end, with what to remember", { tag: "@phone" }, async ({ page }) => {
  await end(page, "kafka-acks-1");
  await expect(page.locator(".takeaway")).toContainText("acks=1 means");
  const first = page.locator(".onward > *").first();
  await expect(first).toHaveText("Fix: acks=all");
  await first.click();
  await expect(page.locator("h1")).toHaveText("acks=all: acked message survives leader loss");
});

test("the sources of a product's facts are named", async ({ page }) => {
  await open(page, "s/kafka-acks-1");
  await expect(page.locator(".sources li").first()).toContainText("Kafka ProducerConfig.java, acks");
  await open(page, "s/ack-lost");
  await expect(page.locator(".sources")).toHaveCount(0);
});

test("a test says what it asks, and what was found", async ({ page }) => {
  await open(page, "s/test-no-loss-fails");
  await expect(page.locator("h1 .tested")).toHaveText("failed");
  await page.keyboard.press("End");
  await expect(page.locator(".result")).toContainText("Test failed");
  await expect(page.locator(".result dd")).toHaveText(["No message is lost.", "m3 had no effect."]);
  await page.getByRole("region", { name: "Takeaway" }).getByRole("link", { name: /^Fix/ }).click();
  await expect(page.locator("h1 .tested")).toHaveText("passed");
});

test("what concerns the whole run is said: order, standstill, no end", async ({ page }) => {
  for (const [id, text] of [
    ["kafka-reorder", "Out of order"],
    ["kafka-hung-transaction", "Blocked"],
    ["rabbitmq-poison", "Infinite loop"],
    ["dual-write-reversed", "Phantom message"],
  ]) {
    await end(page, id);
    await expect(page.locator(".verdict .remarks li").filter({ hasText: text })).toBeVisible();
    await expect(page.locator(".ending .pill").filter({ hasText: text })).toBeVisible();
  }
});

test("mails are counted where mails go out", async ({ page }) => {
  await end(page, "inbox-mail");
  await expect(page.locator(".counts dt")).toHaveText(["stored", "processed", "applied", "emailed"]);
  await expect(page.locator(".counts dd").last()).toHaveText("2×");
  await end(page, "inbox-crash-before-commit");
  await expect(page.locator(".counts dt")).toHaveCount(3);
});

test("a log shows its offsets and marks, and what is new in it", { tag: "@phone" }, async ({ page }) => {
  await open(page, "s/kafka-acks-all?step=4");
  const leader = page.locator(".state tr").filter({ has: page.getByText("Leader", { exact: true }) });
  await expect(leader.locator(".log .mark").first()).toHaveText("0");
  await expect(leader.locator(".log .what").first()).toContainText("m1");
  await expect(leader.locator(".tag").filter({ hasText: "HW" })).toBeVisible();
});

test("a queue shows what is ready and what is unacked; SQS shows who has it, and the handle", { tag: "@phone" }, async ({ page }) => {
  await end(page, "rabbitmq-confirms");
  const tags = page.locator(".state .tag");
  await page.keyboard.press("Home");
  const seen = new Set();
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press("ArrowRight");
    for (const text of await tags.allInnerTexts()) seen.add(text);
  }
  for (const text of ["ready", "unacked: consumer"]) expect([...seen]).toContain(text);
  await open(page, "s/sqs-visibility-expires?step=8");
  await expect(tags.filter({ hasText: "receipt handle" })).toHaveCount(1);
});
