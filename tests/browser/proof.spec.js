// Every possible run, tried on the page: what is proved, what is not, and the run that shows it.

import { expect, open, test } from "./app.js";

const finding = (page, property) => page.locator(`.findings li[data-property="${property}"]`);

test("says what can happen and opens the run that shows it", async ({ page }) => {
  await open(page, "s/ack-lost");
  await expect(page.locator(".proof .progress")).toContainText("every run with up to 2 faults was tried");
  await expect(page.locator(".proof h2")).toContainText(/[\d,]+ states/);
  await expect(finding(page, "never-stuck")).toHaveClass(/proved/);
  const twice = finding(page, "applied-once");
  await expect(twice).toHaveClass(/broken/);
  await twice.getByRole("link").click();
  await expect(page.locator("h1")).toHaveText("Applied twice: Ack lost, producer retries");
  await expect(page.locator(".summary")).toContainText("m1 is applied twice: ");
  // It opens where the second booking is made.
  await expect(page.locator(".say p")).toContainText("for the second time");
  await expect(page.locator(".chip.fault")).not.toHaveCount(0);
  const shown = await page.locator(".say p").innerText();
  await page.reload();
  await expect(page.locator(".say p")).toHaveText(shown);
  await page.goBack();
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
});

test("a configuration that holds is proved to hold", async ({ page }) => {
  await open(page, "s/inbox-sent-twice");
  await expect(page.locator(".proof .progress")).toContainText("was tried");
  await expect(finding(page, "applied-once")).toHaveClass(/proved/);
  await expect(finding(page, "applied-once").getByRole("link")).toHaveCount(0);
});

test("the bounds can be changed in place", async ({ page }) => {
  await open(page, "s/ack-lost");
  const [messages, faults] = [0, 1].map((i) => page.locator(".proof .bounds select").nth(i));
  await faults.selectOption("0");
  await expect(page.locator(".proof .progress")).toContainText("up to 0 faults was tried");
  await expect(page.locator(".findings .broken")).toHaveCount(0);
  await messages.selectOption("2");
  await faults.selectOption("1");
  await expect(page.locator(".proof .progress")).toContainText("up to 1 fault was tried");
  await expect(page.locator(".findings .broken")).not.toHaveCount(0);
});

test("a search that takes long can be stopped, and then proves nothing", async ({ page }) => {
  await open(page, "s/kafka-acks-all");
  await page.locator(".proof .bounds select").nth(1).selectOption("4");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.locator(".proof .progress")).toContainText(/Stopped/);
});

test("a path that is none is said, and the scenario is shown", async ({ page }) => {
  await open(page, "s/ack-lost?path=1.2.3&step=4");
  await expect(page.locator(".note.warn")).toContainText("“1.2.3”, which is no path");
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
  // One that leads nowhere ends where it leaves the road.
  await page.goto(page.url().replace(/#.*/, "#/s/ack-lost?path=2.60000-9.9"));
  await expect(page.locator("output.count")).toHaveText(/\d+ \/ \d+/);
});
