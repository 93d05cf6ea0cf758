import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    coverage: {
      provider: "v8",
      // Files that no test touches count too, as zero.
      include: [
        "agent/**/*.ts",
        "build/**/*.{ts,mjs}",
        "contract/**/*.ts",
        "electron/**/*.ts",
        "renderer/**/*.{ts,tsx}",
        "server/**/*.ts",
      ],
      exclude: ["**/*.d.mts", "**/*.d.ts"],
      reporter: ["text-summary", "html", "lcov"],
      reportsDirectory: "coverage",
      reportOnFailure: true,
    },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: [
            "test/e2e/**",
            "test/browser/**",
            "test/netboot/**",
            "test/faults/virtual-bench/**",
            "**/fixtures/**",
          ],
          pool: "forks",
          // A bound, not a wait: a machine that is busy with other things must not fail a test.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Whole consoles, hosts in network namespaces, real stress tools: one file at a time, and
        // only after the unit tests, which would otherwise take the CPU from under them.
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 300_000,
          expect: { poll: { timeout: 20_000 } },
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
