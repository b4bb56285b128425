// The Content-Security-Policy as the README prints it. All browser tests run under it; here is who may
// embed the app with it, and what the page around needs.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, test as base } from "@playwright/test";
import { DIST } from "./host.js";
import { BASE, POLICY, serve } from "./server.mjs";

const test = base.extend({
  /** Starts the app with the policy, and a documentation site at another origin, with or without one of
   * its own. */
  sites: async ({ page }, use) => {
    const servers = [];
    const origin = (server) => `http://127.0.0.1:${server.address().port}`;
    const wrong = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(String(error)));
    await use(async (policy, around = () => ({})) => {
      const state = {};
      const docs = createServer((request, response) => {
        response.writeHead(200, { "content-type": "text/html", ...around(state.app) });
        response.end(`<!doctype html><title>Docs</title><link rel="icon" href="data:,">
          <script type="module" src="${state.app}${BASE}embed.js"></script>
          <ackward-diagram scenario="ack-lost" step="8"></ackward-diagram>`);
      });
      await new Promise((done) => docs.listen(0, "127.0.0.1", done));
      const app = await serve(DIST, 0, { "access-control-allow-origin": "*", "content-security-policy": policy(origin(docs)) });
      servers.push(docs, app);
      state.app = origin(app);
      return { app: state.app + BASE, docs: origin(docs), wrong };
    });
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  },
});

const embed = (page) => page.locator("ackward-diagram iframe").contentFrame();
const shows = (page) => expect(embed(page).locator("output.count")).toHaveText(/^8 /);

test.skip(({ isMobile }) => isMobile, "the same policy");

test("as it is printed, only pages of the same origin embed the app", async ({ page, sites }) => {
  const { app, docs, wrong } = await sites(() => POLICY);
  const response = await page.goto(`${app}gallery.html`);
  expect(response.headers()["content-security-policy"]).toBe(POLICY);
  await expect(page.locator("ackward-diagram iframe").first().contentFrame().locator("output.count")).toHaveText(/^8 /);
  expect(wrong).toEqual([]);
  await page.goto(docs);
  await expect.poll(() => wrong.join("\n")).toContain("frame-ancestors 'self'");
  await expect(page.locator("ackward-diagram iframe")).toBeVisible();
  await expect(embed(page).locator("main")).toHaveCount(0);
});

test("with its origin named, a documentation page embeds the app, and steps it", async ({ page, sites }) => {
  const { docs, wrong } = await sites((docs) => POLICY.replace("frame-ancestors 'self'", `frame-ancestors 'self' ${docs}`));
  await page.goto(docs);
  await shows(page);
  await page.locator("ackward-diagram").evaluate((diagram) => diagram.goTo(3));
  await expect(embed(page).locator("output.count")).toHaveText(/^3 /);
  expect(wrong).toEqual([]);
});

test("with a star, any page does, under a policy of its own that names the app", async ({ page, sites }) => {
  const { docs, wrong } = await sites(
    () => POLICY.replace("frame-ancestors 'self'", "frame-ancestors *"),
    (app) => ({ "content-security-policy": `default-src 'none'; img-src data:; script-src ${app}; frame-src ${app}` }),
  );
  await page.goto(docs);
  await shows(page);
  expect(wrong).toEqual([]);
});

test("it takes the place of X-Frame-Options, and in a meta element it is ignored", async ({ page, sites }) => {
  const { app, docs, wrong } = await sites(() => "");
  const framed = `${app}figure/ack-lost/**`;
  const text = readFileSync(join(DIST, "figure/ack-lost/index.html"), "utf8");
  const answer = (headers, meta = "") =>
    page.route(framed, (route) => route.fulfill({ contentType: "text/html", headers, body: text.replace("<head>", `<head>${meta}`) }));
  await answer({ "x-frame-options": "DENY", "content-security-policy": POLICY.replace("frame-ancestors 'self'", `frame-ancestors ${docs}`) });
  await page.goto(docs);
  await shows(page);
  expect(wrong).toEqual([]);
  await page.unroute(framed);
  await answer({}, `<meta http-equiv="content-security-policy" content="${POLICY}">`);
  await page.goto(docs);
  await shows(page);
  // The browser says so itself; all else in the policy holds there too.
  expect(wrong).toHaveLength(1);
  expect(wrong[0]).toMatch(/frame-ancestors.*ignored.*meta/);
});
