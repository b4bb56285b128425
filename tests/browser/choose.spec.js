// What guarantees cost, and the choice of a guarantee: measured and proved in front of the person.

import { expect, open, running, test, type } from "./app.js";

const cards = (page) => page.locator(".choice");

test("every preset is measured, and parameters change the figures", async ({ page }) => {
  await open(page, "cost");
  await expect(page.locator(".costs tbody tr:not(.group)")).toHaveCount(47);
  await expect(page.locator(".reading .filters [role=status]")).toHaveText("47 presets measured");
  await expect(page.locator(".guarantees .card")).toHaveCount(3);
  const handled = page.locator(".costs tr", { hasText: "acks=1" }).locator("td").nth(4);
  await expect(handled).toHaveText("91");
  // A handler of 50 ms and a commit of 6: some 18 a second.
  await page.getByText("Model parameters and sources").click();
  await type(page.getByLabel("Handler processing time"), "50");
  await page.getByLabel("Handler processing time").press("Enter");
  await expect(page).toHaveURL(/\/cost\/\?work=50$/);
  await expect(handled).toHaveText("18");
  await page.goBack();
  await expect(handled).toHaveText("91");
});

test("a preset opens at its top, and going back finds the place again", async ({ page, isMobile }) => {
  test.skip(!isMobile, "only a phone scrolls the whole page");
  await open(page, "cost");
  await expect(page.locator(".reading .filters [role=status]")).toHaveText("47 presets measured");
  const link = page.getByRole("link", { name: "Transactional producer, read_committed" });
  await link.scrollIntoViewIfNeeded();
  const top = () => page.evaluate(() => scrollY);
  const before = await top();
  expect(before).toBeGreaterThan(300);
  await link.tap();
  await expect(page.locator(".diagram.body text").first()).toBeAttached();
  expect(await top()).toBe(0);
  await page.goBack();
  await expect(page.locator("h1")).toHaveText("Cost of each guarantee");
  await expect.poll(top).toBeGreaterThan(300);
});

test("on a phone the number of matches stays in sight and leads to them", async ({ page, isMobile }) => {
  test.skip(!isMobile, "a desk has them beside the questions");
  await open(page, "choose?lost=never&order=key");
  const matches = page.getByRole("button", { name: /^\d+ configurations? ↓$/ });
  await expect(matches).toBeInViewport({ ratio: 1 });
  await matches.tap();
  await expect(page.locator(".found")).toBeFocused();
  await expect(page.locator(".found").getByRole("heading").first()).toBeInViewport();
});

test("what cannot be a time is refused by its name, and nothing changes", async ({ page }) => {
  await open(page, "cost?wrok=5&work=20");
  await expect(page.getByRole("alert")).toContainText("wrok=5 is ignored");
  await expect(page.getByLabel("Handler processing time")).toHaveValue("20");
  await type(page.getByLabel("fsync"), "soon");
  await page.getByLabel("fsync").press("Enter");
  await expect(page.locator(".refusal")).toHaveText("Use 0 to 60,000 milliseconds; keeping 5.9 ms.");
  // What was typed stays, to be mended.
  await expect(page.getByLabel("fsync")).toHaveValue("soon");
  await expect(page.getByLabel("fsync")).toHaveAttribute("aria-invalid", "true");
  await expect(page).toHaveURL(/work=20$/);
  await type(page.getByLabel("fsync"), "5.90");
  await page.getByLabel("fsync").press("Enter");
  await expect(page.locator(".refusal")).toHaveCount(0);
  await expect(page.getByLabel("fsync")).toHaveValue("5.9");
});

test("published figures stand beside ours, with the ratio", async ({ page }) => {
  await open(page, "cost");
  const row = page.locator(".published tr", { hasText: "SQS: calls per second" });
  await expect(row.locator("td")).toHaveText([/50\.0 calls\/s/, /50\.0 calls\/s/, "1.00", /20 ms round trip/]);
  await expect(page.locator(".published tbody tr")).toHaveCount(10);
});

test("sorted by what is sent, the first sends the most", async ({ page }) => {
  await open(page, "cost");
  await expect(page.locator(".reading .filters [role=status]")).toHaveText("47 presets measured");
  await page.getByLabel("Sorted").selectOption("sent");
  await expect(page).toHaveURL(/\/cost\/\?by=sent$/);
  await page.reload();
  await running(page);
  await expect(page.getByLabel("Sorted")).toHaveValue("sent");
  await expect(page.locator(".reading .filters [role=status]")).toHaveText("47 presets measured");
  const sent = await page.locator(".costs tbody tr td:nth-of-type(4)").allInnerTexts();
  const numbers = sent.map((text) => Number(text.replaceAll(",", "")));
  expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
  expect(numbers).toHaveLength(47);
});

test("sorted by a latency, the medians that are shown ascend, and who waits for no answer comes last", async ({ page }) => {
  await open(page, "cost");
  await expect(page.locator(".reading .filters [role=status]")).toHaveText("47 presets measured");
  const ms = (text) => {
    const [, number, unit] = text.match(/^([\d.,]+) (µs|ms|s|min|h)/);
    return Number(number.replaceAll(",", "")) * { µs: 1e-3, ms: 1, s: 1e3, min: 6e4, h: 3.6e6 }[unit];
  };
  for (const [by, column] of [
    ["effect", 1],
    ["told", 3],
  ]) {
    await page.getByLabel("Sorted").selectOption(by);
    const shown = await page.locator(`.costs tbody tr td:nth-of-type(${column})`).allInnerTexts();
    const times = shown.filter((text) => text !== "does not wait");
    expect(shown.slice(0, times.length)).toEqual(times);
    expect(times.map(ms)).toEqual(times.map(ms).toSorted((a, b) => a - b));
    expect(shown).toHaveLength(47);
  }
  await expect(page.locator(".costs tr", { hasText: "acks=0" }).locator("td").nth(2)).toHaveText("does not wait");
});

test("answers lead to what is proved, with settings to copy and what remains", async ({ page, context, isMobile }) => {
  if (!isMobile) await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, "choose");
  await page.getByRole("link", { name: /^Orders/ }).click();
  await expect(page).toHaveURL(/\/choose\/\?lost=never&order=key$/);
  await expect(page.locator(".found").getByRole("status").last()).toContainText(/matching configurations?/);
  const first = cards(page).first();
  for (const asked of ["No message loss", "No duplicate effect", "Order preserved"]) {
    await expect(first.locator(".proved .good", { hasText: new RegExp(`^${asked}$`) })).toBeVisible();
  }
  await first.getByText("Client configuration").click();
  await first.getByRole("button", { name: /^Copy/ }).first().click();
  await expect(page.locator(".took")).not.toBeEmpty();
  await first.getByText("Your responsibilities").click();
  await expect(first.locator(".duties li")).not.toHaveCount(0);
  // What is claimed is what the checker says of it, there and then.
  await first.getByRole("link", { name: /^Open in Lab/ }).click();
  await expect(page).toHaveURL(/\/lab\/\?preset=/);
  await expect(page.locator(".findings")).toContainText("No duplicate effect");
});

test("a near miss opens the run that shows what it lacks", async ({ page }) => {
  await open(page, "choose");
  const miss = page.locator(".misses a").first();
  const lacks = await miss.innerText();
  await miss.click();
  await expect(page.locator("h1")).toContainText(new RegExp(lacks, "i"));
  await expect(page.locator(".chip.fault")).not.toHaveCount(0);
});

test("answers that collide are named, and lead back to their questions", async ({ page }) => {
  await open(page, "choose?lost=never&effect=outside");
  await expect(page.locator(".collisions h2")).toHaveText("No configuration meets all requirements");
  await expect(page.locator(".collisions li a")).toHaveText([
    "Are duplicate effects acceptable? Never",
    "Where does the consumer write? External side effect (email, API call)",
  ]);
  await page.locator(".collisions li a").first().click();
  await expect(page.locator("#ask-twice")).toBeFocused();
  await page.getByLabel("External API with idempotency keys").check();
  await expect(cards(page)).not.toHaveCount(0);
  await expect(page).toHaveURL(/effect=keyed/);
});

test("an answer stands while its page is on its way, and so do two given at once", async ({ page }) => {
  await open(page, "choose?lost=never");
  const seen = await page.evaluate(async () => {
    const answer = (name, value) => {
      const radio = document.querySelector(`input[name=${name}][value=${value}]`);
      radio.click();
      return radio;
    };
    const given = [answer("effect", "keyed"), answer("broker", "kafka")];
    const seen = [];
    // Candidates are measured meanwhile, and each draws the page anew.
    for (let turn = 0; turn < 40; turn += 1) {
      seen.push(given.map((radio) => radio.checked));
      await new Promise((done) => setTimeout(done));
    }
    return seen.flat();
  });
  expect(seen).not.toContain(false);
  await expect(page).toHaveURL(/effect=keyed/);
  await expect(page).toHaveURL(/broker=kafka/);
});

test("a rate asks for hands, and one that is no number is refused", async ({ page }) => {
  await open(page, "choose?broker=rabbitmq");
  await type(page.locator("#rate"), "1000");
  await page.locator("#rate").press("Enter");
  await expect(page).toHaveURL(/rate=1000/);
  await expect(cards(page).first().locator(".measured")).toContainText("Capacity for 1,000 messages/s");
  await expect(cards(page).first().locator(".measured")).toContainText(/\d+ consumers/);
  await type(page.locator("#rate"), "many");
  await page.locator("#rate").press("Enter");
  await expect(page.locator("#rate-refused")).toContainText("Use a number from 1 to 1,000,000; keeping 1000.");
  await expect(page.locator("#rate")).toHaveValue("many");
  await type(page.locator("#rate"), "2000");
  await page.locator("#rate").press("Enter");
  await expect(page.locator("#rate-refused")).toHaveCount(0);
  await expect(page).toHaveURL(/rate=2000/);
});

test("an answer changes the results once, and nothing moves on the way", async ({ page, isMobile }) => {
  test.skip(isMobile, "the results are below the questions");
  await open(page, "choose");
  await expect(cards(page)).not.toHaveCount(0);
  await page.evaluate(() => {
    globalThis.seen = [];
    globalThis.shift = 0;
    const note = () => {
      const titles = [...document.querySelectorAll(".choice h2")].map((title) => title.textContent).join("|");
      if (titles !== globalThis.seen.at(-1)) globalThis.seen.push(titles);
    };
    note();
    new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.shift += entry.value;
    }).observe({ type: "layout-shift" });
  });
  await page.getByRole("group", { name: "Is message loss acceptable?" }).getByLabel("Never").check();
  await expect(page).toHaveURL(/lost=never/);
  await expect(page.locator(".found [aria-busy=false]")).toBeVisible();
  await expect.poll(() => page.evaluate(() => globalThis.seen.length)).toBeGreaterThan(1);
  await page.waitForTimeout(1500);
  expect(await page.evaluate(() => globalThis.seen.length)).toBe(2);
  expect(await page.evaluate(() => globalThis.shift)).toBeLessThan(0.02);
});

test("that nothing fits is in sight beside the last question, too", async ({ page, isMobile }) => {
  test.skip(isMobile, "a button leads there");
  await open(page, "choose?lost=never");
  await expect(cards(page)).not.toHaveCount(0);
  const outside = page.getByLabel("External side effect (email, API call)");
  await page.locator("#ask-consumer").scrollIntoViewIfNeeded();
  await outside.check();
  await expect(page.getByRole("heading", { name: "No configuration meets all requirements" })).toBeInViewport();
});

test("what was asked for is not said to be not asked for, by a weaker name", async ({ page }) => {
  await open(page, "choose?lost=never");
  await expect(cards(page)).not.toHaveCount(0);
  const rest = cards(page).first().locator(".besides");
  await expect(rest).toContainText("Always terminates");
  await expect(rest).not.toContainText("No silent loss");
});
