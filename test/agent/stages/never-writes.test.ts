import { describe, expect, test } from "vitest";
import type { StageContext } from "../../../agent/stages/stage.ts";
import type { Inventory } from "../../../contract/inventory.ts";
import { fixture } from "../fixture-host.ts";
import { DISK, INVENTORY, runWith } from "./fault-host.ts";

/** What writes to a disk, in any program that the agent knows. */
const WRITES =
  /rw=(rand)?(write|rw)|trim|badblocks|--write|mkfs|wipefs|blkdiscard|sanitize|nvme format|security-(erase|set)|\bdd\b|sgdisk|parted/;
const diskCalls = (calls: readonly string[]) => calls.filter((call) => /\bdev\b/.test(call));

/** The same sequence every time: a failure can be run again. */
function dice(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

const NAMES = ["sda", "sdb", "nvme0n1", "vda", "mmcblk0"];
type Drive = Inventory["disks"][number];

/** A host with disks of every kind, some in use, and parameters of every size. */
function anyHost(seed: number) {
  const roll = dice(seed);
  const pick = <T>(...values: T[]) => values[roll(values.length)] as T;
  const drives = NAMES.filter(() => roll(2) === 0).map(
    (name): Drive => ({
      ...DISK,
      name,
      sizeBytes: pick(0, 1, 1e9, 2e13),
      transport: pick("sata", "sas", "nvme", "virtio", "usb", null),
      rotational: pick(true, false),
    }),
  );
  const listed = drives.filter(() => roll(5) > 0);
  const used = new Set<string>(
    drives.filter((one) => !listed.includes(one)).map(({ name }) => name),
  );
  const texts: Record<string, string> = {
    "/proc/mounts": "",
    "/proc/swaps": "",
    "/proc/mdstat": "",
  };
  const tree = listed.map(({ name, sizeBytes }) => {
    const node = { name, kname: name, type: "disk", size: sizeBytes };
    const part = `${name}${/\d$/.test(name) ? "p" : ""}1`;
    const child = (extra: object) => ({
      ...node,
      children: [{ name: part, kname: part, type: "part", ...extra }],
    });
    const how = roll(9);
    if (how < 8) used.add(name);
    if (how === 0) return child({ mountpoints: ["/run/live/medium"] });
    if (how === 1) return child({ mountpoint: "[SWAP]" });
    if (how === 2) {
      return child({ children: [{ name: "vg-root", kname: "dm-0", type: "lvm" }] });
    }
    if (how === 3) {
      return child({ children: [{ name: "md0", kname: "md0", type: "raid1" }] });
    }
    // Seen by the kernel alone: lsblk tells of no partition.
    if (how === 4) texts["/proc/mounts"] += `/dev/${part} /srv ext4 rw 0 0\n`;
    if (how === 5) texts["/proc/swaps"] += `/dev/${part} partition 1 0 -2\n`;
    if (how === 6) texts["/proc/mdstat"] += `md127 : inactive ${part}[0](S)\n`;
    if (how === 7) {
      texts[`/sys/block/${name}/${part}/size`] = "1";
      texts[`/sys/class/block/${part}/holders/dm-3/dev`] = "253:3";
    }
    return node;
  });
  return {
    drives,
    used,
    texts,
    lsblk: JSON.stringify({ blockdevices: tree }),
    params: {
      Storage: {
        readSeconds: pick(0.001, 1, 86_400),
        writeSeconds: pick(0.001, 1, 86_400),
        badblocks: pick(true, false),
        queueDepth: pick(1, 1024),
      },
      Burn: { seconds: pick(0.001, 1, 86_400), settleSeconds: 0 },
    },
  };
}

/** A day of work on every disk, so that no step is left out because the one before it failed. */
const FIO = (() => {
  const text = fixture("fio/write-verify-ok.stdout.txt").replaceAll(
    /"runtime" : \d+/g,
    '"runtime" : 86400000',
  );
  const report = JSON.parse(text.slice(text.indexOf("{"))) as { jobs: object[] };
  const [job] = report.jobs;
  return JSON.stringify({ ...report, jobs: NAMES.map((jobname) => ({ ...job, jobname })) });
})();

async function load(seed: number, stage: "Storage" | "Burn", how: Partial<StageContext>) {
  const { drives, params, texts, lsblk, used } = anyHost(seed);
  const clean = { stderr: fixture("badblocks/clean.stderr.txt"), elapsedS: 1e6 };
  const { calls } = await runWith(stage, {
    answers: { lsblk, fio: { stdout: FIO, elapsedS: 1e6 }, badblocks: clean },
    texts,
    context: { ...how, params: params[stage], inventory: { ...INVENTORY, disks: drives } },
  });
  return { calls: diskCalls(calls), used, drives };
}

const SEEDS = Array.from({ length: 120 }, (_, seed) => seed);

describe.each(["Storage", "Burn"] as const)(
  "%s, whatever disks and parameters it is given",
  (stage) => {
    test.each([
      ["in a non-destructive run", { nonDestructive: true, liveImage: true }],
      ["outside the live image", { nonDestructive: false, liveImage: false }],
    ] as const)("writes nothing %s", async (_when, how) => {
      let reads = 0;
      for (const seed of SEEDS) {
        for (const call of (await load(seed, stage, how)).calls) {
          expect(call).not.toMatch(WRITES);
          if (!call.startsWith("fio")) continue;
          expect(call).toContain("--readonly");
          reads += 1;
        }
      }
      expect(reads).toBeGreaterThan(50);
    });

    test("writes to no disk that anybody uses or that lsblk does not speak of", async () => {
      let writes = 0;
      for (const seed of SEEDS) {
        const how = { nonDestructive: false, liveImage: true };
        const { calls, used } = await load(seed, stage, how);
        for (const call of calls.filter((one) => WRITES.test(one))) {
          writes += 1;
          for (const name of used) expect(call).not.toMatch(new RegExp(`/dev/${name}\\b`));
        }
      }
      // Free disks are written to: the rule above is not kept by writing nothing at all.
      expect(writes).toBeGreaterThan(10);
    });
  },
);

test("fio keeps no state beside the agent and makes no file of a disk that is gone", async () => {
  const how = { nonDestructive: false, liveImage: true };
  const { calls } = await runWith("Storage", {
    answers: { fio: fixture("fio/write-verify-ok.stdout.txt") },
    context: how,
  });
  const fio = calls.filter((call) => call.startsWith("fio"));
  expect(fio.length).toBeGreaterThan(0);
  for (const call of fio) expect(call).toContain("--allow_file_create=0");
  expect(fio.find((call) => call.includes("--verify="))).toContain("--verify_state_save=0");
});
