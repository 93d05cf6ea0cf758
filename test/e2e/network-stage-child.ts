/** The real Network stage with the real iperf3, inside the network namespace in which this process was started. */
import { createPost } from "../../agent/api-client.ts";
import { systemClock } from "../../agent/clock.ts";
import { takeNetworkTurn } from "../../agent/network-turns.ts";
import { networkStage } from "../../agent/stages/network.ts";
import type { StageReport } from "../../agent/stages/stage.ts";
import type { RunCommand } from "../../agent/tools/command.ts";
import { createHostFiles } from "../../agent/tools/host-files.ts";
import { createRunCommand } from "../../agent/tools/run-command.ts";
import type { Inventory } from "../../contract/inventory.ts";
import type { StageParams } from "../../contract/stage-params.ts";
import { stageContext } from "../agent/stage-context.ts";
import { emptyInventory } from "../empty-inventory.ts";

/** What the parent hands over, as JSON in the first argument. */
export interface NetworkStageTask {
  /** The console that gives turns, and the run's token; null where the host has the network to itself. */
  readonly console: { readonly url: string; readonly runToken: string } | null;
  readonly peer: { readonly host: string; readonly port: number };
  readonly params: StageParams["Network"];
  readonly nics: readonly Pick<Inventory["nics"][number], "name" | "mac">[];
}

/** What it prints when the stage is over. */
export interface NetworkStageEnd {
  readonly report: StageReport;
  readonly log: readonly string[];
  /** When each iperf3 ran, in ms since 1970. */
  readonly tests: readonly { readonly from: number; readonly to: number }[];
}

const task = JSON.parse(process.argv[2] ?? "null") as NetworkStageTask;
const tests: { from: number; to: number }[] = [];
const command = createRunCommand();
const run: RunCommand = async (tool, args, options) => {
  const from = Date.now();
  const result = await command(tool, args, options);
  if (tool === "iperf3") tests.push({ from, to: Date.now() });
  return result;
};
const { console: turns } = task;
const { ctx, posted } = stageContext<"Network">(task.params, {
  ...{ run, files: createHostFiles(), clock: systemClock },
  claim: { spec: null, networkPeer: task.peer },
  inventory: {
    ...emptyInventory,
    nics: task.nics.map((nic) => ({
      ...nic,
      ...{ driver: "veth", maxSpeedMbps: null, speedMbps: null, carrier: true },
      ...{ pciAddress: null, model: null },
    })),
  },
});
const report = await networkStage.run({
  ...ctx,
  networkTurn: (wish) =>
    turns === null
      ? ctx.networkTurn(wish)
      : takeNetworkTurn(
          {
            post: createPost(turns.url, 10_000),
            runToken: () => turns.runToken,
            clock: systemClock,
          },
          {
            ...wish,
            onWait: (ahead) => ctx.log("info", `waits behind ${ahead}`),
            onProblem: (text) => ctx.log("warn", text),
          },
        ),
});
process.stdout.write(
  `${JSON.stringify({ report, log: posted.log, tests } satisfies NetworkStageEnd)}\n`,
);
