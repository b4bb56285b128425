// A prediction before the run: the question, what stays hidden until the answer, and the result.

import { axe, expect, open, running, test } from "./app.js";

const panel = (page) => page.getByRole("region", { name: "Prediction" });
const charged = (page) => page.getByRole("group", { name: "How often will the customer be charged?" });
const result = (page) => panel(page).getByRole("status");
const guess = (page, name) => panel(page).getByRole("button", { name, exact: true });

/** Sums up what moves from now on, also right after an input. */
async function watch(page) {
  await page.evaluate(() => {
    globalThis.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.shift += entry.value;
    }).observe({ type: "layout-shift" });
  });
}

/** What is drawn of the run, as far as it can be seen. */
const drawn = (page) =>
  page.locator(".diagram.body .slices text").evaluateAll((all) =>
    all.filter((text) => text.checkVisibility({ visibilityProperty: true })).map((text) => text.textContent));

test("the switch hides the outcome, an answer shows it, and says whether it was right", async ({ page, isMobile }) => {
  await open(page, "s/ack-lost");
  await expect(panel(page)).toHaveCount(0);
  await page.getByRole("switch", { name: "Predict" }).click();
  await expect(page).toHaveURL(/predict=1/);
  await expect(charged(page)).toBeVisible();
  const shows = async () => [
    await page.getByRole("list", { name: "Verdict" }).getByText("duplicated").first().isVisible().catch(() => false),
    await page.locator(".verdict .fate").isVisible(),
    await page.locator(".findings").isVisible(),
    (await drawn(page)).includes("ack m1 lost"),
  ];
  expect(await shows()).toEqual([false, false, false, false]);
  if (!isMobile) await expect(page.locator(".catalogue .here .badge")).toBeHidden();
  await expect(result(page)).toBeEmpty();
  await watch(page);
  await guess(page, "2 or more").click();
  await expect(result(page)).toContainText("Right. The customer was charged twice in this run. A retry after a lost ack creates a duplicate.");
  expect(await shows()).toEqual([!isMobile, true, true, true]);
  if (!isMobile) await expect(page.locator(".catalogue .here .badge")).toContainText("2×");
  await expect(guess(page, "2 or more")).toHaveAttribute("aria-pressed", "true");
  // The first answer counts.
  await guess(page, "0").click({ force: true });
  await expect(result(page)).toContainText("Right.");
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => globalThis.shift)).toBeLessThanOrEqual(0.02);
});

test("a link asks; a wrong guess is told the count", async ({ page }) => {
  await open(page, "s/message-lost?predict=1");
  await guess(page, "1").click();
  await expect(result(page)).toContainText("Not this time: you said 1. The customer was not charged in this run.");
});

test("depends is right where the run leaves it open", async ({ page }) => {
  await open(page, "s/kafka-error-yet-stored?predict=1");
  await guess(page, "Depends").click();
  await expect(result(page)).toContainText("Right: it depends.");
  await open(page, "s/inbox-mail?predict=1");
  await expect(page.getByRole("group", { name: "How often will the email be sent?" })).toBeVisible();
  await guess(page, "Depends").click();
  await expect(result(page)).toContainText("nothing is left open here. The email was sent twice");
});

test("keys answer, and the focus stays on the button that was pressed", async ({ page, isMobile }) => {
  test.skip(isMobile, "a keyboard stands on a desk");
  for (const [key, says] of [["0", "you said 0"], ["1", "you said 1"], ["2", "Right."], ["d", "nothing is left open"]]) {
    await open(page, "s/ack-lost?predict=1");
    await page.keyboard.press(key);
    await expect(result(page)).toContainText(says);
    await page.goto("about:blank");
  }
  await open(page, "s/ack-lost?predict=1");
  await guess(page, "2 or more").focus();
  await page.keyboard.press("Space");
  await expect(result(page)).toContainText("Right.");
  await expect(guess(page, "2 or more")).toBeFocused();
  // In a field they are letters.
  await open(page, "s/message-lost?predict=1");
  await page.keyboard.press("/");
  await page.keyboard.type("d1");
  await expect(page.getByRole("searchbox")).toHaveValue("d1");
  await expect(result(page)).toBeEmpty();
});

test("stepping reveals as it goes, and the end is an answer, too", async ({ page }) => {
  await open(page, "s/ack-lost?predict=1");
  await watch(page);
  expect(await drawn(page)).not.toContain("send m1");
  for (const _ of [1, 2, 3]) await page.getByRole("button", { name: "One step forward" }).click();
  const some = (await drawn(page)).length;
  expect(some).toBeGreaterThan(1);
  expect(await drawn(page)).not.toContain("ack m1 lost");
  await expect(result(page)).toBeEmpty();
  await page.getByRole("button", { name: "Last step" }).click();
  await expect(result(page)).toContainText("The customer was charged twice in this run.");
  expect((await drawn(page)).length).toBeGreaterThan(some);
});

test("the switch is remembered, and can be turned off", async ({ page }) => {
  await open(page, "s/ack-lost");
  const turn = page.getByRole("switch", { name: "Predict" });
  await turn.click();
  await expect(turn).toBeChecked();
  await open(page, "s/message-lost");
  await page.reload();
  await running(page);
  await expect(turn).toBeChecked();
  await expect(charged(page)).toBeVisible();
  await turn.click();
  await expect(panel(page)).toHaveCount(0);
  await page.reload();
  await running(page);
  await expect(turn).not.toBeChecked();
});

test("without storage it works for as long as the page is open", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
  });
  await open(page, "s/ack-lost");
  await page.getByRole("switch", { name: "Predict" }).click();
  await page.evaluate(() => { location.hash = "#/s/message-lost"; });
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Message lost");
  await guess(page, "0").click();
  await expect(result(page)).toContainText("Right. The customer was not charged");
});

test("an embed asks, if its host wants it to", async ({ page }) => {
  await page.setViewportSize({ width: 720, height: 560 });
  await page.goto("embed.html?scenario=ack-lost&predict=1");
  await expect(charged(page)).toBeVisible();
  await expect(page.locator(".embed > .pills")).toHaveText("Outcome: shown after your answer");
  expect(await drawn(page)).not.toContain("ack m1 lost");
  await guess(page, "1").click();
  await expect(result(page)).toContainText("you said 1. The customer was charged twice");
  await expect(page.getByRole("list", { name: "Verdict" }).last()).toBeVisible();
  expect(await drawn(page)).toContain("ack m1 lost");
  await page.route("**/host.html", (route) => route.fulfill({
    contentType: "text/html",
    body: `<!doctype html><title>Host</title><script type="module" src="embed.js"></script>
      <ackward-diagram scenario="message-lost" predict></ackward-diagram>`,
  }));
  await page.goto("host.html");
  const inside = page.locator("ackward-diagram iframe").contentFrame();
  await expect(inside.getByRole("region", { name: "Prediction" })).toBeVisible();
});

test("a finger hits the answers, and axe finds nothing, before and after", async ({ page, isMobile }) => {
  await open(page, "s/ack-lost?predict=1");
  for (const name of ["0", "1", "2 or more", "Depends"]) {
    const box = await guess(page, name).boundingBox();
    if (isMobile) expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(40);
  }
  expect((await axe(page).analyze()).violations.map((v) => v.id)).toEqual([]);
  await (isMobile ? guess(page, "1").tap() : guess(page, "1").click());
  await expect(result(page)).toContainText("you said 1");
  expect((await axe(page).analyze()).violations.map((v) => v.id)).toEqual([]);
});

test("in the Lab, for whoever builds a failure to ask about", async ({ page }) => {
  await open(page, "lab?preset=rabbitmq-default&fault=crash:consumer@m1.after-work");
  await page.getByRole("switch", { name: "Predict" }).click();
  await expect(page).toHaveURL(/predict=1/);
  await expect(panel(page).getByRole("group", { name: /^How often will the customer be charged/ })).toBeVisible();
  await expect(page.locator(".findings")).toBeHidden();
  const { violations } = await axe(page).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
  await guess(page, "2 or more").click();
  await expect(result(page)).toContainText(/twice|2 times|2×/);
  // Scenarios do not ask by themselves because of it.
  await open(page, "s/ack-lost");
  await expect(page.getByRole("switch", { name: "Predict" })).toHaveAttribute("aria-checked", "false");
});
