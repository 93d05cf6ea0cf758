import { defineConfig } from "@playwright/test";
import { CHROMIUM } from "./test/chromium.ts";

export default defineConfig({
  testDir: "test/browser",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  // A console with its services per spec; a retry would hide what is flaky.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  reporter: [["list"], ["json", { outputFile: "dist/test/playwright.json" }]],
  use: {
    // Recording costs each spec seconds: asked for where one is looked into.
    trace: process.env.VETTING_TRACE === "1" ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    launchOptions: CHROMIUM,
  },
});
