import { afterAll, beforeAll, describe, test } from "vitest";
import type { RunDetail } from "../../../contract/console-api.ts";
import { FaultBench } from "./rig/fault-bench.ts";
import { FaultMachine } from "./rig/fault-machine.ts";
import { expectSaid, outcomeOf } from "./rig/virtual-row.ts";
import { DELIVERED_SMBIOS, ORDERED, SPECIFICATION_ROWS } from "./rows/specification.ts";

// One machine with everything wrong at once, as one comes from a bad batch: each fault is still said for itself.
describe("a machine that is not what was ordered", () => {
  let bench: FaultBench;
  let run: RunDetail;

  beforeAll(async () => {
    const machine = new FaultMachine("specification", {
      disks: [
        { id: "disk", content: "blank" },
        { id: "nvme", content: "blank", nvme: true },
      ],
      bmc: false,
      smbios: DELIVERED_SMBIOS,
    });
    bench = await FaultBench.start("specification", machine, { specs: [ORDERED] });
    await bench.bootIntoRun(true);
    run = await bench.hold();
  });

  afterAll(async () => {
    await bench?.end();
  });

  for (const row of SPECIFICATION_ROWS) {
    test(row.fault, ({ task }) => {
      task.meta.fault = outcomeOf(run, row);
      expectSaid(run, row);
    });
  }
});
