import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUILT_IN_PROFILES } from "../../../contract/stage-params.ts";
import { vettingConfigSchema } from "../../../contract/vetting-config.ts";
import { buildConsoleApp, buildLabApp } from "../../../server/app.ts";
import { BootFiles } from "../../../server/boot-files.ts";
import { LiveConfig } from "../../../server/config/live-config.ts";
import { LiveSettings } from "../../../server/config/live-settings.ts";
import { SettingsFile } from "../../../server/config/settings-file.ts";
import { AddressBook } from "../../../server/netboot/address-book.ts";
import type { ReadApart } from "../../../server/reads/reads.ts";
import { AgentBundle } from "../../../server/routes/agent-bundle.ts";
import { type ConsoleDeps, type LabDeps, newCounters } from "../../../server/routes/deps.ts";
import { EventBus } from "../../../server/run/event-bus.ts";
import type { EvidenceRecord, RunRecord } from "../../../server/run/ports.ts";
import { WindowSessions } from "../../../server/window-sessions.ts";
import { FakeService } from "./fake-service.ts";

export const TOKEN = "console-token-of-this-launch-0123456789abcdef";
export const PORT = 8420;
export const HOST_HEADER = `127.0.0.1:${PORT}`;
export const AUTHORIZED = { host: HOST_HEADER, authorization: `Bearer ${TOKEN}` };
const AT_MS = Date.parse("2026-01-01T00:00:00.000Z");

const evidence: EvidenceRecord = {
  id: 5,
  runId: 7,
  stage: "CPUStress",
  kind: "dmesg",
  name: "dmesg.txt",
  text: "<script>alert(1)</script>\n",
  truncated: false,
  receivedAt: AT_MS,
};

/** What the reading thread gives for run 7: one sensor, and a report that names its run. */
const fakeRead: ReadApart = async (read) => {
  const series = { sensor: "cpu.package.temp", unit: "Cel", points: [[AT_MS, 1, 3, 2]] };
  const known = "sensor" in read ? read.sensor === series.sensor : true;
  const text = {
    series: () => JSON.stringify(series),
    "run-series": () => JSON.stringify({ series: [series] }),
    "series-csv": () => "time,value,unit,stage\r\n2026-01-01T00:00:00.000Z,3,Cel,CPUStress\r\n",
    report: () =>
      read.kind === "report" ? `<!doctype html><title>Report ${read.name}</title>` : "",
  };
  return { ok: true, body: known ? Buffer.from(text[read.kind]()) : null };
};

/** Reads of a store that holds run 7 and a snapshot of run 6, just enough for the routes that read by themselves. */
function fakeStore(): ConsoleDeps["store"] {
  const spec = { name: "r640", expect: {}, firmware: [{ component: "bios", version: "2.0" }] };
  const row = (version: string) => ({
    component: "bios" as const,
    identifier: "system",
    aliases: [],
    vendor: null,
    model: null,
    version,
    date: null,
    problem: null,
  });
  const runs: Record<number, Partial<RunRecord>> = {
    6: { id: 6, spec: null },
    7: { id: 7, hostId: 3, spec: spec as unknown as NonNullable<RunRecord["spec"]> },
    8: { id: 8, spec: null },
  };
  const store = {
    runs: { get: (id: number) => runs[id] ?? null },
    hosts: { get: (id: number) => ({ id, spec: null, vendor: null, product: null }) },
    logs: {
      list: () => [
        {
          sequence: 1,
          stage: null,
          t: "2026-01-01T00:00:00.000Z",
          level: "info",
          source: "agent",
          text: "hello",
          receivedAt: AT_MS,
        },
      ],
    },
    firmware: {
      get: (id: number) => (id === 6 ? [row("1.0")] : id === 7 ? [row("2.0")] : null),
    },
    evidence: { get: (runId: number, id: number) => (runId === 7 && id === 5 ? evidence : null) },
    discovered: {
      list: () => [
        {
          mac: "52:54:00:00:00:01",
          uuid: null,
          platform: "efi",
          firstSeen: AT_MS,
          lastSeen: AT_MS,
        },
      ],
    },
  };
  return store as unknown as ConsoleDeps["store"];
}

export interface Harness {
  readonly service: FakeService;
  readonly events: EventBus;
  readonly directory: string;
  /** Every log line of both listeners. */
  readonly logs: string[];
  readonly consoleDeps: ConsoleDeps;
  readonly labDeps: LabDeps;
  readonly console: Awaited<ReturnType<typeof buildConsoleApp>>;
  readonly lab: Awaited<ReturnType<typeof buildLabApp>>;
  close(): Promise<void>;
}

/** Both listeners over one fake service, with real files in a scratch directory. */
export async function harness(
  more: Partial<ConsoleDeps> = {},
  files: Partial<LabDeps["bootFiles"]> = {},
): Promise<Harness> {
  const directory = mkdtempSync(join(tmpdir(), "vetting-routes-"));
  const file = (path: string, text: string) => {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  file("boot/vmlinuz", "kernel bytes");
  file("boot/initrd.img", "initrd bytes");
  file("boot/filesystem.squashfs", "0123456789");
  file("boot/snponly.efi", "MZ");
  file("boot/.hidden", "secret");
  file("outside.txt", "secret");
  file("agent/agent.mjs", "console.log('agent')\n");
  file("renderer/index.html", "<!doctype html><title>Vetting</title>");
  file("renderer/assets/index-Ab12Cd34.js", "export {}");

  const service = new FakeService();
  const events = new EventBus(1000, 10);
  const logs: string[] = [];
  const log = { level: "trace", stream: { write: (line: string) => void logs.push(line) } };
  const counters = newCounters();
  const live = new LiveConfig(vettingConfigSchema.parse({ vetting: {} }).vetting, []);
  const consoleDeps: ConsoleDeps = {
    service,
    store: fakeStore(),
    events,
    profiles: {
      names: () => ["quick", "deep", "soak"],
      get: (name) => BUILT_IN_PROFILES[name as "quick"] ?? null,
      specFor: (host) => live.registry.specFor(host),
    },
    doctor: async () => ({
      ok: true,
      checkedAt: "2026-01-01T00:00:00.000Z",
      checks: [],
      labUrl: null,
      services: [],
      image: null,
      version: "0.1.0",
      interfaces: [],
    }),
    settings: new LiveSettings({
      file: new SettingsFile(join(directory, "vetting.yaml"), null),
      live,
      overrides: [],
      onChange: () => {},
      onNotice: () => {},
    }),
    moveLab: async (address) => ({
      ok: true,
      value: { address, labUrl: `http://${address}:8421` },
    }),
    read: fakeRead,
    stats: { runsByState: () => ({ CPUStress: 1 }), databaseBytes: () => 4096 },
    counters,
    token: TOKEN,
    sessions: new WindowSessions("a-lasting-secret", () => AT_MS),
    port: () => PORT,
    rendererDir: join(directory, "renderer"),
    version: "0.1.0",
    log,
    ...more,
  };
  const bootFiles = new BootFiles(join(directory, "boot"));
  const labDeps: LabDeps = {
    service,
    counters,
    labUrl: () => "http://10.0.0.1:8421",
    bootDir: join(directory, "boot"),
    bootFiles: {
      resolve: (name) => bootFiles.resolve(name),
      damage: (name) => bootFiles.damage(name),
      ...files,
    },
    addresses: new AddressBook(),
    agentBundle: new AgentBundle(join(directory, "agent/agent.mjs")),
    reporterDir: join(import.meta.dirname, "../../../reporter"),
    log,
  };
  const console = await buildConsoleApp(consoleDeps);
  const lab = await buildLabApp(labDeps);
  return {
    service,
    events,
    directory,
    logs,
    consoleDeps,
    labDeps,
    console,
    lab,
    close: async () => {
      await console.close();
      await lab.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
