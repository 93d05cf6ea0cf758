import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Run by `npm run test:netboot` inside the lab that it builds; see docs/netboot-tests.md.
export default defineConfig({
  root: join(import.meta.dirname, "../.."),
  test: {
    name: "netboot",
    include: ["test/netboot/**/*.test.ts"],
    setupFiles: ["test/netboot/rig/setup.ts"],
    pool: "forks",
    // One lab, and an emulated machine that wants all the CPU there is.
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 120_000,
  },
});
