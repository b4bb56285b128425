// Every preset against every fault: it fills by itself, and its words open the runs they speak of.

import { expect, follow, open, running, test } from "./app.js";

/** A preset's cell in the column of that name. */
async function cell(page, preset, fault) {
  const columns = await page.locator("thead th").allInnerTexts();
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: preset, exact: true }) });
  return row.locator("th, td").nth(columns.indexOf(fault));
}

test("fills, and a word opens the run at the step that decides", async ({ page }) => {
  test.slow();
  await open(page, "matrix");
  await expect(page.locator("thead th")).toHaveCount(19);
  await expect(page.locator(".filters [role=status]")).toContainText(/\d+ of 846 cells/);
  // Rows come one after the other, so that none pushes others.
  await expect(page.locator("tbody tr:not(.group)")).toHaveCount(47, { timeout: 150_000 });
  const lost = await cell(page, "At most once", "Process crash");
  await expect(lost.getByRole("link")).toHaveText("lost");
  await expect(await cell(page, "Effectively once (idempotent consumer)", "Message loss")).toHaveText("once");
  await expect(await cell(page, "At most once", "Expiry of a window or TTL")).toContainText("–");
  const twice = await cell(page, "At least once", "Message loss");
  await twice.getByRole("link", { name: "twice" }).click();
  await expect(page.locator("h1")).toHaveText(/^Applied twice: At least once/);
  await expect(page.locator(".say p")).toContainText("for the second time");
  await expect(page.locator(".chip.fault")).toHaveCount(1);
  await page.goBack();
  // What is decided stays decided.
  await expect(twice.getByRole("link", { name: "twice" })).toBeVisible();
});

test("the rest fills while somebody looks, and stays while they look elsewhere", async ({ page }) => {
  await open(page, "matrix");
  const decided = async () => {
    const text = await page.locator(".filters [role=status]").innerText();
    return Number(text.match(/\d+/)[0]);
  };
  await expect.poll(decided).toBeGreaterThan(20);
  await follow(page, "s/ack-lost");
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
  await follow(page, "matrix");
  await expect(page.locator("thead")).toBeVisible();
  expect(await decided()).toBeGreaterThan(20);
});

test("shows one product, and asks for one property", async ({ page }) => {
  await open(page, "matrix");
  const lost = await cell(page, "At most once", "Process crash");
  await expect(lost.getByRole("link")).toHaveText("lost");
  await page.getByLabel("Question").selectOption("never-lost-silently");
  await expect(lost.getByRole("link")).toHaveAccessibleName("Lost silently");
  await expect(await cell(page, "At least once", "Message loss")).toContainText("holds");
  await page.getByLabel("Presets").selectOption("SQS");
  await expect(page.locator("tr.group")).toHaveText(["SQS"]);
  await expect(page.getByRole("link", { name: "At most once", exact: true })).toHaveCount(0);
  await page.getByLabel("Presets").selectOption("");
  await expect(lost.getByRole("link")).toBeVisible();
  await lost.getByRole("link").click();
  await expect(page.locator("h1")).toHaveText(/^Lost silently: At most once/);
});

test("its words are explained, and a preset opens in the Lab", async ({ page }) => {
  await open(page, "matrix");
  await expect(page.locator(".words dl")).toBeHidden();
  await page.getByText("Legend").click();
  await expect(page.locator(".words dl")).toContainText("takes effect exactly once");
  await page.getByRole("link", { name: "Kafka defaults", exact: true }).click();
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default$/);
});

test("the page does not scroll sideways; the table does, and its names stay in view", async ({ page, isMobile }) => {
  for (const width of isMobile ? [390, 320] : [1440, 1000, 820]) {
    await page.setViewportSize({ width, height: 700 });
    await open(page, "matrix");
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(sideways, `${width} px`).toBeLessThanOrEqual(0);
    await page.locator(".matrix .scroll").evaluate((place) => place.scrollTo(300, 900));
    await page.locator(".matrix .scroll").scrollIntoViewIfNeeded();
    const corner = await page.evaluate(() => {
      const place = document.querySelector(".matrix .scroll").getBoundingClientRect();
      const first = document.querySelector("thead th").getBoundingClientRect();
      const row = document.querySelector("tbody th[scope=row]").getBoundingClientRect();
      return { right: row.left - place.left, down: first.top - place.top };
    });
    expect(corner.right).toBeGreaterThanOrEqual(0);
    expect(corner.down).toBeGreaterThanOrEqual(0);
  }
});

test("what is shown is in the address, and is there again on Back, as far down as it was", async ({ page, isMobile }) => {
  test.slow();
  await page.setViewportSize({ width: isMobile ? 390 : 1000, height: 500 });
  await open(page, "matrix");
  await page.getByLabel("Presets").selectOption("Kafka");
  await expect(page).toHaveURL(/\/matrix\/\?product=kafka$/);
  await page.getByLabel("Question").selectOption("never-lost");
  await expect(page).toHaveURL(/\/matrix\/\?product=kafka&ask=never-lost$/);
  await page.reload();
  await running(page);
  await expect(page.getByLabel("Presets")).toHaveValue("Kafka");
  await expect(page.getByLabel("Question")).toHaveValue("never-lost");
  const table = page.getByRole("region", { name: "The matrix" });
  const places = () => table.evaluate((table) => [table.scrollLeft, table.scrollTop]);
  // Rows come one after the other: before them there is nothing to scroll.
  await expect(page.locator(".filters").getByRole("status")).toContainText("cells checked", { timeout: 150_000 });
  await table.evaluate((table) => table.scrollTo(40, 60));
  // A click would bring it into view first.
  const preset = page.getByRole("link", { name: "Consumer: auto-commit", exact: true });
  await preset.scrollIntoViewIfNeeded();
  const before = await places();
  expect(before[1]).toBeGreaterThan(0);
  if (isMobile) await preset.tap();
  else await preset.click();
  await expect(page).toHaveURL(/\/lab\/\?preset=/);
  await page.goBack();
  await expect(page.getByLabel("Question")).toHaveValue("never-lost");
  await expect.poll(places).toEqual(before);
  await page.goBack();
  await expect(page.getByLabel("Question")).toHaveValue("");
  await expect(page.getByRole("rowheader", { name: "At most once", exact: true })).toHaveCount(0);
});

test("what the address cannot mean is named", async ({ page }) => {
  await open(page, "matrix?product=pulsar&ask=never-lost");
  await expect(page.getByRole("alert")).toContainText("product=pulsar is ignored: use one of any broker, kafka");
  await expect(page.getByLabel("Question")).toHaveValue("never-lost");
});

test("the cells that are counted are those that are shown", async ({ page }) => {
  await open(page, "matrix?product=any%20broker");
  await expect(page.locator(".filters").getByRole("status")).toHaveText("54 of 54 cells checked");
});

test("a cross is red, as all that is broken", async ({ page }) => {
  await open(page, "matrix?product=any%20broker&ask=never-lost-silently");
  const cross = page.getByRole("link", { name: "Lost silently" }).first();
  const [colour, bad] = await cross.evaluate((cross) => {
    const probe = Object.assign(document.createElement("i"), { className: "bad" });
    document.body.append(probe);
    return [cross, probe].map((element) => getComputedStyle(element).color);
  });
  expect(colour).toBe(bad);
});

test("at a desk the table fits, and where it does not it fades out at its edge", async ({ page, isMobile }) => {
  test.skip(isMobile, "a phone pushes it along");
  // With a scroll bar, which a browser without a window has none of.
  await page.setViewportSize({ width: 1424, height: 900 });
  await open(page, "matrix?product=kafka");
  await expect(page.locator(".filters").getByRole("status")).toContainText("cells checked", { timeout: 40_000 });
  const over = () =>
    page.getByRole("region", { name: "The matrix" }).evaluate((table) => table.scrollWidth - table.clientWidth);
  expect(await over()).toBe(0);
  await page.setViewportSize({ width: 900, height: 900 });
  expect(await over()).toBeGreaterThan(0);
  const fades = await page.locator("main").evaluate((main) => getComputedStyle(main, "::after").backgroundImage);
  expect(fades).toContain("gradient");
});
