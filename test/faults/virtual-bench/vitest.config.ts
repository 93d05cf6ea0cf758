import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Runs inside the lab that test/netboot/rig/lab-run.ts builds, as the netboot tests do; see README.md.
export default defineConfig({
  root: join(import.meta.dirname, "../../.."),
  test: {
    name: "virtual-bench",
    include: ["test/faults/virtual-bench/**/*.test.ts"],
    pool: "forks",
    // One lab, and an emulated machine that wants all the CPU there is.
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 900_000,
  },
});
