import { describe, expect, test } from "vitest";
import type { BootStep } from "../../../contract/boot-timeline.ts";
import { Life, MAC, value } from "./life.ts";

const STRANGER = "52:54:00:99:99:99";

function seen(life: Life, step: BootStep, more: { mac?: string; detail?: string } = {}) {
  const { mac = MAC, detail = step } = more;
  const speaker = "firmware";
  life.service.noteSighting({ mac, uuid: "u-1", platform: "UEFI x64", step, detail, speaker });
  life.service.flush();
}
const boots = (life: Life, hostId: number) =>
  value(life.service.host(hostId)).boots.map(({ runId, events, progress }) => ({
    runId,
    steps: events.map(({ step }) => step),
    kind: progress.kind,
  }));

describe("the boot timeline", () => {
  test("one boot from the command to the claim, each step with its time", async () => {
    const life = new Life();
    const hostId = life.enrol();
    const { id } = await life.start(hostId);
    life.reporter(hostId, "os-1");
    for (const step of ["discover", "offer", "boot_file"] as const) {
      life.advance(10);
      seen(life, step);
    }
    const token = life.bootToken();
    for (const step of ["kernel", "initrd", "image", "agent"] as const) seen(life, step);
    value(life.claimWith(token));
    expect(boots(life, hostId)).toEqual([
      {
        runId: id,
        kind: "claimed",
        steps: [
          ...["commanded", "discover", "offer", "boot_file"],
          ...["script", "kernel", "initrd", "image", "agent", "claim"],
        ],
      },
    ]);
    const [first, second] = value(life.service.host(hostId)).boots[0]?.events ?? [];
    expect(Date.parse(second?.at ?? "") - Date.parse(first?.at ?? "")).toBe(10_000);
    expect(life.run(id).boots).toHaveLength(1);
  });

  test("what repeats itself is one event; what differs in words is another", () => {
    const life = new Life();
    const hostId = life.enrol();
    for (let n = 0; n < 4; n += 1) seen(life, "discover", { detail: "DISCOVER (UEFI x64)" });
    seen(life, "discover", { detail: "DISCOVER (UEFI x64 (HTTP boot))" });
    expect(boots(life, hostId)[0]?.steps).toEqual(["discover", "discover"]);
  });

  test("a host without a run: its way to the local disk", () => {
    const life = new Life();
    const hostId = life.enrol();
    seen(life, "discover");
    const query = { mac: MAC, uuid: null, platform: "efi", buildarch: null };
    expect(life.service.decideBoot(query).kind).toBe("local-disk");
    expect(boots(life, hostId)).toEqual([
      { runId: null, steps: ["discover", "local_disk"], kind: "local_disk" },
    ]);
  });

  test("a reset in a stage is a second boot of the same run", async () => {
    const life = new Life();
    const { hostId, runId } = await life.inStage("CPUStress");
    seen(life, "discover");
    value(life.claimWith(life.bootToken(), "live-2"));
    expect(boots(life, hostId).map(({ runId: id, kind }) => [id, kind])).toEqual([
      [runId, "claimed"],
      [runId, "claimed"],
    ]);
  });

  test("an agent that asks for a script again stays in its boot", async () => {
    const life = new Life();
    const { hostId } = await life.claimed();
    life.service.decideBoot({ mac: MAC, uuid: null, platform: "agent", buildarch: null });
    expect(boots(life, hostId)).toHaveLength(1);
  });

  test("a kernel fetched after the run was cancelled belongs to the boot that fetched the script", async () => {
    const life = new Life();
    const hostId = life.enrol();
    const { id } = await life.start(hostId);
    life.reporter(hostId, "os-1");
    life.bootToken();
    value(life.service.cancelRun(id));
    seen(life, "kernel");
    expect(boots(life, hostId)).toMatchObject([{ runId: id }]);
  });

  test("is told live, with the host and with its run", async () => {
    const life = new Life();
    const hostId = life.enrol();
    await life.start(hostId, { start: "wake" });
    life.published.length = 0;
    seen(life, "discover");
    await Promise.resolve();
    expect(life.published).toMatchObject([
      { type: "run" },
      { type: "host", host: { boot: { progress: { kind: "under_way", step: "discover" } } } },
    ]);
  });

  test("a boot that stands still is told once, when its next step is overdue", async () => {
    const life = new Life();
    const hostId = life.enrol();
    await life.start(hostId, { start: "wake" });
    seen(life, "offer");
    await life.service.tick();
    life.published.length = 0;
    life.advance(61);
    life.reporter(hostId, "os-1");
    life.published.length = 0;
    await life.service.tick();
    await life.service.tick();
    const told = life.published.filter(({ type }) => type === "host");
    expect(told).toMatchObject([{ host: { boot: { progress: { kind: "stopped" } } } }]);
  });
});

describe("a boot that times out says at which step and what usually causes it", () => {
  test.each<[string, BootStep[], RegExp]>([
    ["nothing heard", [], /asked for no network boot/],
    ["told where to boot from, fetched nothing", ["discover", "offer"], /firewall/],
    ["boot loader fetched", ["discover", "offer", "boot_file"], /Secure Boot/],
  ])("%s", async (_what, steps, cause) => {
    const life = new Life();
    const hostId = life.enrol();
    const { id } = await life.start(hostId);
    life.reporter(hostId, "os-1");
    for (const step of steps) seen(life, step);
    life.advance(16 * 60);
    await life.service.tick();
    const run = life.run(id);
    expect(run).toMatchObject({ state: "Failed", failedStage: "boot" });
    expect(run.reason).toMatch(
      /^The host did not boot into the live image within 15 min\. The boot stopped after “/,
    );
    expect(run.reason).toMatch(cause);
  });

  test("back in its installed system: the reason tells how far the boot came", async () => {
    const life = new Life();
    const hostId = life.enrol();
    const { id } = await life.start(hostId);
    life.reporter(hostId, "os-1");
    seen(life, "discover");
    seen(life, "offer");
    life.reporter(hostId, "os-2");
    expect(life.run(id).reason).toMatch(
      /installed system.*stopped after “Told where to boot from”/,
    );
  });
});

describe("machines that are no host of ours", () => {
  test("who asks for a network boot is discovered with MAC, UUID and architecture, and adoptable", () => {
    const life = new Life();
    expect(life.service.mayNetboot(STRANGER)).toBe(false);
    seen(life, "discover", { mac: STRANGER });
    expect(life.store.discovered.list()).toMatchObject([
      { mac: STRANGER, uuid: "u-1", platform: "UEFI x64" },
    ]);
    value(life.service.createHost({ mac: STRANGER }));
    expect(life.store.discovered.list()).toEqual([]);
    expect(life.service.mayNetboot(STRANGER)).toBe(true);
  });

  test("who merely fetches a file under some MAC is not", () => {
    const life = new Life();
    seen(life, "kernel", { mac: STRANGER });
    expect(life.store.discovered.list()).toEqual([]);
  });
});
