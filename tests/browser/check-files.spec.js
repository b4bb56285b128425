// The page that checks a person's own configuration files.

import { expect, open, test, type } from "./app.js";

const findings = (page) => page.locator(".properties > li");
const finding = (page, name) => findings(page).filter({ hasText: name });
const verdict = (page) => page.getByRole("region", { name: "Verdict" });
const done = (page) => expect(verdict(page)).toHaveAttribute("aria-busy", "false", { timeout: 60_000 });
const text = (page) => page.getByRole("textbox", { name: /^Text of/ });

/** A producer on its own: few runs. */
const PRODUCER = "key.serializer=x\nacks=1\nretries=0\nsasl.password=hunter2\n";

async function paste(page, content) {
  await text(page).fill(content);
}

test("an example gets a verdict, with the line, the run and a proved fix", { tag: "@phone" }, async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, "check");
  await expect(verdict(page)).toContainText("The verdict comes here");
  await page.getByRole("button", { name: "RabbitMQ definitions" }).click();
  await expect(page.locator(".read-as")).toContainText("Read as RabbitMQ definitions");
  await done(page);
  await expect(verdict(page).getByRole("heading", { level: 2 })).toHaveText(/^A message can be lost silently/);
  const lost = finding(page, "No silent loss");
  await expect(lost).toContainText("x-queue-type: classic");
  await expect(lost).toContainText("Only with power loss or permanent node loss");
  // The cause leads to its line.
  await lost.getByRole("button", { name: /definitions\.json line 13/ }).click();
  await expect(text(page)).toBeFocused();
  await expect(page.locator(".editor mark.bad")).not.toHaveCount(0);
  // The run, stepped back and forth.
  await lost.getByRole("button", { name: /Show the run/ }).click();
  const diagram = page.getByRole("region", { name: /The run that breaks/ });
  await expect(diagram.locator("text").first()).toBeAttached();
  const number = lost.locator(".stepping b");
  const last = await number.textContent();
  await lost.getByRole("button", { name: "Step back" }).click();
  await expect(number).not.toHaveText(last);
  await lost.getByRole("button", { name: "Step forward" }).click();
  await expect(number).toHaveText(last);
  // The fix in the file's own keys.
  const fix = page.getByRole("region", { name: /^Fix/ }).first();
  await expect(fix).toContainText("x-queue-type=quorum");
  await fix.getByRole("button", { name: "Copy", exact: true }).click();
  await expect(page.getByText(/copied/i)).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("x-queue-type=quorum");
  // From there to the Lab, and back to what was found.
  await lost.getByRole("link", { name: "Open in the Lab" }).click();
  await expect(page).toHaveURL(/\/lab\/\?preset=rabbitmq-.*path=/);
  await page.goBack();
  await expect(finding(page, "No silent loss")).toBeVisible();
  await expect(page.getByRole("button", { name: "definitions.json", exact: true })).toBeVisible();
});

test("where the verdict comes below the questions, a button says it and leads there", { tag: "@phone" }, async ({ page, isMobile }) => {
  await open(page, "check");
  await text(page).fill(PRODUCER);
  await done(page);
  const sentence = await verdict(page).getByRole("heading", { level: 2 }).textContent();
  const button = page.getByRole("button", { name: `${sentence} ↓` });
  if (!isMobile) {
    await expect(button).toBeHidden();
    await page.setViewportSize({ width: 900, height: 700 });
  }
  await expect(verdict(page).getByRole("heading", { level: 2 })).not.toBeInViewport();
  await expect(button).toBeInViewport({ ratio: 1 });
  if (isMobile) await button.tap();
  else await button.press("Enter");
  await expect(verdict(page)).toBeFocused();
  await expect(verdict(page).getByRole("heading", { level: 2 })).toBeInViewport({ ratio: 1 });
});

test("what is typed is checked, and an answer changes the verdict", async ({ page }) => {
  await open(page, "check");
  await text(page).click();
  await text(page).pressSequentially("acks=all\nkey.serializer=x\nretries=0\nmax.in.flight.requests.per.connection=1");
  await expect(text(page)).toBeFocused();
  await expect(page).toHaveURL(/\/check\/$/);
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  await expect(page.locator(".read-as")).toContainText("Read as Kafka client");
  const silently = finding(page, "No silent loss");
  await expect(silently).toHaveClass("broken");
  await expect(silently).toContainText("send failure: ignore");
  await page.getByRole("radio", { name: /a relay sends from an outbox/ }).check();
  await done(page);
  await expect(silently).toHaveClass("holds");
  await expect(page.locator(".origins tr", { hasText: "send failure" })).toContainText("answer");
});

test("a fix is copied as a patch of the file", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, "check");
  await paste(page, PRODUCER);
  await done(page);
  await page.getByRole("button", { name: "Copy as patch" }).first().click();
  await expect(page.getByText(/copied/i)).toBeVisible();
  const patch = await page.evaluate(() => navigator.clipboard.readText());
  expect(patch).toMatch(/^--- a\/file 1\n\+\+\+ b\/file 1\n@@/);
  expect(patch).toContain("\n-acks=1\n");
  expect(patch).toContain("\n+acks=all\n");
});

test("secrets and hosts are in no link and in no report", async ({ page }) => {
  await open(page, "check");
  await paste(page, `bootstrap.servers=kafka.secret.example:9092\n${PRODUCER}`);
  await done(page);
  const links = await page.locator("#main a").evaluateAll((links) => links.map((link) => link.href).join(" "));
  expect(links).toContain("/lab/?preset=kafka");
  expect(`${links} ${await verdict(page).textContent()}`).not.toMatch(/hunter2|secret\.example/);
  expect(await page.evaluate(() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage))).not.toContain("hunter2");
});

test("several files are opened, dropped and removed", { tag: "@phone" }, async ({ page }) => {
  await open(page, "check");
  const topic = "Topic: orders\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: min.insync.replicas=1\n";
  await page.locator("#check-open").setInputFiles([
    { name: "client.properties", mimeType: "text/plain", buffer: Buffer.from(PRODUCER) },
    { name: "topic.txt", mimeType: "text/plain", buffer: Buffer.from(topic) },
  ]);
  await expect(page.getByRole("button", { name: "topic.txt", exact: true })).toHaveAttribute("aria-pressed", "true");
  await done(page);
  await expect(page.locator(".origins tr", { hasText: "min.insync.replicas" })).toContainText("topic.txt line 1");
  // One that is dropped comes beside them; what is too large does not.
  await page.locator(".files").evaluate((zone) => {
    const data = new DataTransfer();
    data.items.add(new File(["min.insync.replicas=2\n"], "server.properties"));
    data.items.add(new File(["x".repeat(2 ** 20 + 1)], "large.log"));
    zone.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
  });
  await expect(page.getByRole("button", { name: "server.properties", exact: true })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("large.log is larger than 1 MiB");
  await page.getByRole("button", { name: "Remove topic.txt" }).click();
  await expect(page.getByRole("button", { name: "topic.txt", exact: true })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "client.properties", exact: true })).toBeVisible();
});

test("what cannot be read is named with its place, and nothing is lost", async ({ page }) => {
  await open(page, "check");
  await paste(page, PRODUCER);
  await done(page);
  await page.getByRole("button", { name: "+ Add" }).click();
  await paste(page, '{\n  "queues": [\n');
  await expect(page.getByRole("alert")).toContainText("file 2 line");
  await expect(finding(page, "No silent loss")).toHaveClass("broken");
  await paste(page, "\u0000\u0001 binary");
  await expect(page.getByRole("alert")).toContainText("it is no text");
  await paste(page, "hello there, this is a letter");
  await expect(page.getByRole("alert")).toContainText("nothing in it configures");
  // Another syntax by hand, and back.
  await page.getByLabel("Syntax").selectOption("yaml");
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByRole("button", { name: "Remove file 2" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(finding(page, "No silent loss")).toHaveClass("broken");
  await expect(text(page)).toHaveValue(PRODUCER);
});

test("a text that is too large is not taken", async ({ page }) => {
  await open(page, "check");
  await paste(page, PRODUCER);
  await text(page).fill("x".repeat(2 ** 20 + 1));
  await expect(page.getByRole("alert")).toContainText("larger than 1 MiB");
  await expect(text(page)).toHaveValue(PRODUCER);
});

test("an unknown key is answered with the one that was meant", async ({ page }) => {
  await open(page, "check");
  await paste(page, "key.serializer=x\nakcs=1\n");
  const noted = page.locator(".noted li", { hasText: "akcs" });
  await expect(noted).toContainText("Did you mean acks?");
  await noted.getByRole("button", { name: "file 1 line 2" }).click();
  await expect(text(page)).toBeFocused();
});

test.describe("without workers", () => {
  test.use({ expected: /worker|Failed to load|net::ERR/ });
  test("it says so, and the page goes on", async ({ page }) => {
    await page.route("**/worker.js", (route) => route.abort());
    await open(page, "check");
    await paste(page, PRODUCER);
    await expect(page.getByRole("alert")).toContainText("It needs a web worker");
    await page.getByRole("link", { name: "Advisor", exact: true }).or(page.getByRole("button", { name: "Menu" })).first().click();
    await expect(page.locator("h1, dialog[open] h2").first()).toBeVisible();
  });
});
