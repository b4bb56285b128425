import { defineConfig } from "@playwright/test";
import { BASE } from "./server.mjs";

/** Another, where two clones are tested at a time. */
const PORT = Number(process.env.ACKWARD_PORT ?? 4173);

/** Chromium as the machine has it; the flags keep it from asking for the outside world. */
export const launchOptions = {
  executablePath: process.env.CHROME_PATH || "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/**
 * Tests look at a page for seconds: a process for drawing, and compiling again what has run a while
 * (V8's tiering), cost more than they save. Not for measurements.
 */
const FOR_SHORT_VISITS = ["--in-process-gpu", "--js-flags=--wasm-tiering-budget=40000000"];

/** Addresses, headers, caches and paper do not depend on the window, and a keyboard stands on a desk. */
const AT_A_DESK = ["deploy", "offline", "policy", "print", "focus"];

/** Files of tests that hardly do: what is marked @phone is their main way, or its layout. */
const MARKED = ["check-files", "embed", "ends", "own", "proof", "recorded", "share"];

const files = (names) => names.map((name) => `${name}.spec.js`);

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export default defineConfig({
  testDir: ".",
  // A stage of its own: ./dev test builds the hosts first.
  testIgnore: "hosts.spec.js",
  outputDir: "../../target/browser",
  // The dots say of failures at their end what they are: the rest may be cut off. The JSON says how long
  // each test took.
  reporter: [
    [process.env.CI ? "dot" : "list"],
    ["json", { outputFile: "../../target/test-logs/browser.json" }],
  ],
  workers: 2,
  fullyParallel: true,
  timeout: 60_000,
  // Long enough for a machine with something else to do.
  expect: { timeout: 15_000 },
  // A test that passes only the second time is named, and wants looking into (./dev test lists them).
  retries: process.env.CI ? 1 : 0,
  use: {
    baseURL: `http://127.0.0.1:${PORT}${BASE}`,
    launchOptions: { ...launchOptions, args: [...launchOptions.args, ...FOR_SHORT_VISITS] },
    screenshot: "only-on-failure",
    // It would fetch the whole build in each of them: a third of their time. offline.spec.js has it.
    serviceWorkers: "block",
    contextOptions: { reducedMotion: "reduce" },
  },
  webServer: {
    command: `node server.mjs ../../dist ${PORT}`,
    url: `http://127.0.0.1:${PORT}${BASE}`,
    reuseExistingServer: false,
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1440, height: 900 } } },
    { name: "phone", testIgnore: files(["hosts", ...AT_A_DESK, ...MARKED]), use: PHONE },
    { name: "phone, marked", testMatch: files(MARKED), grep: /@phone/, use: PHONE },
  ],
});
