import { diffFirmware, type FirmwareDiffRow, type FirmwareRow } from "../../contract/firmware.ts";
import type { Inventory, SpecExpect } from "../../contract/inventory.ts";
import { stageParamsSchemas } from "../../contract/stage-params.ts";
import type { Blame } from "../../contract/stage-result.ts";
import { sentenceEnd } from "../tools/tool-result.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { erred, failed, passed, skipped } from "./stage-report.ts";

/** One difference between the host and its spec. */
export interface Mismatch {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  /** The parts that are missing or wrong, as far as they can be named. */
  readonly blame: readonly Blame[];
}

const GIB = 1024 ** 3;

/**
 * The kernel keeps memory for itself, its crash dump and the firmware: MemTotal is less than what is
 * installed, by 1.5 to 5 % on servers. Only used when SMBIOS does not list the modules, whose sum is exact.
 */
const MEMTOTAL_TOLERANCE = 0.06;

/** The inventory and the firmware against what the spec says the host must be. */
export const specValidate: StageDefinition<"SpecValidate"> = {
  name: "SpecValidate",
  title: "Specification",
  tools: [],
  paramsSchema: stageParamsSchemas.SpecValidate,
  measurements: [
    { name: "spec.mismatches", unit: "1", title: "Differences from the specification", max: 0 },
  ],
  run: runSpecValidate,
};

async function runSpecValidate(ctx: StageContext<"SpecValidate">): Promise<StageReport> {
  const { spec } = ctx.claim;
  if (spec === null) {
    const why = "No specification for this host: nothing says what it must contain.";
    return skipped(why, [{ what: "specification", why, absent: false }]);
  }
  if (ctx.inventory === null)
    return erred("There is no inventory to compare: Inventory did not run.");
  if (spec.firmware.length > 0 && ctx.firmware === null) {
    return erred("There is no firmware snapshot to compare: Firmware did not run.");
  }
  const firmware = ctx.firmware ?? [];
  const mismatches = [
    ...compareWithSpec(spec.expect, ctx.inventory),
    ...diffFirmware(spec.firmware, firmware).flatMap((row) => firmwareMismatch(row, firmware)),
  ];
  const checks = Object.keys(spec.expect).length + spec.firmware.length;
  return conclude(spec.name, checks, mismatches);
}

function conclude(spec: string, checks: number, mismatches: readonly Mismatch[]): StageReport {
  const measurements = [{ name: "spec.mismatches", value: mismatches.length, unit: "1", max: 0 }];
  if (checks === 0) {
    // A spec that asks nothing must not look like a host that was checked.
    const why = `The specification "${spec}" expects nothing and pins no firmware.`;
    return skipped(why, [{ what: "specification", why, absent: false }]);
  }
  if (mismatches.length === 0) {
    const asked = `${checks} ${checks === 1 ? "expectation" : "expectations"}`;
    return passed(`The host meets "${spec}": ${asked} compared.`, { measurements });
  }
  const told = mismatches.map(({ what, expected, found }) =>
    sentenceEnd(`${what}: expected ${expected}, found ${found}`),
  );
  const blame = mismatches.flatMap((mismatch) => mismatch.blame).slice(0, 64);
  const reasons = [`The host differs from "${spec}".`, ...told];
  return failed(reasons, reasons.join(" "), { measurements, blame });
}

/** Compares what the spec asks for; a key that it leaves out is not asked. */
export function compareWithSpec(expect: SpecExpect, host: Inventory): Mismatch[] {
  const mismatches: Mismatch[] = [];
  const count = (what: string, expected: number | undefined, found: number, detail = "") => {
    if (expected === undefined || expected === found) return;
    const blame = found < expected ? [missingPart(`missing ${what} (${expected - found})`)] : [];
    mismatches.push({ what, expected: `${expected}`, found: `${found}${detail}`, blame });
  };
  count("CPU sockets", expect.cpuSockets, host.cpus.length);
  count("CPU cores", expect.cpuCores, host.physicalCores);
  mismatches.push(...compareCpuModel(expect.cpuModel, host));
  mismatches.push(...compareMemory(expect.memoryGiB, host));
  mismatches.push(...compareDimms(expect.dimms, host));
  count("disks", expect.disks, host.disks.length, listed(host.disks.map(({ name }) => name)));
  count("network ports", expect.nics, host.nics.length, listed(host.nics.map(({ name }) => name)));
  count("GPUs", expect.gpus, host.gpus.length, listed(host.gpus.map((gpu) => gpu.pciAddress)));
  const psus = host.psus.filter(({ present }) => present);
  count("power supplies", expect.psus, psus.length, listed(psus.map(({ slot }) => slot)));
  mismatches.push(...compareBmc(expect.bmc, host));
  mismatches.push(...compareLinks(expect.linkSpeedMbps, host));
  return mismatches;
}

function compareCpuModel(expected: string | undefined, host: Inventory): Mismatch[] {
  if (expected === undefined) return [];
  const wanted = words(expected);
  return host.cpus
    .filter(({ model }) => model === null || !words(model).includes(wanted))
    .map(({ socket, model }) => ({
      what: `CPU model in ${socket}`,
      expected,
      found: model ?? "unknown",
      blame: [{ part: "CPU", slot: socket, serial: null, model }],
    }));
}

/** `Intel(R) Xeon(R)  CPU` and `Intel Xeon CPU` are the same name. */
function words(model: string): string {
  return model
    .replace(/\((r|tm|c)\)/gi, "")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}

function compareMemory(expectedGiB: number | undefined, host: Inventory): Mismatch[] {
  if (expectedGiB === undefined) return [];
  const installed = host.dimms.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const exact = installed > 0;
  const foundGiB = (exact ? installed : host.memoryBytes) / GIB;
  const short = expectedGiB - foundGiB;
  const tolerated = exact ? 0.01 : expectedGiB * MEMTOTAL_TOLERANCE;
  // MemTotal is never more than what is installed, so that too much counts from the first GiB on.
  if (short <= tolerated && short >= -0.01) return [];
  const source = exact ? `${host.dimms.length} modules` : "seen by the system";
  return [
    {
      what: "memory",
      expected: `${expectedGiB} GiB`,
      found: `${Math.round(foundGiB * 100) / 100} GiB (${source})`,
      blame:
        short > 0 ? [missingPart(`missing memory (${Math.round(short * 100) / 100} GiB)`)] : [],
    },
  ];
}

function compareDimms(expected: number | undefined, host: Inventory): Mismatch[] {
  if (expected === undefined || expected === host.dimms.length) return [];
  if (host.dimms.length === 0) {
    const found = "unknown: SMBIOS lists no memory modules";
    return [{ what: "memory modules", expected: `${expected}`, found, blame: [] }];
  }
  const found = `${host.dimms.length}${listed(host.dimms.map(({ locator }) => locator))}`;
  const missing = expected - host.dimms.length;
  const blame = missing > 0 ? [missingPart(`missing memory modules (${missing})`)] : [];
  return [{ what: "memory modules", expected: `${expected}`, found, blame }];
}

function compareBmc(expected: boolean | undefined, host: Inventory): Mismatch[] {
  const found = host.bmc !== null;
  if (expected === undefined || expected === found) return [];
  const word = (present: boolean) => (present ? "a BMC" : "no BMC");
  const blame = expected ? [missingPart("missing BMC")] : [];
  return [{ what: "BMC", expected: word(expected), found: word(found), blame }];
}

/** Only ports with a cable in them: which ports are to be connected is not for the spec to say. */
function compareLinks(floorMbps: number | undefined, host: Inventory): Mismatch[] {
  if (floorMbps === undefined) return [];
  const connected = host.nics.filter(({ carrier }) => carrier);
  if (connected.length === 0) {
    const expected = `at least ${floorMbps} Mbit/s`;
    return [{ what: "link speed", expected, found: "no connected network port", blame: [] }];
  }
  return connected
    .filter(({ speedMbps }) => speedMbps === null || speedMbps < floorMbps)
    .map(({ name, speedMbps, mac, model }) => ({
      what: `link speed of ${name}`,
      expected: `at least ${floorMbps} Mbit/s`,
      found: speedMbps === null ? "unknown: the driver reports none" : `${speedMbps} Mbit/s`,
      blame: [{ part: `network port ${name}`, slot: name, serial: mac, model }],
    }));
}

function firmwareMismatch(row: FirmwareDiffRow, snapshot: readonly FirmwareRow[]): Mismatch[] {
  if (row.kind === "match") return [];
  const item = snapshot.find(
    ({ component, identifier }) => component === row.component && identifier === row.identifier,
  );
  const name = row.identifier === null || row.identifier === "system" ? "" : ` ${row.identifier}`;
  const found = {
    mismatch: row.actual ?? "unknown",
    unread: `no version: ${item?.problem ?? "not read"}`,
    missing: "no such part",
  }[row.kind];
  return [
    {
      what: `firmware of ${row.component}${name}`,
      expected: row.expected,
      found,
      blame: [
        {
          part: `${row.component} firmware`,
          slot: row.identifier,
          serial: null,
          model: item?.model ?? null,
        },
      ],
    },
  ];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "" : ` (${names.slice(0, 32).join(", ")})`;
}

function missingPart(part: string): Blame {
  return { part, slot: null, serial: null, model: null };
}
