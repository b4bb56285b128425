// Hints for who is here for the first time; a long press; high contrast.

import { axe, expect, open, running, test } from "./app.js";

const hint = (page) => page.locator(".hint");

test.describe("at the first visit", () => {
  test.use({ hinted: true });

  test("three hints, one at a time, each once", async ({ page }) => {
    await open(page, "s/ack-lost");
    for (const [number, says] of [[1, "step through the run"], [2, "Break it yourself"], [3, "all runs of this setup"]]) {
      await expect(hint(page)).toHaveCount(1);
      await expect(hint(page)).toContainText(`Hint ${number} of 3`);
      await expect(hint(page)).toContainText(says);
      await hint(page).getByRole("button", { name: "Got it" }).click();
    }
    await expect(hint(page)).toHaveCount(0);
    await page.reload();
    await running(page);
    await open(page, "s/message-lost");
    await expect(hint(page)).toHaveCount(0);
  });

  test("all are sent away at once, by keyboard, and the page goes on meanwhile", async ({ page, isMobile }) => {
    test.skip(isMobile, "a keyboard stands on a desk");
    await open(page, "s/ack-lost");
    await page.keyboard.press("ArrowRight");
    await expect(page.locator("output.count")).toContainText("1 /");
    await hint(page).getByRole("button", { name: "No more hints" }).focus();
    await page.keyboard.press("Enter");
    await expect(hint(page)).toHaveCount(0);
    await page.reload();
    await running(page);
    await expect(page.locator(".diagram.body text").first()).toBeAttached();
    await expect(hint(page)).toHaveCount(0);
  });

  test("who breaks something needs to be told no more", async ({ page }) => {
    await open(page, "s/ack-lost");
    await page.locator(".break").click();
    await expect(page.locator("dialog[open]")).toBeVisible();
    await page.keyboard.press("Escape");
    await hint(page).getByRole("button", { name: "Got it" }).click();
    await expect(hint(page)).toContainText("Hint 3 of 3");
  });

  test("they cover nothing and are wide enough for fingers", async ({ page, isMobile }) => {
    await open(page, "s/ack-lost?step=8");
    for (const number of [1, 2, 3]) {
      await expect(hint(page)).toContainText(`Hint ${number} of 3`);
      for (const control of number < 3 ? ["button.forward", ".break", ".pace"] : [".proof .button"]) {
        const covered = await page.locator(control).evaluate((e) => {
          e.scrollIntoView({ block: "nearest" });
          const box = e.getBoundingClientRect();
          const hint = document.querySelector(".hint").getBoundingClientRect();
          return hint.left < box.right && box.left < hint.right && hint.top < box.bottom && box.top < hint.bottom;
        });
        expect(covered, control).toBe(false);
      }
      if (number < 3) await expect(page.locator(".body .frame")).toBeInViewport();
      const box = await hint(page).getByRole("button", { name: "Got it" }).boundingBox();
      if (isMobile) expect(box.height).toBeGreaterThanOrEqual(39.5);
      const found = await axe(page).include(".hint").analyze();
      expect(found.violations.map((v) => v.id)).toEqual([]);
      await hint(page).getByRole("button", { name: "Got it" }).click();
    }
  });

  test("there are none in a page of others", async ({ page }) => {
    await page.goto("embed.html?scenario=ack-lost");
    await expect(page.locator(".diagram.body text").first()).toBeAttached();
    await expect(hint(page)).toHaveCount(0);
  });
});

/** A finger as Safari on iOS reports it: pointer events, and no context menu. */
async function press(page, millis, slip = 0) {
  await page.locator(".diagram.body").evaluate(async (svg, [millis, slip]) => {
    const box = svg.getBoundingClientRect();
    const at = { clientX: box.left + box.width / 2, clientY: box.top + 120 };
    const event = (type, x = 0) =>
      svg.dispatchEvent(new PointerEvent(type, {
        bubbles: true, cancelable: true, pointerType: "touch", isPrimary: true, ...at, clientX: at.clientX + x,
      }));
    event("pointerdown");
    if (slip) event("pointermove", slip);
    await new Promise((done) => setTimeout(done, millis));
    event("pointerup", slip);
    svg.dispatchEvent(new MouseEvent("click", { bubbles: true, ...at }));
  }, [millis, slip]);
}

test("a long press asks what could happen, without an event of the browser's own", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  await press(page, 750);
  await expect(page.getByRole("dialog", { name: "What happens next?" })).toBeVisible();
  await page.keyboard.press("Escape");
  await press(page, 100);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await press(page, 750, 40);
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("with forced colours the step, the place and the letters can be told", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await open(page, "s/ack-lost?step=8");
  const frame = await page.locator(".body .frame").evaluate((e) => {
    const style = getComputedStyle(e);
    return [style.stroke, parseFloat(style.strokeWidth)];
  });
  expect(frame[0]).not.toBe("none");
  expect(frame[1]).toBeGreaterThan(1);
  await open(page, "compare");
  await expect(page.locator(".letter").first()).toBeVisible();
});

test("a finger that is held down just after loading opens the menu, and chooses nothing", async ({ page, isMobile, context }) => {
  test.skip(!isMobile, "a mouse is not held down");
  const finger = await context.newCDPSession(page);
  const touch = (type, ...touchPoints) => finger.send("Input.dispatchTouchEvent", { type, touchPoints });
  await open(page, "s/ack-lost");
  const dialog = page.getByRole("dialog", { name: "What happens next?" });
  for (const time of ["first", "second"]) {
    const names = await page.locator(".diagram.head").boundingBox();
    await touch("touchStart", { x: 120, y: names.y + names.height + 90 });
    await expect(dialog, time).toBeVisible();
    await touch("touchEnd");
    await page.waitForTimeout(500);
    await expect(dialog, time).toBeVisible();
    await expect(page).toHaveURL(/\/s\/ack-lost\/$/);
    await expect(page.locator("output.count")).toHaveText("0 / 22");
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  }
  // What is touched from then on counts.
  await page.getByRole("button", { name: "Break it here" }).tap();
  await dialog.getByRole("button", { name: "The broker crashes." }).tap();
  await expect(page).toHaveURL(/path=/);
});
