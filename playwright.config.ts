import { defineConfig } from "@playwright/test";
import type { ShownIn } from "./test/browser/open-demo.ts";
import { CHROMIUM } from "./test/chromium.ts";

/** Set by `npm run test:electron`, which has brought the runtime and a display: nothing else could run these. */
const inElectron = process.env.VETTING_ELECTRON === "1";

export default defineConfig<object, ShownIn>({
  testDir: "test/browser",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  // A console with its services per spec; a retry would hide what is flaky.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  reporter: [
    ["list"],
    ["json", { outputFile: `dist/${inElectron ? "test-electron" : "test"}/playwright.json` }],
  ],
  use: {
    // Recording costs each spec seconds: asked for where one is looked into.
    trace: process.env.VETTING_TRACE === "1" ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    launchOptions: CHROMIUM,
  },
  projects: [
    { name: "web", use: { shownIn: "web" } },
    ...(inElectron
      ? [
          {
            name: "electron",
            // The specs over the real console; the others feed the page what no console would say.
            testMatch: "**/demo-*.spec.ts",
            use: { shownIn: "electron" as const },
          },
        ]
      : []),
  ],
});
