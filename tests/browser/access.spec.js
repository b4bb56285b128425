// The page for everyone: axe-core finds nothing, the keyboard reaches all, fingers hit what they
// aim at.

import { axe, expect, open, test, type } from "./app.js";

const VIEWS = {
  home: "",
  "a step": "s/ack-lost?step=8",
  "an end": "s/dead-letter?step=99",
  "a broken link": "s/nowhere",
  "the Lab": "lab?preset=kafka-default&acks=1&fault=gone:broker@m1.acked&step=9",
  "the matrix": "matrix",
  "the costs": "cost?work=20&wrok=1",
  "the choice": "choose",
  "a choice that cannot be": "choose?lost=never&effect=outside",
  "a check of files": "check",
  "the glossary": "glossary?term=fencing",
  "random runs": "chaos?preset=kafka-default&acks=1&seed=42&runs=2000",
};

const settledAddress = VIEWS["the Lab"];

/** What is to be there before it is looked at. */
const settled = {
  "the costs": (page) => expect(page.locator(".reading .filters [role=status]")).toHaveText("47 presets measured"),
  "a check of files": async (page) => {
    await page.getByRole("button", { name: "RabbitMQ definitions" }).click();
    await expect(page.locator(".check-files .verdict")).toHaveAttribute("aria-busy", "false", { timeout: 60_000 });
    await page.getByRole("button", { name: /Show the run/ }).first().click();
    for (const summary of await page.locator("#main summary").all()) await summary.click();
  },
  "the choice": async (page) => {
    await expect(page.locator(".choice .measured")).toHaveCount(3);
    for (const summary of await page.locator(".choice summary").all()) await summary.click();
  },
  "the Lab": async (page) => {
    const settings = page.locator(".lab > details");
    if (!(await settings.evaluate((details) => details.open))) await settings.locator("> summary").click();
    await page.locator("#add-line").click();
    await page.locator(".field summary").first().click();
    await type(page.locator("#new-fault"), "lose:akc");
    await page.locator("#new-fault").press("Enter");
    await expect(page.getByRole("alert")).toBeVisible();
  },
  "random runs": async (page) => {
    await page.locator(".run-bar .run").click();
    await expect(page.locator(".run-bar")).toContainText("2,000 runs in");
    for (const summary of await page.locator(".more summary").all()) await summary.click();
    await page.locator('[data-test="killed-at-work"] > .button').click();
    await expect(page.locator('[data-test="killed-at-work"] .pill')).toBeVisible();
    await type(page.locator("#plan-lose-ack"), "often");
    await page.locator("#plan-lose-ack").press("Enter");
    await expect(page.getByRole("alert")).toBeVisible();
  },
  "the matrix": async (page) => {
    await page.getByText("Legend").click();
    await expect(page.locator("td.open")).not.toHaveCount(0);
    await expect(page.locator("td .good, td .bad, td .warn, td.idle")).not.toHaveCount(0);
  },
};

/** What has to do with colours. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** What axe finds wrong with the page, or with a part of it, in the light and in the dark: there only
 * the colours are others. */
async function wrong(page, part) {
  const asked = () => (part ?? []).reduce((all, one) => all.include(one), axe(page));
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const other = colorScheme === "light" ? "dark" : "light";
    await expect(page.locator(`[aria-label="${other} theme" i]`)).toBeAttached();
    const { violations } = await (colorScheme === "light" ? asked() : asked().withRules(COLOURS)).analyze();
    found.push(...violations.map((v) => `${colorScheme}, ${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`));
  }
  return found;
}

for (const [name, address] of Object.entries(VIEWS)) {
  test(`axe finds nothing wrong with ${name}`, async ({ page }) => {
    await open(page, address);
    await settled[name]?.(page);
    expect(await wrong(page)).toEqual([]);
  });
}

test("axe finds nothing wrong with the dialogs", async ({ page, isMobile }) => {
  await open(page, "s/ack-lost?step=8");
  await page.locator(".open-help").click();
  expect(await wrong(page)).toEqual([]);
  await page.keyboard.press("Escape");
  if (isMobile) {
    await page.getByRole("button", { name: "Menu" }).click();
    expect(await wrong(page)).toEqual([]);
  }
});

test("axe finds nothing wrong with what could happen, and the runs made of it", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  await page.locator(".diagram.head").getByText("Consumer").click();
  await expect(page.locator("dialog.chances")).toBeVisible();
  expect(await wrong(page, ["dialog.chances"])).toEqual([]);
  await page.locator(".chances .fault").first().click();
  await expect(page.locator(".forks li")).toHaveCount(2);
  expect(await wrong(page, [".heading", ".deck"])).toEqual([]);
});

test("the keyboard alone reaches every control, and shows where it is", async ({ page, isMobile }) => {
  test.skip(isMobile, "a keyboard stands on a desk");
  await open(page, "s/ack-lost?step=8");
  await expect(page.locator(".proof .progress[role=status]")).toContainText("up to 2 faults.");
  const wanted = await page.evaluate(() => {
    const all = document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']");
    return [...all].filter((e) => e.checkVisibility()).length;
  });
  const reached = new Set();
  for (let i = 0; i < wanted + 3; i += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const e = document.activeElement;
      if (e === document.body) return null;
      e.dataset.seen ??= String(Math.random());
      const style = getComputedStyle(e);
      return { id: e.dataset.seen, ring: style.outlineStyle !== "none", name: e.outerHTML.slice(0, 90) };
    });
    if (!here) continue;
    reached.add(here.id);
    expect(here.ring, `no focus ring: ${here.name}`).toBe(true);
  }
  expect(reached.size).toBe(wanted);
});

for (const width of [390, 320]) {
  test(`fingers hit what they aim at, ${width} px wide`, async ({ page, isMobile }) => {
    test.skip(!isMobile, "a mouse is finer");
    await page.setViewportSize({ width, height: 700 });
    await open(page, "s/ack-lost?step=99");
    const small = await page.evaluate(() => {
      const all = document.querySelectorAll("main button, main a, .top button, .deck select");
      return [...all]
        .filter((e) => e.checkVisibility() && !e.classList.contains("skip"))
        .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
        .filter(([, box]) => box.height < 40 || box.width < 40)
        .map(([name, box]) => `${name} ${box.width}×${box.height}`);
    });
    expect(small).toEqual([]);
    // All controls of the run in one row, so that the diagram keeps the room.
    const rows = await page.evaluate(() =>
      [...document.querySelectorAll(".buttons, .pace")].map((e) => e.getBoundingClientRect().bottom),
    );
    expect(new Set(rows.map(Math.round)).size).toBe(1);
  });
}

for (const width of [390, 320]) {
  test(`fingers hit the controls of the Lab, the matrix and the dialog, ${width} px wide`, async ({ page, isMobile }) => {
    test.skip(!isMobile, "a mouse is finer");
    await page.setViewportSize({ width, height: 700 });
    const small = () =>
      page.evaluate(() => {
        const all = document.querySelectorAll(".lab :is(button, input, select, summary), .proof :is(button, select, summary, label), .cures a, .history button, .forks button, main :is(button, summary, select, input), .chaos a, td a, th a, dialog[open] :is(button, a)");
        return [...all]
          .filter((e) => e.checkVisibility())
          .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
          // What is in a row of its own needs the height only.
          .filter(([, box]) => box.height < 39.5 || box.width < 28)
          .map(([name, box]) => `${name} ${box.width}×${box.height}`);
      });
    await open(page, settledAddress);
    await settled["the Lab"](page);
    await page.locator(".kinds summary").click();
    expect(await small()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.locator(".diagram.head").getByText("Consumer").click();
    expect(await small()).toEqual([]);
    await page.locator(".chances .fault").first().click();
    await expect(page.locator(".forks li")).toHaveCount(2);
    expect(await small()).toEqual([]);
    await open(page, "matrix");
    await settled["the matrix"](page);
    expect(await small()).toEqual([]);
    await open(page, VIEWS["random runs"]);
    await settled["random runs"](page);
    expect(await small()).toEqual([]);
  });
}

test("no text is smaller than 12 px", async ({ page }) => {
  await open(page, "s/dead-letter?step=99");
  await page.getByText("Transcript").click();
  const small = await page.evaluate(() => {
    const found = new Set();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (!text.data.trim() || !text.parentElement.checkVisibility()) continue;
      if (parseFloat(getComputedStyle(text.parentElement).fontSize) < 12) found.add(text.data);
    }
    return [...found];
  });
  expect(small).toEqual([]);
});

// 720 × 450 is what 1440 × 900 becomes at a zoom of 200 %.
for (const [width, height] of [[320, 500], [390, 500], [667, 375], [720, 450], [820, 600], [1100, 700], [1180, 600]]) {
  test(`nothing is lost in a window of ${width} × ${height}`, async ({ page, isMobile }) => {
    test.skip(isMobile, "a phone has its own");
    await page.setViewportSize({ width, height });
    for (const address of ["s/dead-letter?step=14", "lab?preset=kafka-default&acks=1&path=5.14&step=9"]) {
      await open(page, address);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(sideways).toBe(false);
      for (const control of [".open-help", "button.forward", ".pace", ".break"]) {
        await expect(page.locator(control)).toBeInViewport({ ratio: 1 });
        const covered = await page.locator(control).evaluate((e) => {
          const box = e.getBoundingClientRect();
          return !e.contains(document.elementFromPoint(box.right - 4, box.top + box.height / 2));
        });
        expect(covered, `${address}: ${control}`).toBe(false);
      }
    }
    await open(page, "s/dead-letter?step=14");
    await expect(page.locator(".body .frame")).toBeInViewport({ ratio: 1 });
    const hidden = await page.evaluate(() => {
      const frame = document.querySelector(".body .frame").getBoundingClientRect();
      const top = document.elementFromPoint(frame.left + 8, frame.top + 2);
      const bottom = document.elementFromPoint(frame.left + 8, frame.bottom - 2);
      return [top, bottom].filter((e) => !e?.closest(".diagram.body")).map((e) => e?.outerHTML.slice(0, 80));
    });
    expect(hidden).toEqual([]);
  });
}

test("without motion nothing moves by itself", async ({ page }) => {
  await open(page, "s/ack-lost");
  await page.keyboard.press("ArrowRight");
  const moving = await page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
});
