// Configurations side by side: what is compared, stepped together, changed, and opened alone.

import { axe, expect, open, running, steps, test, type } from "./app.js";

const CURED = "compare?a=scenario:crash-after-work&b=scenario:inbox-crash-after-commit";

const side = (page, letter) => page.locator(`.one[aria-label^="${letter}:"]`);
const said = (page) => page.locator("main > [role=status]");

/** Opens a comparison and waits for its diagrams. */
async function compare(page, address = CURED) {
  await open(page, address);
  await expect(page.locator("h1")).toHaveText("Compare side by side");
}

/** Unfolds what a phone folds away. */
async function unfold(page) {
  const folded = page.getByRole("button", { expanded: false });
  while (await folded.count()) await folded.first().click();
}

test("the same crash: twice here, once there, and the words say it", async ({ page }) => {
  await compare(page);
  await expect(page.locator(".ends h2")).toHaveText("The same crash, different outcome:");
  await expect(page.locator(".ends li .pill")).toHaveText(["A duplicated: applied 2×", "B delivered once"]);
  await unfold(page);
  await page.getByText("More differences").click();
  await expect(page.getByRole("row", { name: /m1 applied/ })).toContainText(/twice.*once/);
  await expect(page.locator(".shared .chip.fault")).toHaveText("consumer crashes after processing of m1");
});

test("one key steps all, and the address follows", async ({ page }) => {
  await compare(page);
  const { last } = await steps(page);
  await page.keyboard.press("ArrowRight");
  await expect(said(page)).toHaveText("In all: The producer sends m1 to the broker.");
  await expect(page).toHaveURL(/&step=1$/);
  await unfold(page);
  const parts = Number((await page.locator(".shared .parts").innerText()).match(/\d+/)[0]);
  await page.locator(".shared .parts").click();
  await expect(page.locator("output.count")).toHaveText(`${parts} / ${last}`);
  await expect(said(page)).toContainText("From here on they differ.");
  await page.keyboard.press("End");
  await expect(page.locator("output.count")).toHaveText(`${last} / ${last}`);
  await page.keyboard.press("ArrowLeft");
  await expect(page.locator("output.count")).toHaveText(`${last - 1} / ${last}`);
  await page.keyboard.press("Home");
  await expect(page.locator("output.count")).toHaveText(`0 / ${last}`);
  await page.locator("h1").click();
  await page.keyboard.press("Space");
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await page.keyboard.press("Space");
  // The address is written a moment later.
  const { now } = await steps(page);
  await expect(page).toHaveURL(new RegExp(`&step=${now}$`));
  const address = page.url();
  await page.reload();
  await running(page);
  await expect(page).toHaveURL(address);
});

test("each side has its own diagram, and who has nothing to do waits", async ({ page, isMobile }) => {
  test.skip(isMobile, "a phone shows one at a time");
  await compare(page, `${CURED}&c=preset:at-most-once&step=99`);
  await expect(page.locator(".one .diagram.body")).toHaveCount(3);
  const { last } = await steps(page);
  await expect(page.locator("output.count")).toHaveText(`${last} / ${last}`);
  await expect(side(page, "C").locator(".say")).toContainText("Finished");
  for (const letter of ["A", "B", "C"]) {
    const box = await side(page, letter).boundingBox();
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(1441);
    await expect(side(page, letter).locator(".frame")).toBeInViewport();
  }
  // A click in one of them brings all to where it is.
  await side(page, "A").locator(".diagram.body").click({ position: { x: 100, y: 40 } });
  await expect.poll(async () => (await steps(page)).now).toBeLessThan(last);
});

test("on a phone one side is shown, and a tap shows the other", async ({ page, isMobile }) => {
  test.skip(!isMobile, "a desk has room for both");
  await compare(page);
  await expect(side(page, "A")).toBeVisible();
  await expect(side(page, "B")).toBeHidden();
  await page.getByRole("button", { name: /^B\b/ }).click();
  await expect(side(page, "B")).toBeVisible();
  await expect(side(page, "B").locator(".diagram.body text").first()).toBeAttached();
  await expect(side(page, "A")).toBeHidden();
  await page.getByRole("button", { name: "One step forward" }).click();
  await expect(page.locator(".deck .say")).toContainText("The producer sends m1 to the broker.");
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(sideways).toBe(false);
});

test("settings, faults and sides are changed, taken back, and undone", async ({ page, isMobile }) => {
  test.skip(isMobile, "the fields are the same, one side at a time");
  await compare(page);
  const field = page.getByLabel(/^Change a setting of A/);
  await type(field, "max_deliveries=1");
  await field.press("Enter");
  await expect(page).toHaveURL(/a=scenario:crash-after-work;max_deliveries=1&/);
  await expect(page.locator(".ends li .pill").first()).toHaveText("both delivered once");
  await expect(field).toHaveValue("");
  await page.getByRole("button", { name: "Reset max_deliveries in A" }).click();
  await expect(page.locator(".ends li .pill").first()).toHaveText("A duplicated: applied 2×");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(".ends li .pill").first()).toHaveText("both delivered once");
  await page.getByRole("button", { name: "Add configuration C" }).click();
  await page.getByLabel("Based on, for C").selectOption("exactly-once");
  await expect(page).toHaveURL(/&c=preset:exactly-once&/);
  await page.getByRole("button", { name: "Remove B" }).click();
  await expect(page).toHaveURL(/a=scenario:crash-after-work;max_deliveries=1&b=preset:exactly-once&fault=/);
  const fault = page.getByLabel(/^Add a fault on all sides/);
  await type(fault, "crash:consumer@m1.after-inbox");
  await fault.press("Enter");
  await expect(side(page, "A").locator(".never")).toContainText("Not applicable");
  await page.getByRole("button", { name: /^Remove the fault/ }).first().click();
  await expect(page.locator(".shared .chip.fault")).toHaveCount(1);
});

test("what cannot be is refused with a reason, and nothing is lost", async ({ page }) => {
  await compare(page, "compare?a=preset:kafka-default;enable.idempotence=true&b=preset:kafka-default");
  const address = page.url();
  await unfold(page);
  const field = page.getByLabel(/^Change a setting of A/);
  await type(field, "acks=1");
  await field.press("Enter");
  await expect(page.getByRole("alert")).toContainText("acks=all");
  await expect(field).toHaveValue("acks=1");
  const fault = page.getByLabel(/^Add a fault on all sides/);
  await type(fault, "lose:akc@m1");
  await fault.press("Enter");
  await expect(page.getByRole("alert")).toContainText("akc");
  await expect(page).toHaveURL(address);
});

test("a broken or hostile address shows what it can and names the rest", async ({ page }) => {
  await open(page, "compare?a=preset:kafka-defualt&b=preset:kafka-default;acks=7&fault=eat:broker@m1&step=999");
  for (const named of ["kafka-defualt", "acks=7", "eat:broker@m1"]) {
    await expect(page.locator(".note.warn")).toContainText(named);
  }
  for (const query of ["a=", "a=%3Cimg src=x onerror=alert(1)%3E&b=;;;==", `a=preset:${"x".repeat(79)}`, "a=preset:kafka-default;transactional.id=%3Cb%3E"]) {
    await page.goto(`#/compare?${query}`);
    await expect(page.locator(".one .diagram.body text").first()).toBeAttached();
    await expect(page.locator("main img")).toHaveCount(0);
  }
});

test("it is reached from a scenario, from the Lab, from a cure and from the top", async ({ page, isMobile }) => {
  await open(page, "s/crash-after-work");
  await page.locator(".chips").getByRole("link", { name: "Compare side by side" }).click();
  await expect(page).toHaveURL(/\/compare\/\?a=scenario:crash-after-work&b=scenario:inbox-crash-after-commit&/);
  await expect(page.locator("h1")).toHaveText("Compare side by side");
  const alone = page.locator(".one.shown, .one").first().getByRole("link", { name: "Open alone" });
  await page.keyboard.press("End");
  await alone.click();
  await expect(page).toHaveURL(/\/s\/crash-after-work\/\?step=16$/);
  await expect(page.locator(".ending").getByRole("link", { name: "Compare side by side" })).toBeVisible();
  await page.goto("#/lab?preset=kafka-leader-ack&acks=all&fault=gone:broker@m1.acked");
  if (isMobile) await page.locator(".lab > details > summary").click();
  await page.getByRole("link", { name: "Compare with the preset" }).click();
  await expect(page).toHaveURL(/\/compare\/\?a=preset:kafka-leader-ack;acks=all&b=preset:kafka-leader-ack&fault=/);
  if (!isMobile) {
    await page.locator(".top nav").getByRole("link", { name: "Lab" }).click();
    await page.locator(".top nav").getByRole("link", { name: "Compare" }).click();
    await expect(page.locator("h1")).toHaveText("Compare side by side");
  }
});

test("a cure is compared under the very faults that it is for", async ({ page, isMobile }) => {
  test.skip(isMobile, "the panel is the same");
  await open(page, "lab?preset=at-least-once");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("up to 2 faults.");
  await page.getByRole("button", { name: "Find fixes" }).click();
  const cure = page.locator(".cures a.beside[aria-label*='inbox']").first();
  await cure.click();
  await expect(page).toHaveURL(/\/compare\/\?a=preset:at-least-once&b=preset:at-least-once;program=.*&fault=/);
  await expect(page.locator(".ends li.differs")).not.toHaveCount(0);
});

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing wrong, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await compare(page, `${CURED}&c=preset:rabbitmq-default&step=12`);
    await unfold(page);
    await page.getByText("More differences").click();
    const found = await axe(page).analyze();
    expect(found.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 120))])).toEqual([]);
  });
}

// 720 × 450 is what 1440 × 900 becomes at a zoom of 200 %.
for (const [width, height] of [[320, 560], [390, 700], [720, 450], [820, 600], [1100, 700], [1440, 900]]) {
  test(`nothing is lost in a window of ${width} × ${height}`, async ({ page, isMobile }) => {
    test.skip(isMobile, "a phone has its own");
    await page.setViewportSize({ width, height });
    await compare(page, `${CURED}&step=12`);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(sideways).toBe(false);
    for (const control of ["button.forward", ".pace", ".open-help"]) {
      await expect(page.locator(control)).toBeInViewport({ ratio: 1 });
    }
    // A low window scrolls to it.
    await page.locator(".one.shown .stage").evaluate((e) => e.scrollIntoView({ block: "end" }));
    await expect(page.locator(".one.shown .frame")).toBeInViewport();
  });
}

test("fingers hit what they aim at", async ({ page, isMobile }) => {
  test.skip(!isMobile, "a mouse is finer");
  await compare(page, `${CURED}&c=preset:exactly-once;max_deliveries=2`);
  await unfold(page);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("main :is(button, a, select, input, summary)")]
      .filter((e) => e.checkVisibility())
      .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
      .filter(([, box]) => box.height < 39.5 || box.width < 39.5)
      .map(([name, box]) => `${name} ${box.width}×${box.height}`),
  );
  expect(small).toEqual([]);
});

test("a side is called what it is, and a fault is said to strike only where it does", async ({ page, isMobile }) => {
  await compare(page, "compare");
  const title = (letter) => page.getByRole("article", { name: new RegExp(`^${letter}:`) }).getByRole("heading");
  await expect(title("A")).toHaveText("acks=1: leader loss drops an acked message");
  if (isMobile) await page.getByRole("button", { name: /^B\b/ }).click();
  await expect(title("B")).toHaveText("acks=all");
  await expect(page.getByRole("heading", { level: 2 }).first()).toHaveText("The same node loss, different outcome:");
  // Of another scenario only the settings are taken, and another product has no such machine.
  await compare(page, "compare?a=scenario:kafka-acks-1&b=scenario:sqs-visibility-expires");
  await expect(page.getByRole("heading", { level: 2 }).first()).toHaveText("Node loss in A only, different outcome:");
  if (isMobile) await page.getByRole("button", { name: /^B\b/ }).click();
  await expect(title("B")).toHaveText(/^Settings of “.*”$/);
});

test("on a phone the diagram has room from the first, and the rest unfolds", async ({ page, isMobile }) => {
  test.skip(!isMobile, "a desk has room for both");
  await compare(page, "compare");
  const body = await page.locator(".one.shown .diagram.head").boundingBox();
  const deck = await page.locator(".deck").boundingBox();
  expect(deck.y - (body.y + body.height)).toBeGreaterThan(200);
  const field = page.getByLabel(/^Add a fault on all sides/);
  await expect(field).toBeHidden();
  await page.getByRole("button", { name: /^Faults \(all sides\)/ }).click();
  await expect(field).toBeVisible();
});
