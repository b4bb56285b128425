// The controls of the page: each one clicked, and each key pressed.

import { readFileSync } from "node:fs";
import { expect, follow, open, running, steps, test, type, unfold } from "./app.js";
import { POLICY } from "./server.mjs";

const count = (page, step, last = 22) => expect(page.locator("output.count")).toHaveText(`${step} / ${last}`);

test("opens on a duplicate, and says so before the first step", async ({ page, isMobile }) => {
  test.skip(isMobile, "there is no room beside the title");
  await open(page);
  await expect(page).toHaveTitle(/Ack lost, producer retries/);
  const outcome = page.locator(".title").getByRole("list", { name: "Verdict" });
  await expect(outcome).toContainText("m1: duplicated: applied 2×");
  await page.keyboard.press("ArrowRight");
  await expect(outcome).toHaveCount(0);
});

test("the buttons go through the run, and the address follows", async ({ page }) => {
  await open(page, "s/ack-lost");
  await page.locator("button.forward").click();
  await count(page, 1);
  await expect(page).toHaveURL(/\/s\/ack-lost\/\?step=1$/);
  await page.locator("button.last").click();
  await count(page, 22);
  await expect(page.locator("button.forward")).toHaveAttribute("aria-disabled", "true");
  await page.locator("button.back").click();
  await count(page, 21);
  await page.locator("button.first").click();
  await count(page, 0);
  await expect(page).toHaveURL(/\/s\/ack-lost\/$/);
  await expect(page.locator("button.back")).toHaveAttribute("aria-disabled", "true");
});

test("the keys go through the run", async ({ page }) => {
  await open(page, "s/ack-lost");
  await page.keyboard.press("End");
  await count(page, 22);
  await page.keyboard.press("ArrowLeft");
  await count(page, 21);
  await page.keyboard.press("Home");
  await count(page, 0);
  await page.keyboard.press("ArrowRight");
  await count(page, 1);
  await page.keyboard.press("?");
  await expect(page.locator("dialog.help")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await count(page, 1);
  await page.keyboard.press("Escape");
  await expect(page.locator("dialog.help")).toBeHidden();
});

test("plays to the end at the speed chosen, and pauses", async ({ page }) => {
  await open(page, "s/message-lost");
  const { last } = await steps(page);
  await page.locator(".pace").selectOption("4×");
  await page.locator("button.play").click();
  await count(page, last, last);
  await expect(page.locator("button.play")).toHaveAccessibleName("Play again");
  // A long run: on a slow machine a short one would be over before it is paused.
  await open(page, "s/ack-lost");
  await page.locator("button.play").click();
  await page.keyboard.press(" ");
  await expect(page.locator("button.play")).toHaveAccessibleName("Play");
  await page.locator(".stage").focus();
  await page.keyboard.press(" ");
  await expect(page.locator("button.play")).toHaveAccessibleName("Pause");
  await page.keyboard.press(" ");
  await expect(page.locator("button.play")).toHaveAccessibleName("Play");
});

test("the slider moves by mouse and by its own keys, and shows the faults", async ({ page }) => {
  await open(page, "s/ack-lost");
  const slider = page.getByRole("slider", { name: "Step" });
  await slider.fill("8");
  await count(page, 8);
  await slider.focus();
  await page.keyboard.press("ArrowRight");
  await count(page, 9);
  await expect(slider).toHaveAttribute("aria-valuetext", "step 9 of 22");
  await expect(page.locator(".scrubber .mark")).toHaveCount(1);
});

test("a click on a step in the diagram goes there", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  const frame = await page.locator(".body .frame").boundingBox();
  await page.mouse.click(frame.x + 20, frame.y - 12);
  await count(page, 7);
});

test("the slices of a drawing lie where its frame and its lifelines have them", async ({ page }) => {
  await open(page, "s/test-no-loss");
  const off = await page.locator(".diagram.body").evaluate((body) => {
    const { top, height } = body.getBoundingClientRect();
    const svgs = [...body.querySelectorAll("svg")];
    const places = svgs.map((svg) => svg.getBoundingClientRect().top - svg.viewBox.baseVal.y - top);
    return [svgs.length, height - svgs[0].getBoundingClientRect().height, ...places];
  });
  // Two layers of two slices at least, and what lies behind and between.
  expect(off[0]).toBeGreaterThanOrEqual(6);
  expect(Math.max(...off.slice(1).map(Math.abs))).toBeLessThan(0.1);
});

test("what the step changed is marked: code line, state, counts", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  await expect(page.locator(".program .lit code").last()).toHaveText("broker.ack(m)");
  await expect(page.locator(".state .changed th")).toHaveText(["Consumer", "Accounts"]);
  await expect(page.locator(".counts .changed dt")).toHaveText(["processed", "applied"]);
});

test("all steps in words, each a way there", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  await page.getByText("Transcript").click();
  await expect(page.locator(".steps li")).toHaveCount(22);
  await page.locator(".steps button").nth(4).click();
  await count(page, 5);
  await expect(page.locator(".say.fault")).toContainText("The ack is lost");
});

test("a link to a step opens at that step; back goes to the scenario before", async ({ page }) => {
  await open(page, "s/crash-after-work?step=3");
  await expect(page.locator("output.count")).toContainText("3 /");
  await follow(page, "s/ack-lost?step=5");
  await count(page, 5);
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/ack-lost\/\?step=6$/);
  await page.goBack();
  await expect(page.locator("h1")).toHaveText(/Consumer crash after processing/);
  await expect(page.locator("output.count")).toContainText("3 /");
  await page.goForward();
  await count(page, 6);
  await page.reload();
  await running(page);
  await count(page, 6);
});

test("a link shows its step between the names and the controls", async ({ page }) => {
  for (const address of ["s/ack-lost?step=12", "s/replicate-before-ack?step=12", "s/dead-letter?step=7"]) {
    await page.goto("about:blank");
    await open(page, address);
    const edges = () =>
      page.evaluate(() => {
        const box = (selector) => document.querySelector(selector).getBoundingClientRect();
        const frame = box(".body .frame");
        return { over: frame.top - box(".diagram.head").bottom, under: box(".deck").top - frame.bottom };
      });
    await expect.poll(async () => (await edges()).over, { message: address }).toBeGreaterThanOrEqual(0);
    await expect.poll(async () => (await edges()).under, { message: address }).toBeGreaterThan(20);
  }
});

test("an address that leads nowhere says so and offers the nearest", async ({ page }) => {
  await open(page, "s/ack-lots");
  await expect(page.locator("h1")).toHaveText("No such scenario");
  await page.locator(".near a").first().click();
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
  for (const hostile of ["s/%3Cimg src=x onerror=alert(1)%3E", `s/${"x".repeat(5000)}`, "%%%", "s/"]) {
    await page.goto(`#/${hostile}`);
    await expect(page.locator("h1")).toContainText("No such");
    await expect(page.locator("main img")).toHaveCount(0);
  }
});

test("a step that does not exist is answered with the nearest one", async ({ page }) => {
  await open(page, "s/ack-lost?step=99");
  await count(page, 22);
  await expect(page.locator(".note.warn")).toContainText("This run has 22 steps");
  await page.locator(".note.warn .dismiss").click();
  await expect(page.locator(".note.warn")).toHaveCount(0);
  await open(page, "s/ack-lost?step=soon");
  await expect(page.locator(".note.warn")).toContainText("is not a number");
});

test("the theme can be changed and is remembered", async ({ page }) => {
  await open(page);
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.locator("button.theme").click();
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.reload();
  await running(page);
  expect(await paper()).toBe(dark);
});

test("what is typed into the search arrives, letter by letter", async ({ page, isMobile }) => {
  await open(page);
  await page.keyboard.press("/");
  const field = page.locator(isMobile ? "dialog.drawer" : ".side").getByRole("searchbox");
  await expect(field).toBeFocused();
  // The groups become fewer on the way; "s" and "b" are shortcuts where no field has the focus.
  await page.keyboard.type("visibility");
  await expect(field).toHaveValue("visibility");
  await expect(field).toBeFocused();
  await expect(page.locator("dialog.share[open], dialog.chances[open]")).toHaveCount(0);
});

test("finds a scenario by its words", async ({ page, isMobile }) => {
  await open(page);
  await page.keyboard.press("/");
  const place = page.locator(isMobile ? "dialog.drawer" : ".side");
  const field = place.getByRole("searchbox");
  await expect(field).toBeFocused();
  await type(field, "poison goes dlq");
  await expect(place.locator("a[data-id]")).toHaveCount(1);
  await field.press("Enter");
  await expect(page.locator("h1")).toContainText("DLQ");
  if (isMobile) await page.getByRole("button", { name: "Menu" }).click();
  await type(field, "no such thing");
  await expect(place.locator(".hits")).toHaveText("No scenarios match.");
  await place.getByRole("button", { name: "Show all scenarios" }).click();
  expect(await place.locator("h2 button").count()).toBeGreaterThan(10);
});

test("filters the scenarios by topic and by outcome", async ({ page, isMobile }) => {
  await open(page);
  if (isMobile) await page.getByRole("button", { name: "Menu" }).click();
  const list = page.locator(isMobile ? "dialog.drawer" : ".side");
  await list.getByLabel("Topic").selectOption("Kafka");
  await list.getByLabel("Outcome").selectOption("reordered");
  await expect(list.locator("a[data-id]")).toHaveCount(1);
  await expect(list.locator("a[data-id=kafka-reorder]")).toBeVisible();
  await expect(list.locator(".hits")).toHaveText(/^1 of \d+ scenarios$/);
  await list.getByLabel("Outcome").selectOption("test");
  await expect(list.locator(".hits")).toHaveText("No scenarios match.");
  await list.getByRole("button", { name: "Show all scenarios" }).click();
  await expect(list.getByLabel("Topic")).toHaveValue("");
  await expect(list.getByLabel("Outcome")).toHaveValue("");
  expect(await list.locator("h2 button").count()).toBeGreaterThan(10);
});

test("groups fold, and the one of the scenario on screen is open", async ({ page, isMobile }) => {
  await open(page, "s/sqs-retention");
  if (isMobile) await page.getByRole("button", { name: "Menu" }).click();
  const list = page.locator(isMobile ? "dialog.drawer" : ".side");
  await expect(list.locator("a[data-id].here")).toBeInViewport({ ratio: 1 });
  await expect(list.locator("[aria-expanded=true]")).toHaveText(/^SQS/);
  await list.getByRole("button", { name: /^RabbitMQ/ }).click();
  await expect(list.locator("a[data-id=rabbitmq-quorum]")).toBeVisible();
  await list.getByRole("button", { name: /^RabbitMQ/ }).click();
  await expect(list.locator("a[data-id=rabbitmq-quorum]")).toBeHidden();
});

test("settings are found by their names and values, across the groups", async ({ page, isMobile }) => {
  await open(page);
  await page.keyboard.press("/");
  const list = page.locator(isMobile ? "dialog.drawer" : ".side");
  for (const [words, id] of [
    ["acks=1", "kafka-acks-1"],
    ["visibility", "sqs-visibility-expires"],
    ["quorum", "rabbitmq-quorum"],
  ]) {
    await type(list.getByRole("searchbox"), words);
    await expect(list.locator(`a[data-id=${id}]`)).toBeVisible();
    await expect(list.locator(".hits")).toContainText(/^\d+ of \d+ scenarios$/);
  }
});

test("the badge says how it ends", async ({ page, isMobile }) => {
  test.skip(isMobile, "the same list");
  await open(page);
  await unfold(page);
  for (const [id, badge] of [
    ["ack-lost", "2×"], ["message-lost", "0"], ["retry-after-loss", "1"], ["dead-letter", "DLQ"],
    ["retries-exhausted-delivered", "?"], ["rabbitmq-poison", "∞"], ["inbox-mail", "mail 2×"],
    ["test-no-loss", "pass"], ["test-no-loss-fails", "fail"],
  ]) {
    await expect(page.locator(`.side a[data-id="${id}"] .badge`)).toContainText(badge);
    if (!["pass", "fail"].includes(badge)) await expect(page.locator(".side .legend dt").filter({ hasText: badge }).first()).toBeVisible();
  }
});

test("the list opens as a drawer where there is no room for it", async ({ page, isMobile }) => {
  test.skip(!isMobile, "on a desktop it is always there");
  await open(page);
  await page.getByRole("button", { name: "Menu" }).click();
  await expect(page.locator("dialog.drawer nav.places a")).toHaveText(["Scenarios", "Check yours", "Lab", "Compare", "Fault matrix", "Simulate", "Cost", "Advisor"]);
  await page.locator("dialog.drawer").getByRole("button", { name: /^Broker failures/ }).click();
  await page.locator("dialog.drawer a[data-id=crash-before-persist]").click();
  await expect(page.locator("dialog.drawer")).toBeHidden();
  await expect(page.locator("h1")).toHaveText(/Broker acks before fsync/);
});

test("every place of the site is in the bar, or in the menu", async ({ page, isMobile }) => {
  test.skip(isMobile, "the menu has a test of its own");
  await open(page, "s/ack-lost");
  for (const [width, names] of [[1440, ["Scenarios", "Check yours", "Lab", "Compare", "Fault matrix", "Simulate", "Cost", "Advisor"]], [1180, ["Scenarios", "Check yours", "Lab", "Compare", "Fault matrix", "Simulate", "Cost", "Advisor"]], [980, ["Check yours", "Lab", "Compare", "Fault matrix", "Simulate", "Cost", "Advisor"]], [979, []], [820, []], [600, []]]) {
    await page.setViewportSize({ width, height: 700 });
    await expect(page.locator(".top nav a").filter({ visible: true })).toHaveText(names);
    await expect(page.locator(".open-catalogue")).toBeVisible({ visible: width < 1180 });
    // In one line, and nothing is pushed out of the window.
    const bar = await page.getByRole("banner").evaluate((bar) => ({
      wrapped: [...bar.querySelectorAll("nav a")].filter((link) => link.offsetHeight > 40).length,
      outside: [...bar.children].filter((part) => part.getBoundingClientRect().right > innerWidth).length,
    }));
    expect(bar, `at ${width}`).toEqual({ wrapped: 0, outside: 0 });
  }
  await page.locator(".open-catalogue").click();
  await page.locator("nav.places").getByRole("link", { name: "Fault matrix" }).click();
  await expect(page.locator("dialog.drawer")).toBeHidden();
  await expect(page.locator("h1")).toHaveText("Fault matrix: every preset × every fault");
});

test("the names of the lifelines stay in view", async ({ page }) => {
  await open(page, "s/ack-lost?step=22");
  await expect(page.locator(".diagram.head")).toBeInViewport({ ratio: 0.9 });
  await expect(page.locator(".body .frame")).toBeInViewport();
});

test("the end offers the start and the next scenario, and leads there", async ({ page }) => {
  await open(page, "s/ack-lost?step=22");
  await page.locator(".ending .again").click();
  await count(page, 0);
  await page.keyboard.press("End");
  await page.locator(".ending .next").click();
  await expect(page.locator("h1")).toHaveText(/Fire and forget: lost ack has no effect/);
  await expect(page.locator("output.count")).toContainText("0 /");
  await expect(page.locator(".diagram.body")).toBeInViewport();
});

test("the name leads home, and so does a page that is not there", async ({ page }) => {
  await open(page, "s/dead-letter?step=3");
  await page.locator(".brand").click();
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
  await page.goto("#/nowhere/at/all");
  await page.getByRole("link", { name: "Go to the start page" }).click();
  await expect(page.locator("h1")).toHaveText("Ack lost, producer retries");
});

test("the first Tab offers to skip to the diagram", async ({ page, isMobile }) => {
  test.skip(isMobile, "a finger has no Tab");
  await open(page, "s/ack-lost?step=8");
  await page.keyboard.press("Tab");
  await expect(page.locator(".skip")).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("Enter");
  await expect(page.locator(".stage")).toBeFocused();
  await expect(page).toHaveURL(/step=8$/);
});

test("a finger steps by tapping the diagram and drags the slider", async ({ page, isMobile }) => {
  test.skip(!isMobile, "a desk has a mouse");
  await open(page, "s/ack-lost?step=8");
  const frame = await page.locator(".body .frame").boundingBox();
  await page.touchscreen.tap(frame.x + 200, frame.y - 12);
  await count(page, 7);
  const slider = await page.locator(".scrubber input").boundingBox();
  await page.touchscreen.tap(slider.x + slider.width - 12, slider.y + slider.height / 2);
  await count(page, 22);
});

test("each step is announced", async ({ page }) => {
  await open(page, "s/ack-lost");
  const live = page.locator(".say [aria-live=polite]");
  await page.keyboard.press("ArrowRight");
  await expect(live).toHaveText(/Step 1 The producer sends m1/);
});

test.describe("when it does not run", () => {
  /** The words that a person sees without scrolling. */
  const seen = async (page, words) => {
    const place = page.locator(".boot", { visible: true });
    await expect(place).toHaveCount(1);
    await expect(place).toContainText(words);
    await expect(place).toBeInViewport({ ratio: 1 });
  };

  test("says that it is loading, where there is nothing to read yet", async ({ page, baseURL }) => {
    await page.route("**/*.wasm", () => {});
    await page.goto(`${baseURL}#/s/ack-lost`);
    await seen(page, "Loading Ackward…");
    await expect(page.locator("#page")).toBeHidden();
    await page.goto("about:blank");
    await page.goto(baseURL);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator(".boot", { visible: true })).toHaveCount(0);
  });

  test("says so where the wasm does not come", async ({ browser, baseURL }) => {
    const page = await browser.newPage();
    await page.route("**/*.wasm", (route) => route.abort());
    await page.goto(baseURL);
    await seen(page, "Ackward could not be started.");
    await page.close();
  });

  for (const [what, answer] of [
    ["does not come", (route) => route.abort()],
    ["cannot be read", (route) => route.fulfill({ contentType: "text/javascript", body: "later syntax" })],
  ]) {
    test(`says so where its script ${what}`, async ({ browser, baseURL }) => {
      const page = await browser.newPage();
      await page.route("**/main.js", answer);
      await page.goto(baseURL);
      await seen(page, "Ackward could not be started.");
      await page.close();
    });
  }

  test("says so in a browser without WebAssembly", async ({ page, baseURL }) => {
    await page.addInitScript(() => delete globalThis.WebAssembly);
    await page.goto(baseURL);
    await seen(page, "Ackward needs WebAssembly");
  });

  test("says so without script, and does not pretend to load", async ({ browser, baseURL }) => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(baseURL);
    await seen(page, "need JavaScript");
    await page.close();
  });
});

test("a link goes before an address that waits to be written", async ({ page }) => {
  await open(page, "s/ack-lost");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  // The second step is written a moment later; by then the page is busy and the link is followed.
  await page.evaluate(() => {
    location.hash = "#/s/message-lost";
    const start = performance.now();
    while (performance.now() - start < 600);
  });
  await expect(page.locator("h1")).toHaveText("Message lost before the broker");
  await expect(page).toHaveURL(/\/s\/message-lost\/$/);
});

test("where something is written can be followed", async ({ page }) => {
  await open(page, "s/kafka-acks-1");
  const sources = page.locator(".sources").getByRole("link");
  await expect(sources).not.toHaveCount(0);
  for (const source of await sources.all()) await expect(source).toHaveAttribute("href", /^https:\/\//);
});
