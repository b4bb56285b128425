// Configurations of one's own: kept under a name, opened, renamed, deleted; and files.

import { axe, expect, open, running, test, type } from "./app.js";

const CHANGED = "?preset=kafka-default&acks=1";

/** Opens the Lab and, where it folds, its settings. */
async function lab(page, query = CHANGED) {
  await open(page, `lab${query}`);
  const settings = page.locator(".lab > details");
  if (!(await settings.evaluate((details) => details.open))) await settings.locator("> summary").click();
}

const names = (page) => page.locator(".own li > a");
const said = (page) => page.locator(".own .said");

async function save(page, name) {
  const field = page.getByLabel("A name for this configuration");
  await type(field, name);
  await field.press("Enter");
}

test("what is kept is there at the next visit, and opens", { tag: "@phone" }, async ({ page }) => {
  await lab(page);
  await save(page, "Orders, as they are");
  await expect(said(page)).toContainText("Saved “Orders, as they are” in this browser.");
  await expect(names(page)).toHaveText(["Orders, as they are"]);
  await lab(page, "?preset=sqs-fifo");
  await page.reload();
  await running(page);
  await lab(page, "?preset=sqs-fifo");
  await names(page).click();
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default&acks=1$/);
  await expect(names(page)).toHaveAttribute("aria-current", "true");
});

test("a configuration is renamed and deleted, and that can be taken back", async ({ page }) => {
  await lab(page);
  await save(page, "one");
  await save(page, "two");
  await page.getByRole("button", { name: "Rename one" }).click();
  const field = page.getByLabel("New name for one");
  await expect(field).toBeFocused();
  await type(field, "two");
  await field.press("Enter");
  await expect(page.getByRole("alert")).toContainText("“two” is already taken");
  await page.getByRole("button", { name: "Rename one" }).click();
  await type(page.getByLabel("New name for one"), "three");
  await page.getByLabel("New name for one").press("Enter");
  await expect(names(page)).toHaveText(["three", "two"]);
  await page.getByRole("button", { name: "Delete three" }).click();
  await expect(names(page)).toHaveText(["two"]);
  await said(page).getByRole("button", { name: "Undo" }).click();
  await expect(names(page)).toHaveText(["three", "two"]);
  await page.reload();
  await running(page);
  await lab(page);
  await expect(names(page)).toHaveText(["three", "two"]);
});

test("an entry that cannot be read costs only itself, and stays until it is deleted", async ({ page }) => {
  const bad = '{ "name": "from elsewhere", "at": 7 }';
  const good = '{"name":"good","at":"/lab?preset=sqs-fifo"}';
  await page.addInitScript((text) => {
    if (!localStorage.getItem("ackward.own")) localStorage.setItem("ackward.own", text);
  }, `{"version":1,"saved":[${bad},${good}]}`);
  const stored = () => page.evaluate(() => localStorage.getItem("ackward.own"));
  await lab(page);
  await expect(names(page)).toHaveText(["good"]);
  const unreadable = page.locator(".own .unreadable");
  await expect(unreadable).toHaveText(/Unreadable entry, left unchanged: .*from elsewhere/);
  await save(page, "new");
  await expect(names(page)).toHaveText(["good", "new"]);
  expect(await stored()).toContain(bad);
  await page.reload();
  await running(page);
  await lab(page);
  await expect(names(page)).toHaveText(["good", "new"]);
  await page.getByRole("button", { name: "Delete unreadable entry 1" }).click();
  await expect(unreadable).toHaveCount(0);
  expect(await stored()).not.toContain("from elsewhere");
  await said(page).getByRole("button", { name: "Undo" }).click();
  expect(await stored()).toContain(bad);
});

test("another window of the same browser sees it", async ({ page, context }) => {
  await lab(page);
  const other = await context.newPage();
  await lab(other);
  await save(page, "shared");
  await expect(names(other)).toHaveText(["shared"]);
  await other.close();
});

test("a storage that is full, or refused, says so and changes nothing", async ({ page }) => {
  await lab(page);
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await save(page, "nowhere");
  await expect(page.getByRole("alert")).toContainText("The browser did not save it");
  await expect(names(page)).toHaveCount(0);
});

test("without any storage the page works all the same", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() { throw new DOMException("denied", "SecurityError"); },
    });
  });
  await lab(page);
  await expect(page.locator(".hint")).toHaveCount(0);
  await save(page, "nowhere");
  await expect(page.getByRole("alert")).toContainText("The browser did not save it");
});

/** The JSON that the page saves of a run. */
async function exported(page, address) {
  await open(page, address);
  await page.getByRole("button", { name: "Share and export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save Scenario (JSON)" }).click();
  const stream = await (await download).createReadStream();
  const parts = [];
  for await (const part of stream) parts.push(part);
  await page.keyboard.press("Escape");
  return Buffer.concat(parts);
}

test("what was saved as a file comes back from it, and can be stepped, changed and sent", async ({ page }) => {
  const json = await exported(page, "lab?preset=exactly-once&max_deliveries=3&program=receive,work,ack&fault=crash:consumer@m1.after-work");
  await lab(page, "");
  await page.getByText("Open a scenario (JSON)").click();
  await page.locator("#own-file").setInputFiles({ name: "orders.json", mimeType: "application/json", buffer: json });
  await expect(page).toHaveURL(/\/lab\/\?.*max_deliveries=3.*fault=crash:consumer@m1\.after-work/);
  await expect(page.locator(".script li code")).toHaveText(["crash:consumer@m1.after-work"]);
  await page.locator("h1").click();
  await page.keyboard.press("End");
  await expect(page.locator(".fate .outcome .pill").first()).toHaveText("duplicated: applied 2×");
  await expect(page.getByLabel("A name for this configuration")).not.toHaveValue("");
  const address = page.url();
  await page.reload();
  await running(page);
  await expect(page).toHaveURL(address);
  // The same by pasting.
  await lab(page, "");
  await page.getByText("Open a scenario (JSON)").click();
  await page.getByLabel("Scenario JSON").fill(json.toString());
  await page.getByRole("button", { name: "Load JSON" }).click();
  await expect(page).toHaveURL(/\/lab\/\?.*max_deliveries=3/);
});

test("a broken file says where and why, and changes nothing", async ({ page }) => {
  const json = (await exported(page, "s/ack-lost")).toString();
  await lab(page);
  const address = page.url();
  await page.getByText("Open a scenario (JSON)").click();
  for (const [text, says] of [
    [json.replace('"messages": 1', '"messages": 9'), "messages: 9 is out of range; use 1 to 4"],
    [json.slice(0, 200), "EOF"],
    ["<script>alert(1)</script>", "expected value"],
    ["", "It is empty"],
  ]) {
    await page.locator("#own-file").setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from(text) });
    await expect(page.locator(".import .refused")).toContainText(says);
    await expect(page.locator(".import .refused")).toContainText("Nothing has changed.");
    await expect(page).toHaveURL(address);
  }
  await page.locator("#own-file").setInputFiles({ name: "big.json", mimeType: "application/json", buffer: Buffer.alloc(3_000_000, 32) });
  await expect(page.locator(".import .refused")).toContainText("big.json could not be read: it has 3 MB");
});

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing wrong, ${theme}`, { tag: "@phone" }, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await lab(page);
    await save(page, "one");
    await save(page, "two");
    await page.getByRole("button", { name: "Rename one" }).click();
    await page.getByText("Open a scenario (JSON)").click();
    await page.getByRole("button", { name: "Load JSON" }).click();
    await expect(page.locator(".import .refused")).toBeVisible();
    const found = await axe(page).include(".lab").analyze();
    expect(found.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 120))])).toEqual([]);
  });
}
