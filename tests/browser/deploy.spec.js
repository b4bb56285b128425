// After a deployment: whatever a browser or a cache on the way still has of an older build, what runs
// is of one build.

import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { running } from "./app.js";
import { buildIn, rebuild, test } from "./host.js";

test.skip(({ isMobile }) => isMobile, "the same files");

/** A host that has everything be kept for a year, also what can change under its name. */
const KEPT = { "cache-control": "max-age=31536000" };
const FRESH = { "cache-control": "no-store" };

const AT = "#/s/ack-lost?step=8";

/** What was asked for of each build since the page was loaded: never of two. */
function builds(page) {
  let asked = new Set();
  const all = [asked];
  page.on("request", (request) => {
    if (request.isNavigationRequest()) all.push((asked = new Set()));
    const [build] = request.url().match(/build-\w+/) ?? [];
    if (build) asked.add(build);
  });
  return () => {
    expect(all.filter((asked) => asked.size > 1)).toEqual([]);
    return all.flatMap((asked) => [...asked]);
  };
}

/** Goes there as from a link on another page: what is in the cache is not asked for again. */
async function visit(page, address) {
  await page.goto("about:blank");
  await page.goto(address);
}

const steps = (page) => page.locator("output.count");
const runs = (page, newer) =>
  newer
    ? expect(page.locator("html")).toHaveAttribute("data-newer", "yes")
    : expect(page.locator("html")).not.toHaveAttribute("data-newer");

test("two builds of these tests cannot run together", async ({ page, host }) => {
  const old = buildIn(host.folder);
  const kept = join(host.folder, "kept");
  cpSync(join(host.folder, old), kept, { recursive: true });
  rebuild(host.folder);
  await page.goto(host.home);
  // Under another address than the one that the page itself has started.
  const mixed = (script, program) =>
    page.evaluate(async ([script, program]) => {
      const app = await import(new URL(`${script}/ackward-web.js?again`, document.baseURI));
      return app.default({ module_or_path: new URL(`${program}/ackward-web_bg.wasm`, document.baseURI) }).then(() => "runs", String);
    }, [script, program]);
  expect(await mixed("kept", "build-newer")).toContain("LinkError");
  expect(await mixed("build-newer", "kept")).toContain("LinkError");
});

test("a page in the cache runs the build in the cache, and makes place for the newer when it lacks a part", async ({ page, host }) => {
  await host.answer(KEPT);
  const asked = builds(page);
  await page.goto(host.home + AT);
  await expect(steps(page)).toHaveText(/^8 /);
  rebuild(host.folder);
  await visit(page, host.home + AT);
  await expect(steps(page)).toHaveText(/^8 /);
  await runs(page, false);
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/step=9$/);
  // The script of exports was never loaded, and of the older build it is not there any more.
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save Mermaid" }).click();
  await runs(page, true);
  await expect(steps(page)).toHaveText(/^9 /);
  expect(asked().at(-1)).toBe("build-newer");
  expect(host.wrong.filter((text) => !/404/.test(text))).toEqual([]);
});

for (const storage of ["with", "without"]) {
  test(`a page in the cache whose build is gone is loaded again, ${storage} storage`, async ({ page, host }) => {
    if (storage === "without") {
      await page.addInitScript(() => {
        for (const name of ["localStorage", "sessionStorage"]) {
          Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
        }
      });
    }
    await host.answer((name) => (name === "index.html" ? KEPT : FRESH));
    const asked = builds(page);
    await page.goto(host.home + AT);
    await expect(steps(page)).toHaveText(/^8 /);
    rebuild(host.folder);
    await visit(page, host.home + AT);
    await runs(page, true);
    await expect(steps(page)).toHaveText(/^8 /);
    expect(asked().at(-1)).toBe("build-newer");
  });
}

test("a newer page runs the newer build, whatever else is in the cache", async ({ page, host }) => {
  await host.answer((name) => (name === "index.html" ? FRESH : KEPT));
  const asked = builds(page);
  await page.goto(`${host.home}#/lab?preset=kafka-default`);
  await expect(steps(page)).toBeVisible();
  rebuild(host.folder);
  await visit(page, `${host.home}#/lab?preset=kafka-default`);
  await runs(page, true);
  await expect(steps(page)).toBeVisible();
  expect(asked().at(-1)).toBe("build-newer");
  expect(host.wrong).toEqual([]);
});

test("where something on the way goes on sending the older page, it is not loaded for ever", async ({ page, host }) => {
  const older = readFileSync(join(host.folder, "index.html"), "utf8");
  rebuild(host.folder);
  let loads = 0;
  await page.route(host.home, (route) => {
    if (!route.request().isNavigationRequest()) return route.continue();
    loads += 1;
    return route.fulfill({ contentType: "text/html", body: older });
  });
  await page.goto(host.home + AT);
  await expect(page.locator("#boot")).toContainText("Ackward could not be started.");
  await page.waitForTimeout(1000);
  expect(loads).toBe(2);
});

test("an embed goes over to the newer build, and asks for its scenario again", async ({ page, host }) => {
  await host.answer(KEPT);
  const scenario = (title) =>
    JSON.stringify({
      version: 1, id: "orders", title, summary: "An acknowledgement is lost.", messages: 1,
      producer: "fire-and-forget", broker: { generic: { acknowledge: "after-sync" } },
      consumer: { program: ["receive", "work", "ack"] }, faults: ["lose:ack@m1#1"],
    });
  const body = `<!doctype html><title>Host</title><script type="module" src="embed.js"></script>
    <ackward-diagram>${scenario("Orders")}</ackward-diagram>`;
  await page.route("**/host.html", (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(`${host.home}host.html`);
  const embed = page.locator("ackward-diagram iframe").contentFrame();
  await expect(embed.locator("h1")).toHaveText("Orders");
  rebuild(host.folder);
  await page.reload();
  await expect(embed.locator("h1")).toHaveText("Orders");
  await expect(embed.locator("html")).toHaveAttribute("data-newer", "yes");
});

test.describe("with a service worker, on a slow host", () => {
  test.use({ serviceWorkers: "allow" });
  // It answers from the cache of an older build after five seconds.
  test.slow();

  for (const slow of ["its page", "its programs"]) {
    test(`of an older build run all files or none, where ${slow} takes long to come`, async ({ page, host }) => {
      await page.goto(host.home + AT);
      await page.evaluate(() => navigator.serviceWorker.ready);
      await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true);
      rebuild(host.folder);
      const late = (name) => (slow === "its page" ? name === "index.html" : /^build-/.test(name));
      host.before = (name) => name && late(name) && new Promise((done) => setTimeout(done, 6000));
      const asked = builds(page);
      await page.goto("about:blank");
      await page.goto(host.home + AT);
      await expect(steps(page)).toHaveText(/^8 /, { timeout: 40_000 });
      await runs(page, slow === "its programs");
      asked();
      expect(host.wrong.filter((text) => /LinkError|could not/.test(text))).toEqual([]);
    });
  }
});

test("a host that answers for files that it has no more is told from one that has them", async ({ page, host }) => {
  await page.goto(host.home + AT);
  await expect(steps(page)).toHaveText(/^8 /);
  rebuild(host.folder);
  // As hosts do that send an app's page for every address.
  const index = readFileSync(join(host.folder, "index.html"), "utf8");
  await page.route("**/*", async (route) => {
    const response = await route.fetch({ maxRetries: 2 });
    if (response.status() === 404) await route.fulfill({ contentType: "text/html", body: index });
    else await route.fulfill({ response });
  });
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save Mermaid" }).click();
  await runs(page, true);
  await expect(steps(page)).toHaveText(/^8 /);
  await running(page);
  await page.unrouteAll({ behavior: "ignoreErrors" });
});
