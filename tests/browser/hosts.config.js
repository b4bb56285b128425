// For hosts.spec.js: pages made by documentation tools, which `./dev test` has built.

import { defineConfig } from "@playwright/test";
import { launchOptions } from "./playwright.config.js";

export default defineConfig({
  testDir: ".",
  testMatch: "hosts.spec.js",
  outputDir: "../../target/browser-hosts",
  reporter: process.env.CI ? "line" : "list",
  // One after the other: how smoothly a page scrolls is measured.
  workers: 1,
  timeout: 60_000,
  use: { launchOptions, screenshot: "only-on-failure", viewport: { width: 1280, height: 800 } },
});
