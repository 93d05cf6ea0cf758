import { describe, expect, test } from "vitest";
import type { DoctorCheck } from "../../../contract/console-api.ts";
import type { FirmwareRow } from "../../../contract/firmware.ts";
import type { Inventory } from "../../../contract/inventory.ts";
import { STAGES } from "../../../contract/stages.ts";
import { type HostSpec, hostSpecSchema } from "../../../contract/vetting-config.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { Life, type LifeOptions, MAC, value } from "./life.ts";

const SPEC: HostSpec = hostSpecSchema.parse({ name: "r640" });

function ask(life: Life, hostId: number, nonDestructive = true, checks: DoctorCheck[] = []) {
  return value(life.service.preflight(hostId, { nonDestructive, checks }));
}

/** The findings of a lone host whose spec fits and whose reporter answers. */
function findings(
  prepare: (life: Life, hostId: number) => void,
  options: LifeOptions = {},
  nonDestructive = true,
  checks: DoctorCheck[] = [],
) {
  const life = new Life({ spec: SPEC, ...options });
  const hostId = life.enrol();
  prepare(life, hostId);
  return ask(life, hostId, nonDestructive, checks).findings.map((one) => ({ ...one, hostId }));
}

const check = (id: string, status: DoctorCheck["status"], mend: string | null = null) => ({
  id,
  title: `The ${id}`,
  status,
  detail: `Something about ${id}.`,
  mend,
});

const row = (version: string | null): FirmwareRow => ({
  component: "bios",
  identifier: "system",
  aliases: [],
  vendor: null,
  model: null,
  version,
  date: null,
  problem: null,
});

const disk = (name: string, inUse: string | null): Inventory["disks"][number] => ({
  name,
  byId: null,
  model: "ST1000NX0423",
  serial: "W4716D0B",
  wwn: null,
  sizeBytes: 1e12,
  transport: "sata",
  rotational: true,
  slot: "0",
  inUse,
});

/** A run that has posted what it found, and is over. */
function pastRun(
  life: Life,
  hostId: number,
  found: { inventory?: Inventory; firmware?: FirmwareRow[] },
): number {
  const host = life.store.hosts.get(hostId);
  expect(host).not.toBeNull();
  const runId = value(life.service.host(hostId)).run?.id ?? 0;
  expect(runId).toBeGreaterThan(0);
  if (found.inventory !== undefined) life.store.inventories.put(runId, found.inventory, life.now);
  if (found.firmware !== undefined) life.store.firmware.replace(runId, found.firmware);
  return runId;
}

async function walked(life: Life, hostId: number, seconds: number, nonDestructive = true) {
  const { id } = await life.start(hostId, { nonDestructive });
  life.reporter(hostId, "os-1");
  value(life.claimWith(life.bootToken(), `live-${id}`));
  life.advance(seconds);
  life.reporter(hostId, "os-1");
  for (const stage of STAGES) life.pass(id, stage);
  life.beat(id, `live-${id}`);
  return id;
}

test("a host that is ready has no findings", () => {
  expect(findings(() => {})).toEqual([]);
});

test("an unknown host is not found", () => {
  const life = new Life();
  expect(life.service.preflight(9, { nonDestructive: true, checks: [] })).toMatchObject({
    ok: false,
    kind: "not-found",
  });
});

describe("what refuses a start is a stop, and the start is refused", () => {
  test("a run under way or on hold", async () => {
    const life = new Life({ spec: SPEC });
    const { hostId, runId } = await life.inStage("SMART");
    expect(ask(life, hostId).findings[0]).toMatchObject({
      id: "host-occupied",
      level: "stop",
      text: expect.stringContaining(`Run ${runId} (SMART) is under way`),
    });
    value(life.post(runId, { stage: "SMART", result: "fail", summary: "It broke." }));
    expect(ask(life, hostId).findings[0]?.text).toContain(`Run ${runId} holds`);
    const again = await life.service.startRun(hostId, {
      profile: "quick",
      nonDestructive: true,
      start: "wake",
      afterPass: "power_off",
    });
    expect(again).toMatchObject({ ok: false, kind: "host-occupied" });
  });

  test("a full disk of the console", () => {
    const [only] = findings(() => {}, { freeDiskBytes: 1024 });
    expect(only).toMatchObject({ id: "disk-full", level: "stop" });
  });
});

describe("the host", () => {
  test("without a reporter, or with one that fell silent, is woken by hand; the command brings it in", () => {
    const life = new Life();
    const { id } = value(life.service.createHost({ mac: MAC }));
    const install = "curl -fsSL http://10.0.0.1:8421/register/quick.sh | sudo sh";
    expect(ask(life, id).findings).toContainEqual(
      expect.objectContaining({ id: "no-reporter", level: "info", mend: install }),
    );
    const silent = findings((one) => one.advance(61));
    expect(silent).toMatchObject([{ id: "host-offline", level: "warn", mend: install }]);
  });

  test("whose reporter found no way into the network says so", () => {
    const note = "no boot entry for the network was found";
    const found = findings(({ store }, hostId) => {
      store.hosts.update(hostId, { netbootNote: note });
    });
    expect(found).toMatchObject([{ id: "netboot-note", text: expect.stringContaining(note) }]);
  });

  test("with Secure Boot on refuses the loader, whoever saw it", () => {
    const byReporter = findings(({ store }, hostId) => {
      store.hosts.update(hostId, { secureBoot: "enabled" });
    });
    expect(byReporter).toMatchObject([{ id: "secure-boot", level: "warn" }]);
    expect(
      findings(({ store }, hostId) => {
        store.hosts.update(hostId, { secureBoot: "disabled" });
      }),
    ).toEqual([]);
  });

  test("whose last network boot came to a stop says where and why", () => {
    const found = findings(({ store, now }, hostId) => {
      const boot = store.boots.addAttempt(hostId, null, now - 3_600_000);
      store.boots.addEvent(boot.id, { at: now - 3_600_000, step: "offer", detail: "" });
    });
    expect(found).toMatchObject([
      { id: "boot-stopped", text: expect.stringContaining("a firewall on this machine") },
    ]);
  });

  test("without a spec can only pass with gaps; one that was chosen and is gone is named", () => {
    const life = new Life();
    const hostId = life.enrol();
    expect(ask(life, hostId).findings).toMatchObject([{ id: "no-spec", level: "warn" }]);
    const found = findings(
      ({ store }, id) => store.hosts.update(id, { spec: "r740" }),
      // The spec fits another product, so that this host has none.
      { spec: hostSpecSchema.parse({ name: "x", match: { product: "other" } }) },
    );
    expect(found[0]?.text).toContain('The spec "r740" was chosen');
  });
});

describe("the pins of the spec", () => {
  const spec = hostSpecSchema.parse({
    name: "r640",
    firmware: [{ component: "bios", version: "2.19.1" }],
  });
  const withBios = async (version: string | null) => {
    const life = new Life({ spec });
    const hostId = life.enrol();
    await walked(life, hostId, 60);
    const runId = pastRun(life, hostId, { firmware: [row(version)] });
    return { found: ask(life, hostId).findings.filter(({ id }) => id === "stale-pins"), runId };
  };

  test("are compared with the host's last snapshot", async () => {
    const { found, runId } = await withBios("2.10.0");
    expect(found).toMatchObject([{ level: "warn" }]);
    expect(found[0]?.text).toContain(`run ${runId} found`);
    expect(found[0]?.text).toContain("bios is 2.10.0, pinned to 2.19.1");
    expect((await withBios(null)).found[0]?.text).toContain("bios is not readable");
  });

  test("that are met are no finding", async () => {
    expect((await withBios("2.19.1")).found).toEqual([]);
  });
});

describe("the lab", () => {
  test("what keeps a host from booting is told with its mend; what does not is left to the doctor", () => {
    const checks = [
      check("image", "warn", "npm run image"),
      check("iperf3", "warn"),
      check("port-udp-tftp", "fail"),
      check("port-udp-dhcp", "warn"),
      check("clock", "fail"),
      check("agent", "ok"),
    ];
    const found = findings(() => {}, {}, true, checks);
    expect(found.map(({ id, level }) => [id, level])).toEqual([
      ["image", "warn"],
      ["iperf3", "warn"],
      ["port-udp-tftp", "warn"],
    ]);
    expect(found[0]).toMatchObject({
      text: "The image: Something about image.",
      mend: "npm run image",
    });
  });

  test("with every place taken lets the run wait", async () => {
    const life = new Life({ spec: SPEC, config: { dispatcher: { maxConcurrentRuns: 1 } } });
    await life.claimed();
    const other = life.enrol("52:54:00:12:34:99");
    expect(ask(life, other).findings).toMatchObject([{ id: "queue-full", level: "info" }]);
  });
});

describe("the disks", () => {
  const inventory = (disks: Inventory["disks"]) => ({ ...emptyInventory, disks });
  const afterInventory = async (disks: Inventory["disks"], nonDestructive: boolean) => {
    const life = new Life({ spec: SPEC });
    const hostId = life.enrol();
    await walked(life, hostId, 60);
    pastRun(life, hostId, { inventory: inventory(disks) });
    return { ...ask(life, hostId, nonDestructive), now: life.iso() };
  };

  test("are those of the last inventory, with what keeps one from being written", async () => {
    const { disks, now } = await afterInventory(
      [disk("sda", null), disk("sdb", "mounted on /")],
      false,
    );
    expect(disks).toEqual({
      asOf: now,
      list: [
        { name: "sda", model: "ST1000NX0423", serial: "W4716D0B", sizeBytes: 1e12, inUse: null },
        expect.objectContaining({ name: "sdb", inUse: "mounted on /" }),
      ],
    });
  });

  test("are not known before the first inventory: a destructive run is warned of it", () => {
    const life = new Life({ spec: SPEC });
    const hostId = life.enrol();
    expect(ask(life, hostId, false)).toMatchObject({
      disks: null,
      findings: [{ id: "disks-unknown", level: "warn" }],
    });
    expect(ask(life, hostId, true).findings).toEqual([]);
  });

  test("that are all in use leave a destructive run nothing to write", async () => {
    const { findings: found } = await afterInventory([disk("sda", "member of md0")], false);
    expect(found).toMatchObject([{ id: "no-disk-to-write", level: "info" }]);
    expect((await afterInventory([disk("sda", "member of md0")], true)).findings).toEqual([]);
  });
});

describe("how long it takes", () => {
  test("is the median of the host's own runs of the profile, just as destructive", async () => {
    const life = new Life({ spec: SPEC });
    const hostId = life.enrol();
    for (const seconds of [100, 900, 200]) await walked(life, hostId, seconds);
    await walked(life, hostId, 5000, false);
    const quick = (nonDestructive: boolean) =>
      ask(life, hostId, nonDestructive).estimates.find(({ profile }) => profile === "quick");
    expect(quick(true)).toEqual({ profile: "quick", seconds: 200, basis: "past", runs: 3 });
    expect(quick(false)).toEqual({ profile: "quick", seconds: 5000, basis: "past", runs: 1 });
    await walked(life, hostId, 300);
    expect(quick(true)?.seconds).toBe(250);
  });

  test("is what the profile sets while there is none, and after the profile was changed", async () => {
    const life = new Life({ spec: SPEC });
    const hostId = life.enrol();
    const before = ask(life, hostId).estimates;
    expect(before.map(({ profile, basis }) => [profile, basis])).toEqual([
      ["quick", "profile"],
      ["deep", "profile"],
      ["soak", "profile"],
    ]);
    expect(before[0]?.seconds).toBeGreaterThan(600);
    const id = await walked(life, hostId, 100);
    const { params } = life.store.runs.get(id)!;
    const CPUStress = { ...params.CPUStress, cpuSeconds: 1 };
    life.store.runs.update(id, { params: { ...params, CPUStress } });
    expect(ask(life, hostId).estimates).toEqual(before);
  });
});

test("what the last run could not exercise is said again", async () => {
  const life = new Life({ spec: SPEC });
  const { hostId, runId } = await life.inStage("CPUStress");
  const gaps = [{ what: "ECC counters", why: "No EDAC driver.", absent: false }];
  life.post(runId, { stage: "CPUStress", gaps });
  for (const stage of STAGES.slice(STAGES.indexOf("Storage"))) life.pass(runId, stage);
  expect(ask(life, hostId).findings).toMatchObject([
    {
      id: "last-gaps",
      level: "info",
      text: expect.stringContaining("ECC counters (CPU and memory): No EDAC driver."),
    },
  ]);
});

test("the worst comes first", () => {
  const found = findings(
    ({ store }, hostId) => void store.hosts.update(hostId, { secureBoot: "enabled" }),
    { freeDiskBytes: 1024 },
    false,
  );
  expect(found.map(({ level }) => level)).toEqual(["stop", "warn", "warn"]);
});
