import { type EvidenceRequest, MAX_EVIDENCE_CHARS } from "../contract/agent-api.ts";
import type { Redact } from "./redact.ts";
import type { HostFiles, RunCommand } from "./tools/command.ts";
import { readEdacCounts } from "./tools/edac.ts";

export type Evidence = Omit<EvidenceRequest, "sequence" | "stage">;

export interface EvidenceDeps {
  readonly run: RunCommand;
  readonly files: HostFiles;
  readonly redact: Redact;
  readonly signal: AbortSignal;
}

/** Each tool has this long: a sick host must still come to its hold. In seconds. */
const TOOL_TIMEOUT_S = 60;
/** Drives beyond this are named and not read. */
const MAX_DISKS = 64;
const NO_DISK = /^(loop|ram|zram|dm-|md|sr|fd|nbd|zd)/;
const PSTORE = ["/sys/fs/pstore", "/var/lib/systemd/pstore"];
/** The files of an archived crash lie in folders of their own. */
const MAX_PSTORE_DEPTH = 3;

/**
 * What the host can tell about a failure, taken before anything else happens to it. A source that cannot be
 * read leaves its reason in its place; one that does not exist (no BMC, no EDAC) leaves nothing.
 */
export async function captureEvidence(
  deps: EvidenceDeps,
  attempt: { readonly samples: string; readonly toolOutput: string },
): Promise<Evidence[]> {
  const [kernel, sel, smart, edac, links] = await Promise.all([
    toolText(deps, "dmesg", []),
    readSel(deps),
    readDrives(deps),
    readMemoryErrors(deps),
    toolText(deps, "ip", ["-s", "-s", "link"]),
  ]);
  return [
    ...item(deps, "dmesg", "dmesg.txt", kernel),
    ...item(deps, "sel", "sel.txt", sel),
    ...item(deps, "smart", "smart.txt", smart),
    ...item(deps, "edac", "edac.json", edac),
    ...item(deps, "interfaces", "interfaces.txt", links),
    ...item(deps, "samples", "samples.csv", attempt.samples),
    ...item(deps, "tool-output", "tool-output.txt", attempt.toolOutput),
  ];
}

/** After a reset that nobody ordered: what the crashed kernel left behind, and the BMC's event log. */
export async function captureResetEvidence(deps: EvidenceDeps): Promise<Evidence[]> {
  const found = (await Promise.all(PSTORE.map((folder) => readTree(deps.files, folder, 0)))).flat();
  // The console waits for this kind, also when there is nothing: then that is what it says.
  const pstore =
    found.length === 0
      ? "The kernel left nothing in pstore.\n"
      : found.map(({ path, text }) => `==> ${path} <==\n${text}\n`).join("\n");
  return [
    ...item(deps, "pstore", "pstore.txt", pstore),
    ...item(deps, "sel", "sel.txt", await readSel(deps)),
  ];
}

function item(
  deps: EvidenceDeps,
  kind: Evidence["kind"],
  name: string,
  text: string | null,
): Evidence[] {
  if (text === null || text === "") return [];
  const clean = deps.redact(text);
  const truncated = clean.length > MAX_EVIDENCE_CHARS;
  // The end is the newest, and what failed lies there.
  return [{ kind, name, text: truncated ? clean.slice(-MAX_EVIDENCE_CHARS) : clean, truncated }];
}

async function toolText(
  deps: EvidenceDeps,
  tool: string,
  args: readonly string[],
): Promise<string> {
  const result = await deps.run(tool, args, { timeoutS: TOOL_TIMEOUT_S, signal: deps.signal });
  if (result.outcome === "tool-missing") return `${tool} is not installed.\n`;
  const complaint = result.stderr.trim() === "" ? "" : `--- stderr\n${result.stderr}`;
  const end = result.outcome === "exited" ? "" : `--- ${tool} ended early: ${result.outcome}\n`;
  return `${result.stdout}${complaint}${end}`;
}

async function readSel(deps: EvidenceDeps): Promise<string | null> {
  const devices = await deps.files.list("/dev");
  if (!devices.some((name) => /^ipmi\d+$/.test(name))) return null;
  return toolText(deps, "ipmitool", ["sel", "elist"]);
}

async function readDrives(deps: EvidenceDeps): Promise<string | null> {
  const disks = (await deps.files.list("/sys/block")).filter((name) => !NO_DISK.test(name));
  const texts: string[] = [];
  for (const disk of disks.slice(0, MAX_DISKS)) {
    if (deps.signal.aborted) break;
    const text = await toolText(deps, "smartctl", ["-x", `/dev/${disk}`]);
    texts.push(`==> /dev/${disk} <==\n${text}`);
  }
  if (disks.length > MAX_DISKS) texts.push(`Not read: ${disks.slice(MAX_DISKS).join(", ")}.`);
  return texts.length === 0 ? null : texts.join("\n");
}

async function readMemoryErrors({ files }: EvidenceDeps): Promise<string | null> {
  const controllers = await readEdacCounts(files);
  return controllers.length === 0 ? null : `${JSON.stringify(controllers, null, 2)}\n`;
}

async function readTree(
  files: HostFiles,
  folder: string,
  depth: number,
): Promise<{ path: string; text: string }[]> {
  const found: { path: string; text: string }[] = [];
  for (const name of await files.list(folder)) {
    const path = `${folder}/${name}`;
    const text = await files.readText(path);
    if (text !== null) found.push({ path, text });
    else if (depth < MAX_PSTORE_DEPTH) found.push(...(await readTree(files, path, depth + 1)));
  }
  return found;
}
