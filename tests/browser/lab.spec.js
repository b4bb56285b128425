// The Lab: settings, the consumer's lines and the script of faults, changed and taken back.

import { expect, open, running, test, type } from "./app.js";

/** Opens the Lab and, where it folds, its settings. */
async function lab(page, query = "") {
  await open(page, `lab${query}`);
  const settings = page.locator(".lab > details");
  if (!(await settings.evaluate((details) => details.open))) await settings.locator("> summary").click();
}

const setting = (page, path) => page.locator(`#${path.replaceAll(".", "-")}`);
const acks = (page) => setting(page, "producer.kafka.acks");
const finding = (page, property) => page.locator(`.findings li[data-property="${property}"]`);
const lines = (page) => page.locator(".lines > ol code");
const focused = (page) => page.evaluate(() => document.activeElement.id);

test("a setting changes the address, the run and what is proved, and stays after a reload", async ({ page }) => {
  await lab(page, "?preset=exactly-once");
  await expect(page.locator("h1")).toHaveText("Effectively once (idempotent consumer)");
  await page.locator(".proof select").nth(1).selectOption("1");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("up to 1 fault.");
  await expect(finding(page, "applied-once")).toHaveClass(/proved/);
  await page.getByRole("button", { name: /^Remove: .*inbox/ }).click();
  await expect(page).toHaveURL(/\/lab\/\?preset=exactly-once&program=/);
  await expect(page.locator("h1")).toHaveText("Effectively once (idempotent consumer) (modified)");
  await expect(finding(page, "applied-once")).toHaveClass(/broken/);
  const address = page.url();
  await page.reload();
  await running(page);
  await expect(page).toHaveURL(address);
  await expect(page.locator("h1")).toHaveText("Effectively once (idempotent consumer) (modified)");
  await expect(finding(page, "applied-once")).toHaveClass(/broken/);
});

test("a value that is chosen stays chosen, keeps the focus, and can be taken back", async ({ page }) => {
  await lab(page);
  await acks(page).focus();
  await acks(page).selectOption("1");
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default&acks=1$/);
  await expect(page.locator(".chips")).toContainText("acks=1");
  await expect(acks(page)).toHaveValue("1");
  expect(await focused(page)).toBe("producer-kafka-acks");
  await type(setting(page, "producer.kafka.retries"), "5");
  await setting(page, "producer.kafka.retries").press("Enter");
  await expect(page).toHaveURL(/&acks=1&retries=5$/);
  await expect(page.locator(".changes li")).toHaveText(["acks=1", "retries=5"]);
  await page.getByRole("button", { name: "Reset acks" }).click();
  await expect(page.locator(".changes li")).toHaveText(["retries=5"]);
  await expect(acks(page)).toHaveValue("all");
  await expect.poll(() => focused(page)).toBe("back-0");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default$/);
  await expect(page.locator(".changes")).toHaveCount(0);
  await expect(setting(page, "producer.kafka.retries")).toHaveValue("2147483647");
  await expect.poll(() => focused(page)).toBe("begin-with");
});

test("undo and redo go through the changes, and the fields follow", async ({ page }) => {
  await lab(page);
  const [undo, redo] = ["Undo", "Redo"].map((name) => page.getByRole("button", { name }));
  await expect(undo).toHaveAttribute("aria-disabled", "true");
  await acks(page).selectOption("1");
  await expect(page.locator(".changes li")).toHaveText(["acks=1"]);
  await acks(page).selectOption("0");
  await expect(page.locator(".changes li")).toHaveText(["acks=0"]);
  await undo.click();
  await expect(acks(page)).toHaveValue("1");
  await undo.click();
  await expect(acks(page)).toHaveValue("all");
  await expect(undo).toHaveAttribute("aria-disabled", "true");
  await redo.click();
  await redo.click();
  await expect(acks(page)).toHaveValue("0");
  await expect(redo).toHaveAttribute("aria-disabled", "true");
  // At its first page the key does not leave the site.
  await page.reload();
  await running(page);
  await expect(page.locator(".changes li")).toHaveText(["acks=0"]);
  await page.locator(".stage").focus();
  for (const value of ["1", "all", "all"]) {
    await page.keyboard.press("z");
    await expect(acks(page)).toHaveValue(value);
  }
  await expect(page).toHaveURL(/\/lab\/$|\/lab\/\?preset=kafka-default$/);
});

test("what the product forbids is refused with its rule, and changes nothing", async ({ page }) => {
  await lab(page, "?preset=kafka-default&enable.idempotence=true");
  const address = page.url();
  await acks(page).selectOption("1");
  await expect(page.getByRole("alert")).toContainText("acks");
  await expect(page.getByRole("alert")).toContainText("enable.idempotence");
  await expect(page).toHaveURL(address);
  await expect(acks(page)).toHaveValue("all");
  await expect(page.locator(".chips")).toContainText("acks=all");
  await type(setting(page, "producer.kafka.retries"), "many");
  await setting(page, "producer.kafka.retries").press("Enter");
  await expect(page.getByRole("alert")).toHaveCount(1);
  await expect(page.getByRole("alert")).toContainText("retries=many");
  // What was typed stays, to be mended.
  await expect(setting(page, "producer.kafka.retries")).toHaveValue("many");
  await expect(page.getByRole("alert")).toContainText("keeping 2147483647.");
  await expect(page).toHaveURL(address);
  await type(setting(page, "producer.kafka.retries"), "3");
  await setting(page, "producer.kafka.retries").press("Enter");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a setting says what it is when it is asked, and not before", async ({ page }) => {
  await lab(page);
  const about = page.locator(".field").filter({ has: page.locator("#producer-kafka-acks") });
  await expect(about.locator("p")).toBeHidden();
  await about.locator("summary").click();
  await expect(about.locator("p")).toBeVisible();
  await expect(about.locator("p")).toContainText("Default: all");
  await expect(page.locator(".field p").filter({ visible: true })).toHaveCount(1);
});

test("an acknowledgement above the work makes at-most-once, by button and by key", async ({ page }) => {
  await lab(page, "?preset=at-least-once");
  const before = await lines(page).allInnerTexts();
  expect(before).toEqual(["m = broker.receive()", "accounts.add(m.amount)", "broker.ack(m)"]);
  await expect(page.getByRole("button", { name: "Later: broker.ack(m)" })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "Earlier: broker.ack(m)" }).click();
  await expect(lines(page)).toHaveText([before[0], before[2], before[1]]);
  await expect(page).toHaveURL(/program=receive,ack,work$/);
  // The line takes the focus along, so that it can be moved on.
  await expect.poll(() => focused(page)).toBe("ack-earlier");
  await page.keyboard.press("Alt+ArrowDown");
  await expect(lines(page)).toHaveText(before);
  await expect.poll(() => focused(page)).toBe("ack-earlier");
  await page.keyboard.press("Alt+ArrowUp");
  await expect(lines(page)).toHaveText([before[0], before[2], before[1]]);
  // What is received first stays first.
  await page.keyboard.press("Alt+ArrowUp");
  await expect(lines(page)).toHaveText([before[0], before[2], before[1]]);
});

test("a line can be dragged", async ({ page, isMobile }) => {
  test.skip(isMobile, "fingers have the buttons");
  await lab(page, "?preset=at-least-once");
  const line = (text) => page.locator(".lines > ol li").filter({ hasText: text });
  await line("broker.ack(m)").dragTo(line("accounts.add"));
  await expect(page).toHaveURL(/program=receive,ack,work$/);
  await expect(lines(page).nth(1)).toHaveText("broker.ack(m)");
});

test("a line can be added with what it needs, and removed", async ({ page }) => {
  await lab(page, "?preset=at-least-once");
  await page.getByText("Add a line").click();
  await page.locator(".add button").filter({ hasText: "insert_new(inbox" }).click();
  await expect(lines(page).filter({ hasText: "tx = db.begin()" })).toHaveCount(1);
  await expect(lines(page).filter({ hasText: "insert_new(inbox" })).toHaveCount(1);
  await expect(page.locator(".program").filter({ hasText: "Consumer" })).toContainText("insert_new(inbox");
  await expect.poll(() => focused(page)).toBe("inbox-earlier");
  await expect(page.locator(".add")).not.toHaveAttribute("open");
  await page.getByRole("button", { name: "Remove: tx = db.begin()" }).click();
  await expect(lines(page)).toHaveText(["m = broker.receive()", "accounts.add(m.amount)", "broker.ack(m)"]);
  await expect(page.locator(".lines [id$=-remove]:focus, #add-line:focus")).toHaveCount(1);
});

test("faults are added and removed; a bad one is named, with a remedy", async ({ page }) => {
  await lab(page, "?preset=at-least-once");
  const field = page.getByLabel("A fault, such as");
  await expect(page.locator(".script p")).toContainText("No faults yet");
  await type(field, "lose:ack@m1");
  await field.press("Enter");
  await expect(page).toHaveURL(/fault=lose:ack@m1$/);
  await expect(page.locator(".script li code")).toHaveText(["lose:ack@m1"]);
  await expect(page.locator(".chip.fault")).toHaveCount(1);
  await expect(page.locator(".scrubber .mark")).toHaveCount(1);
  await expect(field).toHaveValue("");
  await expect(field).toBeFocused();
  await type(field, "lose:akc@m1");
  await field.press("Enter");
  await expect(page.getByRole("alert")).toContainText("akc");
  await expect(page.getByRole("alert")).toContainText("ack");
  await expect(field).toHaveValue("lose:akc@m1");
  await expect(page.locator(".script li")).toHaveCount(1);
  await page.getByRole("button", { name: /^Remove the fault/ }).click();
  await expect(page.locator(".script li")).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.locator(".chip.fault")).toHaveCount(0);
  await expect(field).toBeFocused();
});

test("another preset to begin with", async ({ page }) => {
  await lab(page, "?preset=kafka-default&acks=1");
  await page.getByLabel("Start from").selectOption("sqs-fifo");
  await expect(page).toHaveURL(/\/lab\/\?preset=sqs-fifo$/);
  await expect(acks(page)).toHaveCount(0);
  await page.goBack();
  await expect(page.getByLabel("Start from")).toHaveValue("kafka-default");
  await expect(acks(page)).toHaveValue("1");
});

test("the Lab begins with the scenario, its run and its step", async ({ page, isMobile }) => {
  await open(page, "s/ack-lost?step=8");
  const sentence = await page.locator(".say p").innerText();
  if (isMobile) {
    await page.getByRole("button", { name: "Menu" }).click();
    await page.locator("dialog.drawer").getByRole("link", { name: "Lab" }).click();
    await expect(page.locator("dialog.drawer")).toBeHidden();
  } else {
    await page.getByRole("link", { name: "Edit in Lab" }).click();
  }
  await expect(page).toHaveURL(/\/lab\/\?scenario=ack-lost&step=8$/);
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
  await expect(page.locator(".say p")).toHaveText(sentence);
  await expect(page.locator(".script li code")).toHaveText(["lose:ack@m1#1"]);
});

test("of a link that is old, broken or hostile as much is shown as can be, and the rest is named", async ({ page }) => {
  await open(page, "lab?preset=kafka-default&acks=7&retries=3&bogus=1&fault=eat:broker@m1&step=2");
  await expect(page.locator(".note.warn")).toContainText("acks=7");
  await expect(page.locator(".note.warn")).toContainText("bogus");
  await expect(page.locator(".note.warn")).toContainText("eat:broker@m1");
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default&retries=3&step=2$/);
  await expect(page.locator("output.count")).toContainText("2 /");
  for (const [query, says] of [
    ["preset=kafka-default&path=not.a-path", "no path"],
    ["preset=kafka-default&%3Cimg src=x onerror=alert(1)%3E=1", "Invalid setting"],
    [`preset=kafka-default&fault=${"crash:".repeat(90)}`, "Without the fault"],
    [`preset=kafka-default&program=${"work,".repeat(90)}`, "Invalid setting"],
    ["preset=kafka-default&messages=999999999999", "Invalid setting"],
    [`preset=kafka-default&transactional.id=${"x".repeat(300)}&step=99999`, "its last step"],
  ]) {
    await page.goto(`#/lab?${query}`);
    await expect(page.locator(".note.warn"), query).toContainText(says);
    await expect(page.locator(".diagram.body text").first()).toBeAttached();
    await expect(page.locator("main img")).toHaveCount(0);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(sideways, query).toBe(false);
  }
  await page.goto("#/lab?preset=kafka-defualt");
  await expect(page.locator("h1")).toHaveText("No such configuration");
  await page.getByRole("link", { name: "Kafka defaults" }).click();
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default$/);
});

test("a configuration that is not in the catalogue has no next scenario", async ({ page }) => {
  await lab(page, "?preset=kafka-default&acks=1");
  await page.getByRole("button", { name: "Last step" }).first().click();
  await expect(page.getByRole("button", { name: "Back to the start" })).toBeVisible();
  await expect(page.getByRole("link", { name: /^Next: / })).toHaveCount(0);
});

test("an effect that is added takes the place of the other, and is drawn and counted once", async ({ page }) => {
  await lab(page, "?preset=kafka-default");
  await page.getByText("Add a line").click();
  await page.getByRole("button", { name: "producer.commitTransaction()" }).click();
  await expect(page).toHaveURL(/program=receive,produce,commit-transaction/);
  await expect(lines(page).filter({ hasText: "accounts.add" })).toHaveCount(0);
  await page.locator(".proof select").nth(1).selectOption("0");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("up to 0 faults.");
  await expect(finding(page, "applied-once")).toHaveClass(/proved/);
});

test("a setting in the address that changes nothing can be taken back, too", async ({ page, isMobile }) => {
  await open(page, "lab?preset=kafka-default&messages=2&min.insync.replicas=1");
  if (isMobile) await page.locator(".lab > details > summary").click();
  const chips = page.getByRole("list", { name: "Changed settings" }).getByRole("listitem");
  await expect(chips).toHaveText(["messages=2", "min.insync.replicas=1"]);
  await page.getByRole("button", { name: "Reset messages" }).click();
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default&min\.insync\.replicas=1$/);
  await page.getByRole("button", { name: "Reset min.insync.replicas" }).click();
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default$/);
  await expect(chips).toHaveCount(0);
});

test("a long chip breaks between words, not within one", async ({ page, isMobile }) => {
  test.skip(isMobile, "a phone has one row of chips");
  await page.setViewportSize({ width: 1180, height: 900 });
  await open(page, "lab?scenario=ack-lost&program=receive,begin,inbox,work,commit,ack");
  const broken = await page.evaluate(() => {
    const halves = [];
    for (const text of document.querySelectorAll(".changes code, .chip")) {
      const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (const { index, 0: word } of node.data.matchAll(/[A-Za-z0-9]+/g)) {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
          if (tops.size > 1) halves.push(word);
        }
      }
    }
    return halves;
  });
  expect(broken).toEqual([]);
});

test("a value that is chosen is not cut off, and a name breaks between words", async ({ page, isMobile }) => {
  const cut = () =>
    page.locator(".field").evaluateAll((fields) => {
      const pen = document.createElement("canvas").getContext("2d");
      const wide = (element, text) => {
        pen.font = getComputedStyle(element).font;
        return pen.measureText(text).width;
      };
      return fields.flatMap((field) => {
        const [label, select] = [field.querySelector("label"), field.querySelector("select")];
        const longest = Math.max(...label.innerText.split(/(?<=[ ._-])|(?<=[a-z])(?=[A-Z])/).map((word) => wide(label, word)));
        const found = longest > label.clientWidth + 1 ? [`within a word of ${label.innerText}`] : [];
        if (!select) return found;
        const { paddingLeft, paddingRight } = getComputedStyle(select);
        // What is left is for the arrow.
        const room = select.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - 15;
        const text = select.selectedOptions[0].text;
        return wide(select, text) > room ? [...found, text] : found;
      });
    });
  for (const preset of ["kafka-default", "nats-default"]) {
    await open(page, `lab?preset=${preset}`);
    if (isMobile) await page.locator(".lab > details > summary").click();
    expect(await cut(), preset).toEqual([]);
  }
});
