// The pages of the site: what they hold without a program, and how the program takes their place.

import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { write } from "../../www/pages.mjs";
import { axe, expect, open, running, test } from "./app.js";
import { DIST } from "./host.js";
import { BASE } from "./server.mjs";

const files = readdirSync(DIST, { recursive: true })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name === "index.html" || name.endsWith("/index.html"));
const read = (name) => readFileSync(join(DIST, name), "utf8");
const text = (html) => html.replace(/<[^>]*>/g, " ").replaceAll("&amp;", "&").replaceAll("&quot;", '"').replace(/\s+/g, " ");
const scenarios = files.filter((name) => name.startsWith("s/"));

test.describe("without a program", () => {
  test.skip(({ isMobile }) => isMobile, "the same files");

  test("each scenario's page has its title, its drawing, its steps and what it comes to", () => {
    expect(scenarios.length).toBeGreaterThan(100);
    for (const name of scenarios) {
      const html = read(name);
      const [, title] = html.match(/<title>(.*?) · .* · Ackward<\/title>/);
      expect(html, name).toContain(`<h1>${title}</h1>`);
      expect(html, name).toMatch(/<meta name="description" content="[^"]{40,}Outcome: m1 [^"]+"/);
      expect(html, name).toContain('property="og:title"');
      expect(html.match(/<svg class="diagram body"/g).length, name).toBe(4);
      expect(html.match(/<ol>.*?<\/ol>/s)[0].match(/<li/g).length, name).toBeGreaterThan(1);
      expect(text(html), name).toMatch(/Outcome m1: /);
    }
  });

  test("every link leads to a file of the build", () => {
    const wrong = [];
    for (const name of files) {
      for (const [, href] of read(name).matchAll(/ (?:href|src)="([^"]*)"/g)) {
        const path = href.split(/[?#]/)[0];
        if (/^(https?:|data:|#)/.test(href)) continue;
        const file = join(DIST, dirname(name), path, path.endsWith("/") ? "index.html" : "");
        if (!existsSync(file)) wrong.push(`${name}: ${href}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("a canonical address is a whole one, and only of a build that knows its place", () => {
    for (const name of files) expect(read(name), name).not.toContain('rel="canonical"');
    const folder = mkdtempSync(join(tmpdir(), "ackward-site-"));
    copyFileSync(join(DIST, "index.html"), join(folder, "index.html"));
    const page = { title: "X", description: "What X is.", body: "" };
    const pages = [{ ...page, path: "s/x/" }, { ...page, path: "figure/x/", framed: true }];
    write(folder, { pages, llms: "" }, "https://host.example/ackward");
    for (const { path } of pages) {
      const html = readFileSync(join(folder, path, "index.html"), "utf8");
      expect(html, path).toContain('<link rel="canonical" href="https://host.example/ackward/s/x/" />');
    }
    rmSync(folder, { recursive: true });
  });

  test("the sitemap and the plain text name every page", () => {
    const [map, plain] = [read("sitemap.xml"), read("llms.txt")];
    for (const name of files.filter((name) => !name.startsWith("figure/"))) {
      const path = relative(".", dirname(name)).replace(/^\.$/, "");
      expect(map, name).toContain(`/${path}${path && "/"}</loc>`);
      if (/^(s|preset)\//.test(name)) expect(plain, name).toContain(`(${path}/)`);
    }
    expect(plain).toContain("acks=1");
  });
});

const KINDS = ["", "s/kafka-acks-1/", "group/rabbitmq/", "preset/kafka-default/", "glossary/", "course/", "matrix/", "figure/ack-lost/"];

test.describe(() => {
  test.use({ javaScriptEnabled: false });
  for (const address of KINDS) {
    test(`${address || "the home page"} can be read without script`, async ({ page }) => {
      await page.goto(address);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      if (/^(s\/|figure\/|$)/.test(address)) {
        await expect(page.getByRole("img", { name: /^Sequence diagram/ })).toHaveCount(1);
      }
      if (address.startsWith("figure/")) await expect(page.locator(".controls")).toBeHidden();
    });
  }
});

for (const address of KINDS) {
  test(`${address || "the home page"} is accessible before the program has come`, async ({ page }) => {
    await page.route("**/main.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect((await axe(page).analyze()).violations).toEqual([]);
  });
}

for (const width of [390, 900, 1440]) {
  test(`the program takes over at ${width} px without a shift, and focus and scroll stay`, async ({ page, isMobile }) => {
    test.skip(isMobile, "its own widths");
    await page.setViewportSize({ width, height: 800 });
    let go;
    const gate = new Promise((done) => (go = done));
    await page.route("**/ackward-web_bg.wasm", async (route) => {
      await gate;
      await route.continue();
    });
    await page.addInitScript(() => {
      globalThis.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const moved = entry.sources.map(({ node }) => node?.className ?? node?.nodeName);
          if (!entry.hadRecentInput) globalThis.shifts.push(`${entry.value}: ${moved}`);
        }
      }).observe({ type: "layout-shift", buffered: true });
      // The verdict comes later, by itself.
      addEventListener("ackward-ready", () => requestAnimationFrame(() => setTimeout(() => (globalThis.taken = [...globalThis.shifts]))));
    });
    await page.goto("s/kafka-acks-1/");
    const fix = page.getByRole("link", { name: "Fix: acks=all" }).first();
    await fix.focus();
    const before = await page.locator("h1").boundingBox();
    const names = await page.locator(".top nav a").allInnerTexts();
    const head = await page.locator(".diagram.head:visible").boundingBox();
    if (width < 820) await page.evaluate(() => scrollTo(0, 120));
    go();
    await running(page);
    await expect(page.getByRole("button", { name: "One step forward" })).toBeVisible();
    await expect(page.locator(".diagram.body text").first()).toBeAttached();
    await expect(page.getByRole("link", { name: "Fix: acks=all" }).first()).toBeFocused();
    if (width < 820) expect(await page.evaluate(() => scrollY)).toBe(120);
    expect(await page.locator(".top nav a").allInnerTexts()).toEqual(names);
    await page.evaluate(() => scrollTo(0, 0));
    const after = await page.locator("h1").boundingBox();
    expect([after.x, after.y]).toEqual([before.x, before.y]);
    expect(Math.abs((await page.locator(".diagram.head").boundingBox()).y - head.y)).toBeLessThanOrEqual(2);
    await expect.poll(() => page.evaluate(() => globalThis.taken)).toEqual([]);
  });
}

test("links of before lead to the same place", async ({ page, isMobile }) => {
  test.skip(isMobile, "the same addresses");
  for (const [old, now, heading] of [
    ["#/s/ack-lost?step=8", "s/ack-lost/?step=8", "Ack lost, producer retries"],
    ["#s/ack-lost?step=8", "s/ack-lost/?step=8", "Ack lost, producer retries"],
    ["#/s/ack-lost/", "s/ack-lost/", "Ack lost, producer retries"],
    ["#/s/ack%2Dlost", "s/ack-lost/", "Ack lost, producer retries"],
    ["#/s/Ack-Lost?step=08", "s/ack-lost/?step=8", "Ack lost, producer retries"],
    ["index.html#/lab?preset=kafka-default&acks=1", "lab/?preset=kafka-default&acks=1", "Kafka defaults"],
    ["#/compare?a=scenario:ack-lost&b=preset:sqs-fifo", "compare/?a=scenario:ack-lost&b=preset:sqs-fifo", "Compare"],
    ["#/matrix?product=kafka", "matrix/?product=kafka", "Fault matrix"],
    ["#/cost?work=20", "cost/?work=20", "Cost"],
    ["#/choose?lost=never", "choose/?lost=never", "Find a configuration"],
    ["#/glossary?term=fencing", "glossary/?term=fencing", "Glossary"],
    ["#/course", "course/", "Course: from three guarantees to transactions"],
    ["#/check", "check/", "Check your configuration"],
  ]) {
    await page.goto("about:blank");
    await page.goto(old);
    await running(page);
    await expect(page.locator("h1"), old).toContainText(heading);
    expect(new URL(page.url()).pathname + new URL(page.url()).search, old).toBe(BASE + now);
    // The page at that address shows the same.
    await page.reload();
    await running(page);
    await expect(page.locator("h1"), now).toContainText(heading);
  }
});

test("a link within the app loads no document, and back and forward go on", async ({ page, isMobile }) => {
  test.skip(isMobile, "the same addresses");
  await open(page, "s/ack-lost?step=3");
  await page.evaluate(() => (globalThis.same = true));
  await page.getByRole("link", { name: "Fix: transactional inbox at the consumer" }).first().click();
  await expect(page).toHaveURL(/\/s\/inbox-sent-twice\/$/);
  await page.getByRole("link", { name: "Cost", exact: true }).click();
  await expect(page).toHaveURL(/\/cost\/$/);
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(/\/s\/ack-lost\/\?step=3$/);
  await expect(page.locator("output.count:visible")).toHaveText(/^3 \//);
  expect(await page.evaluate(() => globalThis.same)).toBe(true);
  await page.reload();
  await expect(page.locator("output.count:visible")).toHaveText(/^3 \//);
});

/** A page of somebody who embeds. */
async function host(page, body) {
  await page.route("**/host.html", (route) => route.fulfill({
    contentType: "text/html",
    body: `<!doctype html><html lang="en"><title>Docs</title><link rel="icon" href="data:,"><script type="module" src="embed.js"></script><header><h1>Docs</h1></header>${body}`,
  }));
  await page.goto("host.html");
}

test("an embed shows its step before any program, in 30 kB, and the program takes over there", async ({ page }) => {
  const fetched = new Set();
  page.on("request", (request) => {
    const { pathname, protocol } = new URL(request.url());
    if (protocol !== "data:" && !pathname.endsWith("/host.html")) fetched.add(pathname.slice(BASE.length));
  });
  await host(page, '<ackward-diagram scenario="ack-lost" step="8"></ackward-diagram>');
  const frame = page.locator("ackward-diagram iframe").contentFrame();
  await expect(frame.locator("output.count:visible")).toHaveText(/^8 \/ 22$/);
  await expect(frame.getByText("The consumer charges $100 for m1.")).toBeVisible();
  await expect(frame.getByRole("img", { name: /^Sequence diagram/ })).toHaveCount(1);
  expect((await axe(page).analyze()).violations).toEqual([]);
  await page.waitForLoadState("networkidle");
  const bytes = [...fetched].map((name) => {
    const file = join(DIST, name.endsWith("/") ? `${name}index.html` : name);
    return brotliCompressSync(readFileSync(file)).length;
  });
  expect([...fetched].filter((name) => name.endsWith(".wasm"))).toEqual([]);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(30_000);
  const at = async () => {
    const boxes = [frame.locator("h1"), frame.locator(".frame:visible").first(), frame.getByRole("button", { name: "One step forward" })];
    return Promise.all(boxes.map(async (box) => (await box.boundingBox()).y));
  };
  const before = await at();
  await frame.locator("h1").click();
  await expect(frame.locator(".diagram.body.still, .still")).toHaveCount(0);
  await expect(frame.locator("output.count:visible")).toHaveText(/^8 \/ 22$/);
  const after = await at();
  for (const [place, y] of after.entries()) expect(Math.abs(y - before[place]), `${before} ${after}`).toBeLessThanOrEqual(2);
});

test("the buttons of an untouched embed work at once, and by script", async ({ page }) => {
  await host(page, '<ackward-diagram scenario="ack-lost" step="8"></ackward-diagram>');
  const element = page.locator("ackward-diagram");
  const frame = element.locator("iframe").contentFrame();
  await expect(frame.locator("output.count:visible")).toHaveText(/^8 \/ 22$/);
  await page.evaluate(() => {
    globalThis.heard = [];
    addEventListener("ackward-step", (event) => globalThis.heard.push(event.detail.step));
    document.querySelector("ackward-diagram").goTo(3);
  });
  await expect(frame.locator("output.count:visible")).toHaveText(/^3 \/ 22$/);
  await expect.poll(() => page.evaluate(() => globalThis.heard)).toEqual([3]);
  await frame.getByRole("button", { name: "One step forward" }).click();
  await expect(frame.locator("output.count:visible").first()).toHaveText(/^4 \/ 22$/);
  await expect(frame.locator(".still")).toHaveCount(0);
  await expect(frame.locator("output.count:visible")).toHaveText(/^4 \/ 22$/);
  await frame.getByRole("button", { name: "One step forward" }).click();
  await expect(frame.locator("output.count:visible")).toHaveText(/^5 \/ 22$/);
});

test("a reader who tabs past an embed fetches no program, and keys step through it", async ({ page, isMobile }) => {
  test.skip(isMobile, "a phone has no keys");
  const programs = [];
  page.on("request", (request) => request.url().endsWith(".wasm") && programs.push(request.url()));
  await host(page, '<ackward-diagram scenario="ack-lost"></ackward-diagram><a href="#after">After</a>');
  const frame = page.locator("ackward-diagram iframe").contentFrame();
  await expect(frame.locator("output.count:visible")).toHaveText(/^0 \//);
  const after = page.getByRole("link", { name: "After" });
  for (let tabs = 0; tabs < 15 && !(await after.evaluate((link) => link === document.activeElement)); tabs += 1) {
    await page.keyboard.press("Tab");
  }
  await expect(after).toBeFocused();
  await page.waitForLoadState("networkidle");
  expect(programs).toEqual([]);
  await frame.getByRole("region", { name: "Sequence diagram" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(frame.locator("output.count:visible")).toHaveText(/^1 \//);
  await expect(frame.locator(".still")).toHaveCount(0);
  await expect(frame.locator("output.count:visible")).toHaveText(/^1 \//);
});

test("the space bar plays an untouched embed", async ({ page, isMobile }) => {
  test.skip(isMobile, "a phone has no keys");
  await host(page, '<ackward-diagram scenario="ack-lost"></ackward-diagram>');
  const frame = page.locator("ackward-diagram iframe").contentFrame();
  await expect(frame.locator("output.count:visible")).toHaveText(/^0 \//);
  await frame.getByRole("region", { name: "Sequence diagram" }).focus();
  await page.keyboard.press("Space");
  await expect(frame.getByRole("button", { name: "Pause" })).toBeVisible();
});

test("an embed plays where its page asks for it, and loads at once where it says so", async ({ page }) => {
  await host(page, `
    <ackward-diagram scenario="ack-lost"></ackward-diagram>
    <ackward-diagram scenario="message-lost" load="visible"></ackward-diagram>`);
  const [first, second] = [0, 1].map((at) => page.locator("ackward-diagram iframe").nth(at).contentFrame());
  await expect(first.locator("output.count:visible")).toHaveText(/^0 \//);
  await page.evaluate(() => document.querySelector("ackward-diagram").play());
  await expect(first.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect(first.locator("output.count:visible")).toHaveText(/^[1-9]\d* \//);
  await page.locator("ackward-diagram").nth(1).scrollIntoViewIfNeeded();
  await expect(second.locator(".still")).toHaveCount(0);
  await expect(second.locator("h1")).toHaveText("Message lost before the broker");
});
