// Without a network: what was visited once works, an update is taken, and hosts that allow no
// service worker see no difference.

import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "@playwright/test";
import { running } from "./app.js";
import { DIST, rebuild, test } from "./host.js";
import { plain, POLICY } from "./server.mjs";

test.use({ serviceWorkers: "allow" });
test.skip(({ isMobile }) => isMobile, "the same worker");

/** Visits the page, and waits until the browser has kept it. */
async function visit(page, home, address = "") {
  await page.goto(home + address);
  await running(page);
  await expect(page.locator("main")).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true);
}

/** The names of this origin's caches. */
const caches = (page) => page.evaluate(() => globalThis.caches.keys());

/** The build that the page runs is the newer one. */
const newer = (page) => expect(page.locator("html")).toHaveAttribute("data-newer", "yes");

test("after one visit it works without a network, also what was never opened", async ({ page, context, host }) => {
  await visit(page, host.home);
  await host.stop();
  await context.setOffline(true);
  await page.goto("about:blank");
  await page.goto(`${host.home}#/s/dead-letter?step=6`);
  await expect(page.locator("h1")).toHaveText("Poison message goes to the DLQ");
  await expect(page.locator("output.count")).toHaveText(/6 \/ \d+/);
  await page.reload();
  await expect(page.locator("output.count")).toHaveText(/6 \/ \d+/);
  await page.goto(`${host.home}#/lab?preset=kafka-default`);
  await page.getByRole("combobox", { name: "acks", exact: true }).selectOption("1");
  await expect(page.locator("h1")).toHaveText("Kafka defaults (modified)");
  await page.goto(`${host.home}index.html#/matrix`);
  await expect(page.locator("table").first()).toBeVisible();
  await page.goto(`${host.home}gallery.html`);
  const embed = page.locator("ackward-diagram").first().locator("iframe").contentFrame();
  await expect(embed.locator("output.count")).toHaveText(/8 \/ \d+/);
});

test("all files of the app are kept, and no other", async ({ page, host }) => {
  await visit(page, host.home);
  const kept = await page.evaluate(async () => {
    const cache = await globalThis.caches.open((await globalThis.caches.keys())[0]);
    return (await cache.keys()).map(({ url }) => url);
  });
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files
    .map((entry) => relative(DIST, join(entry.parentPath ?? entry.path, entry.name)))
    // The home page shows what the others would.
    .filter((name) => name !== "service-worker.js" && !/(\/index\.html|sitemap\.xml|llms\.txt)$/.test(name));
  expect(kept.sort()).toEqual(["", "hashes.json", ...names].map((name) => host.home + name).sort());
});

test("an update is there at the next visit, and what is old is thrown away", async ({ page, context, host }) => {
  await visit(page, host.home);
  const before = await caches(page);
  expect(before).toHaveLength(1);
  rebuild(host.folder);
  const fetched = [];
  host.before = (name) => void fetched.push(plain(name));
  await page.reload();
  await newer(page);
  await expect.poll(() => caches(page)).not.toEqual(before);
  await expect.poll(async () => (await caches(page)).length).toBe(1);
  // Nothing is fetched again that is as it was.
  expect(fetched).toContain("ackward-worker_bg.wasm");
  expect(fetched.filter((name) => /png$/.test(name))).toEqual([]);
  // The newer one is what there is without a network too.
  await host.stop();
  await context.setOffline(true);
  await page.reload();
  await newer(page);
  await running(page);
  await expect(page.locator("main")).toBeVisible();
  expect(await page.evaluate(async () => (await fetch("./")).text())).toContain("data-build=\"build-newer");
});

test("an older page that is still open keeps what it may yet need", async ({ page, context, host }) => {
  await visit(page, host.home);
  const before = await caches(page);
  rebuild(host.folder);
  const other = await context.newPage();
  await other.goto(host.home);
  await newer(other);
  await expect.poll(() => caches(page)).toHaveLength(2);
  await other.waitForTimeout(500);
  expect(await caches(page)).toEqual(expect.arrayContaining(before));
  await page.close();
  await other.reload();
  await expect.poll(() => caches(other)).toHaveLength(1);
  expect(await caches(other)).not.toEqual(before);
});

test("a host that allows no service worker sees no difference", async ({ page, host }) => {
  await host.stop();
  await host.start({ "content-security-policy": POLICY.replace("worker-src 'self'", "worker-src 'none'") });
  await page.goto(`${host.home}#/s/ack-lost?step=8`);
  await expect(page.locator("output.count")).toHaveText(/8 \/ \d+/);
  await page.waitForTimeout(2500);
  // What a browser says of the refusal itself is no error of the page.
  expect(host.wrong.filter((text) => !/worker-src/.test(text))).toEqual([]);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

test("a browser without service workers sees no difference", async ({ page, host }) => {
  await page.addInitScript(() => delete Navigator.prototype.serviceWorker);
  await page.goto(host.home);
  await running(page);
  await expect(page.locator("main")).toBeVisible();
  await page.waitForTimeout(2500);
  expect(host.wrong).toEqual([]);
});

test("a frame in another page keeps nothing", async ({ page, host }) => {
  await page.goto(`${host.home}gallery.html`);
  const embed = page.locator("ackward-diagram").first().locator("iframe").contentFrame();
  await expect(embed.locator("output.count")).toHaveText(/8 \/ \d+/);
  await page.waitForTimeout(2500);
  expect(await caches(page)).toEqual([]);
  expect(host.wrong).toEqual([]);
});

test("it can be installed", async ({ page, host }) => {
  await visit(page, host.home);
  const client = await page.context().newCDPSession(page);
  const { url, errors, data } = await client.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  expect(url).toBe(`${host.home}manifest.webmanifest`);
  for (const { src, sizes } of JSON.parse(data).icons) {
    const size = await page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    expect(size).toBe(sizes);
  }
  const { installabilityErrors } = await client.send("Page.getInstallabilityErrors");
  // A headless browser has no place to install to.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
});
