// Embeds in pages that others' tools have made: mdBook, MkDocs Material and Docusaurus, each with
// three. tests/hosts holds their sources; `./dev test` builds them into target/hosts.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { TYPES } from "./server.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Where the app is on the site of the book: beside it. */
const BESIDE = "/tools/ackward/";
/** Where the pages of the other two look for it: on another site. Their build knows the port. */
const OTHER = Number(process.env.ACKWARD_OTHER_PORT ?? 4183);

/** Serves folders under paths, as a plain static host; another site may load its scripts. */
function serve(places, port) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://host").pathname);
    const place = Object.keys(places).find((place) => path.startsWith(place));
    const name = place && path.slice(place.length);
    const file = place && join(places[place], normalize(name === "" || name.endsWith("/") ? `${name}index.html` : name));
    const found = file?.startsWith(places[place] + sep) && (await stat(file).catch(() => null));
    if (!found?.isFile()) return response.writeHead(404).end("not here");
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "access-control-allow-origin": "*" });
    return createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(port, () => resolve(server)));
}

let site;
let other;

test.beforeAll(async () => {
  const dist = join(ROOT, "dist");
  const built = (name) => join(ROOT, "target/hosts", name);
  const places = Object.fromEntries(["mdbook", "material", "docusaurus"].map((name) => [`/${name}/`, built(name)]));
  site = await serve({ ...places, [BESIDE]: dist }, 0);
  other = await serve({ [BESIDE]: dist }, OTHER);
});

test.afterAll(() => {
  for (const server of [site, other]) {
    server.closeAllConnections();
    server.close();
  }
});

/** How a reader changes the theme of each, to the dark one and back. */
const HOSTS = {
  mdbook: async (page, dark) => {
    const choice = page.locator(dark ? "#mdbook-theme-coal" : "#mdbook-theme-light");
    if (!(await choice.isVisible())) await page.locator("#mdbook-theme-toggle").click();
    await choice.click();
  },
  material: (page, dark) => page.locator(`label[title="${dark ? "Dark" : "Light"}"]:not([hidden])`).click(),
  docusaurus: async (page, dark) => {
    const html = page.locator("html");
    const wanted = dark ? "dark" : "light";
    for (let tries = 0; tries < 3 && (await html.getAttribute("data-theme")) !== wanted; tries += 1) {
      await page.getByRole("button", { name: /Switch between dark and light mode/ }).click();
    }
    await expect(html).toHaveAttribute("data-theme", wanted);
  },
};

/** Scrolls from top to bottom as a finger would, and tells how long each frame took. */
const scroll = (page) =>
  page.evaluate(async () => {
    const frames = [];
    let last = performance.now();
    scrollTo({ top: 0, behavior: "instant" });
    while (scrollY + innerHeight < document.documentElement.scrollHeight - 2) {
      const now = await new Promise(requestAnimationFrame);
      frames.push(now - last);
      last = now;
      scrollBy({ top: 24, behavior: "instant" });
    }
    return frames.slice(2);
  });

for (const [name, change] of Object.entries(HOSTS)) {
  test(`${name}: three embeds show, step, wear its theme, and the page scrolls smoothly`, async ({ page }) => {
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("request", (request) => {
      const { hostname } = new URL(request.url());
      if (!["127.0.0.1", "localhost"].includes(hostname)) wrong.push(`a request to ${request.url()}`);
    });
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(`http://127.0.0.1:${site.address().port}/${name}/index.html`);
    const diagrams = page.locator("ackward-diagram");
    await expect(diagrams).toHaveCount(3);
    const frame = (number) => diagrams.nth(number).locator("iframe").contentFrame();

    // The last is far below, and waits.
    await expect(frame(0).locator("output.count")).toHaveText(/8 \/ \d+/);
    await expect(diagrams.nth(2).locator("iframe")).toHaveCount(0);
    const first = await scroll(page);
    for (const number of [1, 2]) {
      await diagrams.nth(number).scrollIntoViewIfNeeded();
      await expect(frame(number).locator(".diagram.body text").first()).toBeAttached();
    }
    await expect(frame(1).locator("h1")).toHaveText("The leader is gone");
    await expect(frame(2).locator("h1")).toHaveText("Orders");

    for (const number of [0, 1, 2]) {
      await diagrams.nth(number).scrollIntoViewIfNeeded();
      const count = frame(number).locator("output.count");
      const before = parseInt(await count.innerText(), 10);
      await frame(number).getByRole("button", { name: "One step forward" }).click();
      await expect(count).toHaveText(new RegExp(`^${before + 1} / `));
    }
    await diagrams.nth(0).evaluate((diagram) => diagram.goTo(3));
    await expect(frame(0).locator("output.count")).toHaveText(/^3 \//);

    await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
    for (const dark of [true, false, true]) {
      await change(page, dark);
      for (const number of [0, 1, 2]) {
        await expect(frame(number).locator("html")).toHaveAttribute("data-theme", dark ? "dark" : "light");
      }
    }

    // The host's styles stay outside, and ours inside.
    const font = await frame(0).locator("h1").evaluate((h1) => getComputedStyle(h1).fontSize);
    expect(font).toBe("16px");

    const again = await scroll(page);
    const slow = (frames) => frames.filter((ms) => ms > 50).length / frames.length;
    const worst = (frames) => Math.round(Math.max(...frames));
    const said = [first, again].map((frames) => `${frames.length} frames, worst ${worst(frames)} ms, ${Math.round(slow(frames) * 100)} % over 50 ms`);
    console.log(`${name}: ${said.join("; then ")}`);
    // While they load too. The limits leave room for a machine that is busy with other things.
    expect(slow(first)).toBeLessThan(0.2);
    expect(slow(again)).toBeLessThan(0.05);
    expect(wrong).toEqual([]);
  });
}
