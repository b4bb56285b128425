// The diagram as a part of other pages: the element, the frame, and what they tell.

import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { expect, running, test } from "./app.js";
import { BASE, plain, TYPES } from "./server.mjs";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

/** The frame inside the element of this number. */
const frame = (page, number) => page.locator("ackward-diagram").nth(number).locator("iframe").contentFrame();

/** A scenario as somebody might write it. */
const OWN = {
  version: 1, id: "orders", title: "Bestellungen", summary: "A queue with a limit.", messages: 1,
  producer: { rabbitmq: { "confirm.select": true, delivery_mode: 2 } },
  broker: { rabbitmq: { "x-queue-type": "quorum", nodes: 3, "x-dead-letter-exchange": "dlx" } },
  consumer: { program: ["receive", "work", "ack"] },
  faults: ["crash:consumer@m1.before-work"],
};

async function gallery(page) {
  await page.goto("gallery.html");
  await expect(frame(page, 0).locator("output.count:visible")).toHaveText(/8 \/ \d+/);
}

test("the gallery shows embeds, each loaded when one comes near", { tag: "@phone" }, async ({ page }) => {
  // A low window: the last is far away in it, also before the code beneath each stands there.
  await page.setViewportSize({ width: page.viewportSize().width, height: 300 });
  await gallery(page);
  const last = page.locator("ackward-diagram").nth(3);
  await expect(last.locator("iframe")).toHaveCount(0);
  await expect(last.getByRole("link")).toHaveText("Open the diagram in Ackward");
  await last.scrollIntoViewIfNeeded();
  await expect(frame(page, 3).locator(".diagram.body text").first()).toBeAttached();
  // Dark was asked for, and no buttons.
  await expect(frame(page, 3).locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(frame(page, 3).locator(".deck")).toHaveCount(0);
  // It is as high as its run.
  const high = await frame(page, 3).locator("main").evaluate((main) => main.scrollHeight);
  const height = async () => (await last.locator("iframe").boundingBox()).height;
  await expect.poll(height).toBeGreaterThanOrEqual(high);
  // And no higher, however often that is told.
  await page.waitForTimeout(500);
  expect(await height()).toBeLessThan(high + 8);
  const plain = page.locator("section > iframe").contentFrame();
  await plain.locator("h1").scrollIntoViewIfNeeded();
  await expect(plain.locator("h1")).toHaveText("Poison message goes to the DLQ");
  await expect(plain.locator("output.count:visible")).toHaveText(/6 \/ \d+/);
});

test("a configuration of one's own is embedded with its settings and faults", async ({ page }) => {
  await gallery(page);
  await page.locator("ackward-diagram").nth(1).scrollIntoViewIfNeeded();
  const own = frame(page, 1);
  await expect(own.locator("h1")).toHaveText("Kafka defaults (modified)");
  await own.getByRole("button", { name: "Last step" }).click();
  await expect(own.locator(".embed > .pills")).toContainText("m1: lost silently");
  await expect(own.locator(".program")).toHaveCount(2);
  const link = own.getByRole("link", { name: "Open in Ackward" });
  await expect(link).toHaveAttribute("href", /\/lab\/\?preset=kafka-default&/);
  await expect(link).toHaveAttribute("target", "_blank");
});

test("what is wrong with what was asked for is said, and covers nothing", async ({ page }) => {
  await page.goto("embed.html?scenario=kafka-acks-1&step=99");
  const note = page.locator(".note");
  await expect(note).toContainText("the address asks for step 99");
  const [above, names] = [await note.boundingBox(), await page.locator(".diagram.head").boundingBox()];
  expect(above.y + above.height).toBeLessThanOrEqual(names.y);
  expect((await page.locator("h1").boundingBox()).y).toBeLessThan(above.y);
});

test("the host hears each step, and can lead", async ({ page }) => {
  await gallery(page);
  await page.evaluate(() => {
    globalThis.heard = [];
    for (const name of ["ackward-step", "ackward-verdict"]) {
      document.addEventListener(name, (event) => globalThis.heard.push([name, event.detail]));
    }
  });
  await frame(page, 0).getByRole("button", { name: "One step forward" }).click();
  const heard = () => page.evaluate(() => globalThis.heard.filter(([name]) => name === "ackward-step").at(-1)?.[1]);
  await expect.poll(heard).toMatchObject({ step: 9, playing: false });
  expect((await heard()).sentence).toMatch(/\w/);
  const element = page.locator("ackward-diagram").first();
  await element.evaluate((diagram) => diagram.goTo(3));
  await expect(frame(page, 0).locator("output.count:visible")).toHaveText(/3 \/ \d+/);
  await element.evaluate((diagram) => diagram.setAttribute("step", "22"));
  await expect(frame(page, 0).locator("output.count:visible")).toHaveText(/22 \/ \d+/);
  const verdict = () => page.evaluate(() => globalThis.heard.filter(([name]) => name === "ackward-verdict").at(-1)?.[1]);
  await expect.poll(verdict).toMatchObject({ verdict: [{ message: "m1", applied: 2 }] });
  await element.evaluate((diagram) => diagram.play());
  await expect.poll(heard).toMatchObject({ playing: true });
  await element.evaluate((diagram) => diagram.pause());
  await expect(frame(page, 0).getByRole("button", { name: "Play", exact: true })).toBeVisible();
});

/** Opens a host's page with this body. */
async function host(page, body) {
  await page.route("**/host.html", (route) => route.fulfill({
    contentType: "text/html",
    body: `<!doctype html><title>Host</title><script type="module" src="embed.js"></script>${body}`,
  }));
  await page.goto("host.html");
}

/** What a frame can do to the frame beside it, and to the page around both. */
async function beside(page, ...texts) {
  const other = page.frames().find((frame) => frame.url().endsWith("/theme.html"));
  await other.evaluate((texts) => {
    for (const text of texts) for (const to of [parent, parent[0], parent[1]]) to.postMessage(text, "*");
  }, texts);
}

test("a frame beside an embed can neither steer it nor speak for it", async ({ page }) => {
  // A page of the same site, so that nothing but the window tells the two apart.
  await page.route("**/theme.html", (route) => route.fulfill({ contentType: "text/html", body: "<title>Other</title>" }));
  await host(page, `
    <iframe src="embed.html?scenario=ack-lost&step=8" width="800" height="400"></iframe>
    <iframe src="index.html#/lab?embed=transport,given" width="800" height="400"></iframe>
    <iframe src="theme.html"></iframe>
    <ackward-diagram scenario="ack-lost" step="8"></ackward-diagram>`);
  const [plain, given] = [0, 1].map((number) => page.locator("body > iframe").nth(number).contentFrame());
  await expect(plain.locator("output.count:visible")).toHaveText(/8 \/ \d+/);
  await expect(given.getByRole("status").first()).toHaveText("Waiting for the scenario…");
  await page.locator("ackward-diagram").scrollIntoViewIfNeeded();
  await expect(frame(page, 0).locator("output.count:visible")).toHaveText(/8 \/ \d+/);
  await page.evaluate(() => {
    [globalThis.heard, globalThis.steps] = [[], []];
    addEventListener("ackward-step", (event) => globalThis.heard.push(event.detail.step));
    addEventListener("message", ({ source, data }) => source === frames[0] && globalThis.steps.push(JSON.parse(data).step));
  });
  const scenario = `ackward:scenario:${JSON.stringify(OWN)}`;
  await beside(page, "ackward:goTo:3", "ackward:theme:dark", scenario, JSON.stringify({ ackward: "step", step: 99, verdict: [] }));
  // What was posted later is heard later: all of that has come.
  const lead = (text) => page.evaluate((text) => {
    for (const to of [frames[0], frames[1]]) to.postMessage(text, "*");
  }, text);
  await lead("ackward:goTo:9");
  await expect(plain.locator("output.count:visible")).toHaveText(/9 \/ \d+/);
  expect(await page.evaluate(() => globalThis.steps)).toEqual([9]);
  await expect(plain.locator("html")).not.toHaveAttribute("data-theme", "dark");
  await lead("ackward:theme:dark");
  await expect(given.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(given.getByRole("status").first()).toHaveText("Waiting for the scenario…");
  expect(await page.evaluate(() => globalThis.heard)).toEqual([]);
  // The page around can do all of it.
  await lead(scenario);
  await expect(given.locator("h1")).toHaveText("Bestellungen");
});

test("a page that cannot be embedded says so, and opens in the app", async ({ page, context }) => {
  const programs = [];
  page.on("request", (request) => programs.push(...(request.url().match(/ackward-[a-z]+(?=[^/]*\.wasm)/) ?? [])));
  for (const [name, query] of [
    ["matrix", ""],
    ["cost", "work=20&"],
    ["chaos", "preset=kafka-default&seed=42&"],
    ["choose", "lost=never&"],
    ["compare", "a=preset:kafka-default&b=preset:sqs-fifo&"],
  ]) {
    await page.goto("about:blank");
    await page.goto(`#/${name}?${query}embed=transport&theme=dark&label=Ours`);
    await expect(page.locator("h1")).toHaveText("This page cannot be embedded");
    await expect(page.locator(".card q")).toHaveText(name);
    const opened = context.waitForEvent("page");
    await page.getByRole("link", { name: "Open it in Ackward" }).click();
    const app = await opened;
    await running(app);
    expect(app.url()).toMatch(new RegExp(`/${name}/${query && "\\?"}${query.slice(0, -1)}$`));
    await expect(app.locator("h1")).toBeVisible();
    await expect(app.locator("h1")).not.toContainText("embedded");
    await app.close();
  }
  // Only what says so was loaded.
  expect([...new Set(programs)]).toEqual(["ackward-web"]);
});

test("it wears what the host wears, also when that changes", async ({ page }) => {
  await page.addInitScript(() => document.documentElement?.setAttribute("data-theme", "dark"));
  await gallery(page);
  await page.evaluate(() => document.documentElement.setAttribute("data-theme", "dark"));
  await expect(frame(page, 0).locator("html")).toHaveAttribute("data-theme", "dark");
  await page.evaluate(() => document.documentElement.setAttribute("data-theme", "light"));
  await expect(frame(page, 0).locator("html")).toHaveAttribute("data-theme", "light");
});

test("another scenario can be asked for, and one that is not there is said", async ({ page }) => {
  await gallery(page);
  const element = page.locator("ackward-diagram").first();
  await element.evaluate((diagram) => {
    diagram.removeAttribute("step");
    diagram.setAttribute("scenario", "dead-letter");
  });
  await expect(frame(page, 0).locator("h1")).toHaveText("Poison message goes to the DLQ");
  await element.evaluate((diagram) => diagram.setAttribute("scenario", "no-such-thing"));
  await expect(frame(page, 0).locator("h1")).toHaveText("No such scenario");
  await expect(frame(page, 0).getByRole("link", { name: "Go to the start page" })).toHaveAttribute("target", "_blank");
});

test("one that is mistyped is offered as it is written", async ({ page }) => {
  await host(page, `
    <ackward-diagram scenario="dead-leter" height="300"></ackward-diagram>
    <ackward-diagram preset="sqs-fiffo" settings="MessageGroupId=one" height="300"></ackward-diagram>`);
  for (const [number, title] of ["Poison message goes to the DLQ", "SQS FIFO, explicit deduplication IDs"].entries()) {
    const near = frame(page, number).locator(".near a").first();
    await expect(near).toHaveText(title);
    await expect(near).toHaveAttribute("target", "_blank");
  }
});

test("whatever name an embed has, only files of the app are asked for", async ({ page }) => {
  test.slow();
  const files = new Set(readdirSync(DIST, { recursive: true }).map((name) => BASE + name));
  const wrong = [];
  page.on("request", (request) => {
    const { protocol, pathname } = new URL(request.url());
    if (protocol !== "data:" && pathname !== BASE && !files.has(pathname)) wrong.push(request.url());
  });
  for (const name of [
    "../../../admin/delete", "..\\..\\admin", "//127.0.0.1:1/x", "%2e%2e/%2e%2e/x", "ack-lost.txt?x=",
    "constructor", "x".repeat(200),
  ]) {
    const id = encodeURIComponent(name);
    for (const address of [
      `#/lab?embed=transport&scenario=${id}`,
      `#/lab?embed=transport&preset=${id}&acks=1`,
      `#/s/${id}?embed=transport`,
      `embed.html?preset=${id}&settings=acks%3D1`,
      `#/s/${id}`,
    ]) {
      // From one hash to another the page is not loaded anew.
      await page.goto("about:blank");
      await page.goto(address);
      await expect(page.locator("h1"), address).toHaveText(/^No such (scenario|configuration|page)$/);
    }
  }
  expect(wrong).toEqual([]);
});

test("a scenario can stand inside as JSON, under a name in the host's language", async ({ page }) => {
  await gallery(page);
  const element = page.locator("ackward-diagram").nth(2);
  await element.scrollIntoViewIfNeeded();
  const own = frame(page, 2);
  await expect(own.locator("h1")).toHaveText("Die Bestätigung geht verloren");
  await expect(element.locator("iframe")).toHaveAttribute("title", "Die Bestätigung geht verloren");
  await expect(own.locator("output.count:visible")).toHaveText(/7 \/ \d+/);
  await own.getByRole("button", { name: "Last step" }).click();
  await expect(own.locator(".embed > .pills")).toContainText("m1: duplicated");
  // An address can say the same, and leads there.
  const link = await own.getByRole("link", { name: "Open in Ackward" }).evaluate((a) => a.href);
  const last = (await own.locator("output.count:visible").innerText()).split("/")[1].trim();
  await page.goto(link);
  await expect(page.locator("output.count:visible")).toHaveText(new RegExp(`/ ${last}$`));
  await expect(page.getByRole("region", { name: "Sequence diagram" })).toBeVisible();
});

test("a scenario inside can be written as other programs write JSON", async ({ page }) => {
  await host(page, `<ackward-diagram controls="transport,verdict,state">${JSON.stringify(OWN)}</ackward-diagram>`);
  const own = frame(page, 0);
  await expect(own.locator("h1")).toHaveText("Bestellungen");
  await expect(own.locator(".diagram.body text").first()).toBeVisible();
  await own.getByRole("button", { name: "Last step" }).click();
  await expect(own.locator(".embed > .pills")).toContainText("m1: delivered once");
  const count = await own.locator("output.count:visible").innerText();
  const escaped = JSON.stringify({ ...OWN, title: "Lagerb\u00fccher \u{1f4e6}" }).replace(/[^ -~]/g, (c) =>
    `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  await page.locator("ackward-diagram").evaluate((diagram, json) => { diagram.textContent = json; }, escaped);
  await expect(own.locator("h1")).toHaveText("Lagerb\u00fccher \u{1f4e6}");
  await own.getByRole("button", { name: "Last step" }).click();
  await expect(own.locator("output.count:visible")).toHaveText(count);
});

test("a mistake in the JSON is named with its place, and mended it is gone", async ({ page }) => {
  await gallery(page);
  const element = page.locator("ackward-diagram").nth(2);
  const write = (change) =>
    element.evaluate((diagram, [from, to]) => {
      const script = diagram.querySelector("script");
      script.textContent = script.textContent.replace(from, to);
    }, change);
  await write(["after-sync", "after-lunch"]);
  await element.scrollIntoViewIfNeeded();
  const own = frame(page, 2);
  await expect(own.getByRole("alert")).toContainText("broker.generic.acknowledge");
  await expect(own.getByRole("alert")).toContainText("after-lunch");
  await expect(own.locator(".diagram")).toHaveCount(0);
  await write(["after-lunch", "after-sync"]);
  await expect(own.locator("output.count:visible")).toHaveText(/7 \/ \d+/);
  await write(['"messages": 2,', ""]);
  await expect(own.getByRole("alert")).toContainText("messages");
  await expect(own.getByRole("alert")).toContainText("it is missing; add it");
});

test("JSON as plain text is a scenario too, and is not shown as text", async ({ page }) => {
  await gallery(page);
  const json = await page.locator("ackward-diagram script").textContent();
  await page.evaluate((json) => {
    const diagram = document.createElement("ackward-diagram");
    document.querySelector("main").append(diagram);
    // What an editor or a framework does: the text comes after the element.
    diagram.append(json);
  }, json);
  const element = page.locator("ackward-diagram").last();
  await expect(element.getByRole("link")).toBeVisible();
  await element.scrollIntoViewIfNeeded();
  await expect(frame(page, 4).locator("h1")).toHaveText("My orders");
  await page.emulateMedia({ media: "print" });
  await expect(element.getByRole("link")).toBeVisible();
  const boxes = await element.evaluate((diagram) => {
    const range = document.createRange();
    range.selectNodeContents(diagram);
    return range.getClientRects().length;
  });
  expect(boxes).toBe(0);
});

test("several on one page fetch the app once", async ({ page }) => {
  // As a host that lets be kept what never changes.
  const fetched = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://host");
    const name = pathname.slice(1);
    const body = await readFile(join(DIST, name || "index.html", name.endsWith("/") ? "index.html" : "")).catch(() => null);
    if (name.endsWith(".wasm")) fetched.push(plain(name));
    const kept = name.startsWith("build-") ? "max-age=31536000, immutable" : "no-cache";
    response.writeHead(body ? 200 : 404, { "content-type": TYPES[extname(name)] ?? "text/html", "cache-control": kept });
    response.end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const other = await page.context().newPage();
  await other.setViewportSize({ width: 900, height: 4000 });
  await other.goto(`http://127.0.0.1:${server.address().port}/gallery.html`);
  for (const number of [0, 1, 2, 3]) {
    await expect(frame(other, number).locator(".diagram.body text").first()).toBeAttached();
  }
  // The first is a drawing until it is touched.
  await frame(other, 0).locator("h1").click();
  await expect(frame(other, 0).locator(".still")).toHaveCount(0);
  await other.close();
  server.closeAllConnections();
  server.close();
  expect(fetched).toEqual(["ackward-web_bg.wasm"]);
});

test("in a low frame the diagram keeps more room than what stands beside it", { tag: "@phone" }, async ({ page }) => {
  await gallery(page);
  const element = page.locator("ackward-diagram").first();
  await element.evaluate((diagram) => diagram.setAttribute("controls", "transport,verdict,code,state"));
  const own = frame(page, 0);
  await expect(own.locator(".embed-more")).toBeVisible();
  const height = async (of) => (await own.locator(of).boundingBox()).height;
  expect(await height(".stage")).toBeGreaterThan(await height(".embed-more"));
  // What does not fit can be reached.
  expect(await own.locator(".embed-more").evaluate((more) => more.scrollHeight > more.clientHeight)).toBe(true);
});

test("the code can be copied and is what was shown", async ({ page }) => {
  await gallery(page);
  const code = page.locator(".code pre").first();
  await expect(code).toContainText(/<script type="module" src="http.*embed\.js"><\/script>/);
  await expect(code).toContainText('<ackward-diagram scenario="ack-lost" step="8"></ackward-diagram>');
  await page.locator(".code button").first().click();
  await expect(page.locator(".code button").first()).toHaveText(/Copied|Press Ctrl\+C/);
});

test("embeds are accessible, and print as their drawing or as what stands in for them", async ({ page }) => {
  await gallery(page);
  // Each frame is a document of its own, with landmarks of its own.
  const found = await new AxeBuilder({ page }).disableRules("landmark-unique").analyze();
  expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
  await page.emulateMedia({ media: "print" });
  const [drawn, beyond] = [0, 1].map((number) => page.locator("ackward-diagram").nth(number));
  const whole = await frame(page, 0).locator(".sheet:visible").evaluate((sheet) => sheet.getBoundingClientRect().height);
  expect((await drawn.locator("iframe").boundingBox()).height).toBeGreaterThan(whole);
  await expect(beyond.getByRole("link")).toBeVisible();
  await expect(beyond.locator("iframe")).toBeHidden();
});

test("without buttons the whole run is drawn, with its outcome; with them, too, until it is stepped", async ({ page }) => {
  await page.goto("embed.html?scenario=auto-ack-crash&controls=verdict");
  await expect(page.locator(".diagram.body text").first()).toBeAttached();
  await expect(page.locator(".diagram .future")).toHaveCount(0);
  expect(await page.locator(".veil").evaluateAll((veils) => veils.map((veil) => veil.getAttribute("height")))).not.toContainEqual(expect.stringMatching(/[1-9]/));
  await expect(page.getByRole("list", { name: "Verdict" }).first()).toContainText("lost silently");
  await page.goto("embed.html?scenario=ack-lost");
  await expect(page.locator(".diagram.body text").first()).toBeAttached();
  await expect(page.locator(".diagram .future")).toHaveCount(0);
  await page.getByRole("button", { name: "One step forward" }).click();
  await expect(page.locator(".diagram .future")).not.toHaveCount(0);
});

test("a name that does not exist is said to be so, also where a host answers for every file", async ({ page }) => {
  const index = await readFile(join(DIST, "index.html"), "utf8");
  await page.route("**/*", async (route) => {
    const response = await route.fetch();
    if (response.status() === 404) await route.fulfill({ contentType: "text/html", body: index });
    else await route.fulfill({ response });
  });
  await page.goto("embed.html?scenario=ack-lots");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No such scenario");
  await expect(page.getByRole("link", { name: "Ack lost, producer retries" })).toBeVisible();
});
