// The badge that tells on which product a scenario was seen, and the recorded run beside the model's.

import { axe, expect, open, test } from "./app.js";

const badge = (page) => page.getByRole("button", { name: /^Seen on / });
const dialog = (page) => page.getByRole("dialog", { name: "Recorded on the real product" });

async function recorded(page, id) {
  await open(page, `s/${id}`);
  await badge(page).click();
  await expect(dialog(page)).toBeVisible();
}

test("a scenario names the product that it was seen on", async ({ page }) => {
  await open(page, "s/ack-lost");
  await expect(badge(page)).toHaveText(/^Seen on RabbitMQ \d+\.\d+\.\d+, \d+ \w{3} \d{4}$/);
  await open(page, "s/sqs-duplicate");
  await expect(page.getByText("Not seen on a real product")).toBeVisible();
  await expect(badge(page)).toHaveCount(0);
});

test("what only emulators have shown is told apart", async ({ page }) => {
  await open(page, "s/sqs-send-retried");
  const emulated = page.getByRole("button", { name: /^Emulated by / });
  await expect(emulated).toHaveText(/^Emulated by ElasticMQ \d+\.\d+\.\d+, .* and moto \d+\.\d+\.\d+, \d+ \w{3} \d{4}$/);
  await expect(badge(page)).toHaveCount(0);
  await emulated.click();
  const beside = page.getByRole("dialog", { name: "Recorded on emulators" });
  await expect(beside).toContainText("It is an emulator, and no witness for Amazon SQS.");
  await beside.getByRole("button", { name: /^moto / }).click();
  await expect(beside).toContainText("Emulated by moto ");
});

test("a run with other faults or settings has no badge", async ({ page }) => {
  await open(page, "lab?scenario=ack-lost&fault=none");
  await expect(page.getByRole("heading", { name: /^Outcome/ })).toBeVisible();
  await expect(badge(page)).toHaveCount(0);
});

test("the recorded run stands beside the model's, and differences lead to their steps", { tag: "@phone" }, async ({ page }) => {
  await recorded(page, "ack-lost");
  await expect(dialog(page)).toContainText("./dev truth rabbitmq ack-lost");
  const run = (name) => dialog(page).getByRole("region", { name: `Sequence diagram: ${name}` });
  await expect(run("Run of the model")).toContainText("ack m1 lost");
  await expect(run("Recorded run")).toContainText("ack m1 lost");
  const difference = dialog(page).getByRole("button", { name: /^Recorded, step \d+ producer: reports ok for m1$/ });
  await difference.click();
  await expect(run("Recorded run").locator(".now").first()).toBeVisible();
  const { violations } = await axe(page).analyze();
  expect(violations).toEqual([]);
});

test("a run that is recorded as it is shown differs in nothing", async ({ page }) => {
  await recorded(page, "message-lost");
  await expect(dialog(page)).toContainText("No difference");
});

test("each ending of a script has a recording", async ({ page }) => {
  await recorded(page, "rabbitmq-power-loss");
  const all = dialog(page).getByRole("group", { name: "Recordings" }).getByRole("button");
  await expect(all).toHaveText([/lost silently/, /once/, /applied 2×/]);
  await all.nth(1).click();
  await expect(all.nth(1)).toHaveAttribute("aria-pressed", "true");
  await expect(dialog(page)).toContainText("Differences in what can be observed");
});

test("the recorded run can be stepped through", async ({ page }) => {
  await recorded(page, "ack-lost");
  await dialog(page).getByRole("link", { name: "Step through the recorded run" }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(page.locator("h1")).toContainText("Another run of “Ack lost, producer retries”");
});
