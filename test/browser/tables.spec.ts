/** Tables in the smallest window that counts: no short word is broken, and no table leaves its panel. */
import type { Page } from "@playwright/test";
import { detail, goodStages } from "../fakes/console-data.ts";
import { expect, test } from "./lab-test.ts";

test.use({ viewport: { width: 1280, height: 800 } });

/** Words of at most 20 letters that stand on two lines, and tables that are wider than what holds them. */
function faultsOfTables(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const table of document.querySelectorAll("table")) {
      const holder = table.parentElement!;
      const end =
        holder.getBoundingClientRect().right - parseFloat(getComputedStyle(holder).paddingRight);
      if (table.getBoundingClientRect().right > end + 1)
        found.push(`${table.className} leaves its panel`);
      const texts = document.createTreeWalker(table, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const node = texts.currentNode as Text;
        // A hyphen and a slash may end a line; they are no break within a word.
        for (const { 0: word, index } of node.data.matchAll(/[^\s\-/?]+/g)) {
          if (word.length > 20) continue;
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) found.push(word);
        }
      }
    }
    return found;
  });
}

const LONG = "eui.0025388b71b4c2d1e0025388b71b4c2d1-namespace_1_of_the_first_controller";

for (const [name, address, tab] of [
  ["a run's measurements", "#/runs/7/measurements"],
  ["a run's firmware", "#/runs/8/firmware"],
  ["the list of runs", "#/runs"],
  ["a comparison", "#/compare/6/8"],
  ["profiles", "#/settings", "Profiles"],
  ["thresholds", "#/settings", "Thresholds"],
  ["general settings", "#/settings", "General"],
  ["hosts as a list", "#/", "List"],
] as const) {
  test(`${name}: words stay whole and the table stays in its panel`, async ({ page, lab }) => {
    const stages = goodStages().map((one) =>
      one.stage === "Storage"
        ? {
            ...one,
            measurements: [
              ...one.measurements,
              { name: "disk.read_latency.p99", item: LONG, value: 1.2, unit: "ms", max: 50 },
              { name: "disk.read_latency.p99", item: "nvme0n1", value: 1, unit: "ms", max: 50 },
            ],
          }
        : one,
    );
    lab.data.runs = [detail({ stages }), ...lab.data.runs.filter(({ id }) => id !== 7)];
    const [first, ...others] = lab.data.firmware?.[8] ?? [];
    lab.data.firmware = {
      ...lab.data.firmware,
      8: [{ ...first!, identifier: LONG, version: LONG }, ...others],
    };
    await page.goto(`${lab.url}${address}`);
    if (tab !== undefined) {
      await page.getByRole(tab === "List" ? "button" : "tab", { name: tab }).click();
    }
    await page.getByRole("table").first().waitFor();
    expect(await faultsOfTables(page)).toEqual([]);
  });
}
