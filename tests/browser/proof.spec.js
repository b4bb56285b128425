// Every possible run, tried on the page: what is proved, what is not, and the run that shows it.

import { expect, open, running, test } from "./app.js";

const finding = (page, property) => page.locator(`.findings li[data-property="${property}"]`);

test("says what can happen and opens the run that shows it", { tag: "@phone" }, async ({ page }) => {
  await open(page, "s/ack-lost");
  await expect(page.locator(".proof .progress[role=status]")).toHaveText(
    /^Search complete: \d of 8 violated by some run with up to 2 faults\.$/,
  );
  await expect(page.locator(".proof h2")).toContainText(/[\d,]+ states/);
  await expect(finding(page, "never-stuck")).toHaveClass(/proved/);
  const twice = finding(page, "applied-once");
  await expect(twice).toHaveClass(/broken/);
  await twice.getByRole("link", { name: /^Counterexample/ }).click();
  await expect(page.locator("h1")).toHaveText("Applied twice, with the settings of “Ack lost, producer retries”");
  await expect(page.locator(".summary")).toContainText("m1 is applied twice: ");
  // It opens where the second booking is made.
  await expect(page.locator(".say p")).toContainText("for the second time");
  await expect(page.locator(".chip.fault")).not.toHaveCount(0);
  const shown = await page.locator(".say p").innerText();
  await page.reload();
  await running(page);
  await expect(page.locator(".say p")).toHaveText(shown);
  await page.goBack();
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
});

test("what was seen on the real product stands beside the verdict", async ({ page }) => {
  await open(page, "s/kafka-acks-1");
  const lost = finding(page, "never-lost-silently");
  await lost.getByRole("link", { name: /^Lost silently: Seen on Apache Kafka 4\.\d+\.\d+, \d+ \w+ 2026$/ }).click();
  await expect(page).toHaveURL(/s\/kafka-acks-1\/\?.*path=/);
  await running(page);
  await expect(page.locator("h1")).toHaveText(/^Lost silently, with the settings of “/);
});

test("a configuration that holds is proved to hold", async ({ page }) => {
  await open(page, "s/inbox-sent-twice");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("Search complete");
  await expect(finding(page, "applied-once")).toHaveClass(/proved/);
  await expect(finding(page, "applied-once").getByRole("link")).toHaveCount(0);
});

test("the bounds can be changed in place", async ({ page }) => {
  await open(page, "s/ack-lost");
  const [messages, faults] = [0, 1].map((i) => page.locator(".proof .bounds select").nth(i));
  await faults.selectOption("0");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("up to 0 faults.");
  await expect(page.locator(".findings .broken")).toHaveCount(0);
  await messages.selectOption("2");
  await faults.selectOption("1");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("up to 1 fault.");
  await expect(page.locator(".findings .broken")).not.toHaveCount(0);
});

test("a search that takes long can be stopped, and then proves nothing", async ({ page }) => {
  await open(page, "lab?preset=kafka-not-idempotent&messages=4");
  await page.locator(".proof .bounds select").nth(1).selectOption("4");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.locator(".proof .progress[role=status]")).toContainText(/Stopped/);
});

test("a path that is none is said, and the scenario is shown", async ({ page }) => {
  await open(page, "s/ack-lost?path=1.2.3&step=4");
  await expect(page.locator(".note.warn")).toContainText("“1.2.3”, which is no path");
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
  // One that leads nowhere ends where it leaves the road.
  await page.goto(page.url().replace(/#.*/, "#/s/ack-lost?path=2.60000-9.9"));
  await expect(page.locator("output.count")).toHaveText(/\d+ \/ \d+/);
});

test("the kinds of faults can be chosen", async ({ page }) => {
  await open(page, "s/message-lost");
  await page.locator(".proof .bounds select").nth(1).selectOption("1");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("up to 1 fault.");
  await expect(finding(page, "applied-once")).toHaveClass(/broken/);
  const kinds = page.locator(".kinds");
  await expect(kinds.locator("summary")).toContainText("message loss, process crash");
  await kinds.locator("summary").click();
  await expect(kinds.getByRole("checkbox")).toHaveCount(18);
  for (const name of await kinds.getByRole("checkbox", { checked: true }).evaluateAll((all) => all.map((c) => c.parentElement.innerText.trim()))) {
    await kinds.getByRole("checkbox", { name, exact: true }).uncheck();
  }
  await expect(kinds.locator("summary")).toHaveText("no faults");
  await expect(page.locator(".findings .broken")).toHaveCount(0);
  await kinds.getByRole("checkbox", { name: "duplicate send" }).check();
  await expect(kinds.locator("summary")).toHaveText("duplicate send");
  await expect(finding(page, "applied-once")).toHaveClass(/broken/);
  await expect(finding(page, "never-lost")).toHaveClass(/proved/);
  await finding(page, "applied-once").getByRole("link", { name: /^Counterexample/ }).click();
  await expect(page.locator("h1")).toHaveText("Applied twice, with the settings of “Message lost before the broker”");
});

test("says what would prevent it; applied, it does", { tag: "@phone" }, async ({ page }) => {
  await open(page, "s/ack-lost");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("up to 2 faults.");
  await expect(finding(page, "applied-once")).toHaveClass(/broken/);
  await page.getByRole("button", { name: "Find fixes" }).click();
  const cure = page.locator(".cures").getByRole("link", { name: "transactional inbox" }).first();
  await cure.click();
  await expect(page).toHaveURL(/\/lab\/\?scenario=ack-lost&program=[a-z,-]*inbox/);
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries (modified)");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("up to 2 faults.");
  await expect(finding(page, "applied-once")).toHaveClass(/proved/);
  await expect(page.locator(".changes li")).toContainText(["inbox"]);
  await page.goBack();
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
  await expect(finding(page, "applied-once")).toHaveClass(/broken/);
});

test("what nothing prevents is said to be so", async ({ page }) => {
  await open(page, "s/ack-lost");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("up to 2 faults.");
  await page.getByRole("button", { name: "Find fixes" }).click();
  // With as many faults as it likes, no setting keeps a handler from running twice.
  await expect(page.locator(".cures dt", { hasText: "Processed twice" }).locator("+ dd")).toContainText(
    "No single setting, nor any pair of common changes, fixes this", { timeout: 20_000 },
  );
  await expect(page.locator(".cures .progress")).toHaveCount(0);
});

test("the bounds on screen are those that were searched, after a change too", async ({ page }) => {
  await open(page, "lab?preset=at-least-once");
  const messages = page.locator(".proof .bounds select").first();
  const own = await messages.inputValue();
  await messages.selectOption("1");
  await expect(messages).toHaveValue("1");
  await page.getByRole("button", { name: /^Earlier: broker.ack/ }).click();
  await expect(page).toHaveURL(/program=/);
  await expect(messages).toHaveValue(own);
});

test("a run that is shown is called by what it shows, and stands where the verdict says so", async ({ page }) => {
  await open(page, "s/ack-lost");
  await page.getByRole("link", { name: "Counterexample: Lost silently" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "Lost silently, with the settings of “Ack lost, producer retries”",
  );
  const [now, last] = (await page.locator("output.count").innerText()).split("/").map(Number);
  expect(now).toBe(last);
  await expect(page.locator(".fate .outcome")).toContainText("lost silently");
  // So is one that somebody broke.
  await open(page, "s/ack-lost?step=3");
  await page.getByRole("button", { name: "Break it here" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "The consumer crashes." }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Another run of “Ack lost, producer retries”");
  await expect(page.locator(".summary")).toHaveText("In this run the consumer crashes.");
});

test("fixes that were found are there again on Back", async ({ page }) => {
  await open(page, "s/ack-lost");
  await expect(page.locator(".proof").getByRole("status")).toContainText("up to 2 faults.");
  await page.getByRole("button", { name: "Find fixes" }).click();
  const fixes = page.getByRole("group", { name: "Fixes" });
  await expect(fixes.getByRole("progressbar")).toHaveCount(0, { timeout: 30_000 });
  await fixes.getByRole("link", { name: "transactional inbox" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ack lost, producer retries (modified)");
  await page.goBack();
  await expect(fixes.getByRole("link", { name: "transactional inbox" }).first()).toBeVisible();
  await expect(fixes.getByRole("progressbar")).toHaveCount(0);
});

test("a fix that leaves a loss says so, and carries no tick", async ({ page }) => {
  await open(page, "s/ack-lost");
  await expect(page.locator(".proof").getByRole("status")).toContainText("up to 2 faults.");
  await page.getByRole("button", { name: "Find fixes" }).click();
  const fixes = page.getByRole("group", { name: "Fixes" });
  await expect(fixes.getByRole("progressbar")).toHaveCount(0, { timeout: 30_000 });
  const forgets = fixes.locator("dd").filter({ hasText: "fire-and-forget" }).first();
  await expect(forgets).toContainText("messages can still be lost silently");
  const ok = await page.locator(".findings .proved").first().evaluate((tick) => getComputedStyle(tick.querySelector(".icon")).color);
  const colour = (fix) => fix.locator("a .icon").first().evaluate((icon) => getComputedStyle(icon).color);
  expect(await colour(forgets)).not.toBe(ok);
  const safe = fixes.locator("dd").filter({ hasNotText: "still be lost" }).filter({ has: page.getByRole("link") }).first();
  expect(await colour(safe)).toBe(ok);
});
