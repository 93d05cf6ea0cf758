import { sensorMatches } from "../../../contract/sensor-name.ts";
import { formatNumber, formatQuantity, formatUtc } from "../../../contract/wording/format.ts";
import { thresholdText } from "../../../contract/wording/limits.ts";
import { STAGE_TITLES } from "../../../contract/wording/status-table.ts";
import type { ReportInput } from "../input.ts";
import { html, type Markup } from "../markup.ts";
import { badge, facts, table } from "../pieces.ts";

/** The thresholds that were in force when the run was made, and what broke them. */
export function thresholds({ run }: ReportInput): Markup {
  const breaches = run.stages.flatMap((attempt) =>
    attempt.breaches.map((breach) => ({ ...breach, stage: attempt.stage })),
  );
  const unitOf = (pattern: string) =>
    run.sensors.find(({ sensor }) => sensorMatches(pattern, sensor))?.unit ?? "1";
  return html`${table(
    breaches,
    [
      { title: "When", cell: (row) => formatUtc(row.t) },
      { title: "Stage", cell: (row) => STAGE_TITLES[row.stage] },
      { title: "Sensor", cell: (row) => row.sensor },
      { title: "Value", cell: (row) => formatQuantity(row.value, row.unit), numeric: true },
      { title: "Limit", cell: (row) => formatQuantity(row.limit, row.unit), numeric: true },
      {
        title: "Effect",
        cell: (row) =>
          badge(
            row.severity === "fail"
              ? { word: "Fails", icon: "cross", tone: "bad", means: "" }
              : { word: "Warns", icon: "alert", tone: "gaps", means: "" },
          ),
      },
    ],
    {
      empty: "No threshold was breached.",
      rowClass: (row) => (row.severity === "fail" ? "bad" : ""),
    },
  )}
<h3>In force for this run</h3>
<ul>${run.thresholds.map(
    (threshold) =>
      html`<li><code>${threshold.sensor}</code> ${thresholdText(threshold, (value) => formatQuantity(value, unitOf(threshold.sensor)))}</li>`,
  )}</ul>
${run.thresholds.length === 0 && html`<p class="quiet">None: no sensor could have failed this run.</p>`}`;
}

export function evidence({ run }: ReportInput): Markup {
  return table(
    run.evidence,
    [
      { title: "File", cell: (row) => row.name },
      { title: "Kind", cell: (row) => row.kind },
      { title: "Stage", cell: (row) => (row.stage === null ? "" : STAGE_TITLES[row.stage]) },
      {
        title: "Size",
        cell: (row) => `${formatQuantity(row.bytes, "By")}${row.truncated ? " (cut)" : ""}`,
        numeric: true,
      },
      { title: "Received", cell: (row) => formatUtc(row.receivedAt) },
    ],
    { empty: "No evidence was captured." },
  );
}

/** What the host is made of: parts by slot and serial. */
export function parts({ run }: ReportInput): Markup | null {
  const inventory = run.inventory;
  if (inventory === null) return null;
  const rows = [
    ...inventory.cpus.map((cpu) => ({
      kind: "CPU",
      where: cpu.socket,
      what: `${cpu.model ?? "unknown"}${cpu.cores === null ? "" : `, ${cpu.cores} cores`}`,
      serial: null,
    })),
    ...inventory.dimms.map((dimm) => ({
      kind: "DIMM",
      where: dimm.locator,
      what: [`${dimm.sizeBytes / 2 ** 30} GiB`, dimm.type, dimm.manufacturer, dimm.partNumber]
        .filter((part) => part !== null)
        .join(" "),
      serial: dimm.serial,
    })),
    ...inventory.disks.map((disk) => ({
      kind: "Disk",
      where: [disk.name, disk.slot].filter((part) => part !== null).join(", slot "),
      what: `${disk.model ?? "unknown"}, ${formatQuantity(disk.sizeBytes, "By")}${disk.inUse === null ? "" : ` (${disk.inUse})`}`,
      serial: disk.serial ?? disk.wwn,
    })),
    ...inventory.nics.map((nic) => ({
      kind: "NIC",
      where: [nic.name, nic.pciAddress].filter((part) => part !== null).join(", "),
      what: `${nic.model ?? nic.driver ?? "unknown"}, ${nic.speedMbps === null ? "no link speed" : `${formatNumber(nic.speedMbps * 1e6)}bit/s`}`,
      serial: nic.mac,
    })),
    ...inventory.gpus.map((gpu) => ({
      kind: "GPU",
      where: gpu.pciAddress,
      what: [gpu.vendor, gpu.model].filter((part) => part !== null).join(" "),
      serial: gpu.serial,
    })),
    ...inventory.psus.map((psu) => ({
      kind: "PSU",
      where: psu.slot,
      what: psu.present ? (psu.model ?? "present") : "absent",
      serial: psu.serial,
    })),
  ];
  return table(
    rows,
    [
      { title: "Part", cell: (row) => row.kind },
      { title: "Where", cell: (row) => row.where },
      { title: "What", cell: (row) => row.what },
      { title: "Serial or address", cell: (row) => row.serial ?? "not readable" },
    ],
    { empty: "The inventory lists no parts." },
  );
}

export function versions({ run, generatedAt }: ReportInput): Markup {
  const tools = new Map(run.stages.flatMap((attempt) => Object.entries(attempt.toolVersions)));
  return html`${facts([
    ["Console", run.consoleVersion],
    ["Agent", run.agentVersion ?? "never claimed this run"],
    ...[...tools].sort(([a], [b]) => a.localeCompare(b)),
  ])}<p class="quiet">Report made ${formatUtc(generatedAt)}.</p>`;
}
