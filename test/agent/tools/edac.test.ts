import { describe, expect, test } from "vitest";
import { readEdacCounts } from "../../../agent/tools/edac.ts";
import { hasSharedCaptures, hostTree, sharedCapture } from "../fixture-host.ts";

const MC = "/sys/devices/system/edac/mc";

test("no EDAC driver: nobody counts, and that is not zero errors", async () => {
  expect(await readEdacCounts(hostTree({}))).toEqual([]);
});

test("counts of a controller and of its modules by label", async () => {
  const files = hostTree({
    [`${MC}/mc0/mc_name`]: "skx_edac\n",
    [`${MC}/mc0/ce_count`]: "3\n",
    [`${MC}/mc0/ue_count`]: "0\n",
    [`${MC}/mc0/dimm0/dimm_label`]: "CPU_SrcID#0_MC#0_Chan#0_DIMM#0\n",
    [`${MC}/mc0/dimm0/dimm_ce_count`]: "3\n",
    [`${MC}/mc0/dimm0/dimm_ue_count`]: "0\n",
  });
  expect(await readEdacCounts(files)).toEqual([
    {
      name: "mc0",
      driver: "skx_edac",
      correctedErrors: 3,
      uncorrectedErrors: 0,
      dimms: [
        {
          path: "mc0/dimm0",
          label: "CPU_SrcID#0_MC#0_Chan#0_DIMM#0",
          correctedErrors: 3,
          uncorrectedErrors: 0,
        },
      ],
    },
  ]);
});

describe.runIf(hasSharedCaptures())("a controller of the older layout", () => {
  test("has its modules in chip-select rows and channels", async () => {
    const texts: Record<string, string> = {};
    for (const block of sharedCapture("edac/edac-mc0-node-exporter.txt").split(/^== /m).slice(1)) {
      const [path = "", ...lines] = block.split("\n");
      texts[path.trim()] = lines.join("\n");
    }
    const [controller] = await readEdacCounts(hostTree(texts));
    expect(controller).toMatchObject({ name: "mc0", correctedErrors: 1, uncorrectedErrors: 5 });
    expect(controller?.dimms.map(({ label }) => label)).toContain("mc0csrow0channel0");
    expect(controller?.dimms).toHaveLength(6);
  });
});
