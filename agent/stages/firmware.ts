import type { FirmwareRow } from "../../contract/firmware.ts";
import { stageParamsSchemas } from "../../contract/stage-params.ts";
import type { Gap } from "../../contract/stage-result.ts";
import { firmwareProbes } from "../probes/index.ts";
import type { FirmwareProbe } from "../probes/probe.ts";
import type { RunCommand } from "../tools/command.ts";
import { readToolVersions } from "../tools/tool-version.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { cancelled, erred, passed, skipped } from "./stage-report.ts";

/** A snapshot of every firmware version; SpecValidate compares it with the pins. */
export const firmware: StageDefinition<"Firmware"> = {
  name: "Firmware",
  title: "Firmware versions",
  tools: [...new Set(firmwareProbes.flatMap(({ tools }) => tools))],
  paramsSchema: stageParamsSchemas.Firmware,
  measurements: [
    { name: "firmware.items", unit: "1", title: "Firmware items found" },
    { name: "firmware.unread", unit: "1", title: "Firmware items without a version" },
  ],
  run: runFirmware,
};

interface Probed {
  readonly probe: FirmwareProbe;
  readonly rows: readonly FirmwareRow[];
  readonly missingTools: readonly string[];
}

async function runFirmware(ctx: StageContext<"Firmware">): Promise<StageReport> {
  const probed = await Promise.all(firmwareProbes.map((probe) => runProbe(ctx, probe)));
  if (ctx.signal.aborted) return cancelled();
  const rows = probed.flatMap(({ rows }) => rows);
  await ctx.postFirmware(rows);
  for (const row of rows) {
    if (row.problem !== null) ctx.log("warn", `${nameOf(row)}: ${row.problem}`, "firmware");
  }
  const unread = rows.filter(({ version }) => version === null);
  const gaps = probed.flatMap(gapsOf).slice(0, 256);
  const facts = {
    gaps,
    measurements: [
      { name: "firmware.items", value: rows.length, unit: "1" },
      { name: "firmware.unread", value: unread.length, unit: "1" },
    ],
    toolVersions: await readToolVersions(ctx, firmware.tools),
  };
  // A part that is there and whose tool is not: that is the image's fault, not a quiet gap.
  const missing = [
    ...new Set(probed.flatMap(({ rows, missingTools }) => (rows.length > 0 ? missingTools : []))),
  ];
  if (missing.length > 0) {
    return erred(
      `Not installed, though the host has parts to read with it: ${missing.join(", ")}.`,
      facts,
    );
  }
  if (unread.length === rows.length) {
    const reason = `No firmware version could be read on this host. ${unreadText(unread)}`;
    return skipped(reason, gaps, facts);
  }
  const versions = rows.length - unread.length;
  const summary = `${versions} of ${rows.length} firmware versions read. ${unreadText(unread)}`;
  return passed(summary.trim(), facts);
}

/** Runs one probe and notes which programs it missed. */
async function runProbe(ctx: StageContext<"Firmware">, probe: FirmwareProbe): Promise<Probed> {
  const missing = new Set<string>();
  const run: RunCommand = async (tool, args, options) => {
    const result = await ctx.run(tool, args, options);
    if (result.outcome === "tool-missing") missing.add(tool);
    return result;
  };
  const { files, inventory, signal } = ctx;
  const rows = await probe.run({ run, files, inventory, signal });
  return { probe, rows, missingTools: [...missing] };
}

function gapsOf({ probe, rows }: Probed): Gap[] {
  if (rows.length === 0) {
    const why = `The host has none that carries firmware.`;
    return [{ what: `${probe.title} firmware`, why, absent: true }];
  }
  return rows.flatMap((row): Gap[] =>
    row.version === null
      ? [
          {
            what: `firmware of ${nameOf(row)}`.slice(0, 128),
            why: row.problem ?? "Not read.",
            absent: false,
          },
        ]
      : [],
  );
}

function nameOf({ component, identifier }: FirmwareRow): string {
  return identifier === "system" ? component : `${component} ${identifier}`;
}

function unreadText(unread: readonly FirmwareRow[]): string {
  return unread.map((row) => `${nameOf(row)}: ${row.problem ?? "not read."}`).join(" ");
}
