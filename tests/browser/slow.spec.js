// On a slow machine drawing takes so long that the page is told more in between: what a drawing
// leads to must not wait for the end of all work, and what comes late must still come right.

import { expect, open, test } from "./app.js";

test.use({ slow: 6 });

test.describe("where drawing takes longer than an answer", () => {
  // Not the whole machine: the workers keep their pace.
  test.use({ slow: 1 });

  test("a dialog opens while everything is measured", async ({ page }) => {
    await open(page, "cost");
    const measured = page.locator(".reading .filters [role=status]");
    await expect(measured).toContainText(/of 47 measured/);
    await measured.evaluate((status) => {
      const { insertBefore } = Node.prototype;
      Node.prototype.insertBefore = function (...nodes) {
        const until = performance.now() + (this.closest?.("main") ? 20 : 0);
        while (performance.now() < until);
        return insertBefore.apply(this, nodes);
      };
      // How far it had got when the dialog opened: by the time that a test looks, it may be done.
      const opened = new MutationObserver(() => {
        if (document.querySelector("dialog[open]")) globalThis.measured ??= status.innerText;
      });
      opened.observe(document.body, { subtree: true, attributeFilter: ["open"] });
    });
    await page.keyboard.press("?");
    await expect(page.locator("dialog[open]")).toBeVisible();
    expect(await page.evaluate(() => globalThis.measured)).toMatch(/of 47 measured/);
  });
});

test("a drawer opens at the scenario on screen", async ({ page, isMobile }) => {
  test.skip(!isMobile, "the list is at the side");
  await open(page, "s/sqs-retention");
  await page.getByRole("button", { name: "Menu" }).click();
  await expect(page.locator("dialog.drawer a[data-id].here")).toBeInViewport({ ratio: 1 });
});

test("the list at the side goes with the scenario on screen", async ({ page, isMobile }) => {
  test.skip(isMobile, "there is none");
  await open(page, "s/sqs-retention");
  const here = page.locator(".side a[data-id].here");
  await expect(here).toBeInViewport({ ratio: 1 });
  await page.goto("#/s/crash-after-work");
  await expect(page.locator("h1")).toHaveText("Consumer crash after processing, before ack");
  await expect(here).toHaveAttribute("data-id", "crash-after-work");
  await expect(here).toBeInViewport({ ratio: 1 });
});

test.describe("a very slow one", () => {
  test.use({ slow: 20 });

  test("the diagram is drawn while every run is tried", async ({ page, isMobile }) => {
    test.skip(!isMobile, "the same order of work");
    test.slow();
    await open(page, "lab?preset=kafka-default&messages=3");
    await expect(page.locator(".proof .progress[role=status]")).toBeVisible();
  });
});
