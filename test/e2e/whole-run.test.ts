import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostSummary, RunDetail } from "../../contract/console-api.ts";
import { STAGES } from "../../contract/stages.ts";
import { CHROMIUM } from "../chromium.ts";
import { ConsoleProcess } from "./console-process.ts";
import { HostNamespace } from "./host-namespace.ts";
import { RealAgent } from "./real-agent.ts";
import { ScratchDisk } from "./scratch-disk.ts";
import { fetchBootToken } from "./scripted-agent.ts";

/** Firmware with one network entry, which keeps the BootNext that it is given; the test reads it there. */
const FAKE_EFIBOOTMGR = (mac: string, kept: string) => `#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in
    -n | --bootnext) echo "$2" > ${kept}; shift ;;
    --bootnext=*) echo "\${1#*=}" > ${kept} ;;
  esac
  shift
done
if [ -s ${kept} ]; then echo "BootNext: $(cat ${kept})"; fi
cat <<'EOF'
BootCurrent: 0001
Timeout: 3 seconds
BootOrder: 0001,0002
Boot0001* debian\tHD(1,GPT,00000000-0000-0000-0000-000000000000,0x800,0x100000)/File(\\EFI\\debian\\shimx64.efi)
Boot0002* UEFI: PXE IPv4\tPciRoot(0x0)/Pci(0x1c,0x0)/Pci(0x0,0x0)/MAC(${mac.replaceAll(":", "")},0)/IPv4(0.0.0.0,0,DHCP,0.0.0.0,0.0.0.0,0.0.0.0)
EOF
`;

describe("from Start to verdict, on a host of its own with the real tools", () => {
  const scratch = mkdtempSync(join(tmpdir(), "vetting-host-"));
  let host: HostNamespace;
  let console: ConsoleProcess;
  let disk: ScratchDisk;
  let agent: RealAgent;
  let hostId: number;
  let runId: number;
  let run: RunDetail;

  beforeAll(async () => {
    host = new HostNamespace(0);
    disk = new ScratchDisk(scratch);
    console = await new ConsoleProcess(host.labAddress, {
      reporter: { heartbeatSeconds: 1 },
      agent: { heartbeatSeconds: 1 },
    }).start();
  });

  afterAll(async () => {
    await agent?.end();
    await console?.end();
    host?.end();
    disk?.end();
    rmSync(scratch, { recursive: true, force: true });
  });

  const file = (name: string) => join(scratch, name);
  const program = (name: string, text: string) => writeFileSync(file(name), text, { mode: 0o755 });

  test("quick.sh installs the reporter, which registers and heartbeats", async () => {
    program("efibootmgr", FAKE_EFIBOOTMGR(host.mac, file("boot-next")));
    program("reboot-now", `#!/bin/sh\necho rebooted >> ${file("reboot.log")}\n`);
    const printed = host.exec(["sh", "-c", `curl -fsS ${console.labUrl}/register/quick.sh | sh`], {
      PATH: `${scratch}:${process.env.PATH}`,
      VETTING_DIRECT: "1",
      VETTING_PREFIX: file("root"),
      VETTING_BOOT_ID: "installed-os-1",
      VETTING_REBOOT_COMMAND: file("reboot-now"),
      // Efivars of its own: the build machine may have none.
      VETTING_SYSFS: uefiSysfs(file("sys")),
    });
    expect(printed).toContain("started vetting-reporter");
    await expect
      .poll(async () => (await console.api<HostSummary[]>("GET", "hosts")).body, {
        timeout: 20_000,
      })
      .toMatchObject([{ macs: [host.mac], online: true }]);
    hostId = (await console.api<HostSummary[]>("GET", "hosts")).body[0]?.id ?? 0;
  });

  test("Start tells the reporter reboot_for_vetting: it sets a one-time network boot and reboots", async () => {
    ({ runId } = await console.startRun(hostId, { operator: "Ada", ticket: "HW-7" }));
    await expect.poll(() => existsSync(file("reboot.log")), { timeout: 20_000 }).toBe(true);
    expect(readFileSync(file("boot-next"), "utf8")).toBe("0002\n");
    expect((await console.run(runId)).state).toBe("WaitingReboot");
    // The installed system is gone with the reboot, and its reporter with it.
    for (const pid of host.pids()) process.kill(pid, "SIGKILL");
  });

  test("the host fetches the boot script for its MAC and the agent claims the run", async () => {
    mkdirSync(file("host-bin"));
    program("host-bin/lsblk", disk.lsblk());
    const bootToken = await fetchBootToken(console.labUrl, host.mac);
    expect(bootToken).not.toBeNull();
    expect((await console.run(runId)).state).toBe("Booting");
    agent = new RealAgent({
      labUrl: console.labUrl,
      bootToken: bootToken ?? "",
      mac: host.mac,
      bootId: "live-image-1",
      namespace: host,
      path: `${file("host-bin")}:${process.env.PATH}`,
    }).start();
    await expect
      .poll(async () => (await console.run(runId)).agentVersion, { timeout: 30_000 })
      .not.toBeNull();
  });

  test("the agent walks all eleven stages and the run ends Passed", {
    timeout: 180_000,
  }, async () => {
    await expect
      .poll(
        async () => {
          run = await console.run(runId);
          return { state: run.state, why: run.reason };
        },
        { timeout: 170_000, interval: 500 },
      )
      .toMatchObject({ state: expect.stringMatching(/Passed|FailedHolding|Failed/) });
    expect({ state: run.state, why: run.reason }).toEqual({ state: "Passed", why: null });
    expect(run.stages.map(({ stage }) => stage)).toEqual(STAGES);
  });

  test("the verdict is true for this machine: what it could not exercise is listed, not passed over", () => {
    const results = Object.fromEntries(run.stages.map(({ stage, result }) => [stage, result]));
    expect(results).toMatchObject({
      Inventory: "pass",
      CPUStress: "pass",
      Storage: "pass",
      Network: "pass",
      Burn: "pass",
      Reporting: "pass",
    });
    const skipped = run.stages.filter(({ status }) => status === "skipped");
    for (const { stage } of skipped) {
      expect(run.gaps.map((gap) => gap.stage)).toContain(stage);
    }
    // No spec says what belongs into this machine, so that at least is a gap.
    expect(run.gaps.map(({ stage }) => stage)).toContain("SpecValidate");
    expect(run.verdict).toBe("pass_with_gaps");
  });

  test("every stress stage brings proof: its time, and work above zero", () => {
    for (const stage of ["CPUStress", "Storage", "Network", "Burn"] as const) {
      const attempt = run.stages.find((it) => it.stage === stage);
      expect(attempt?.proof.length, stage).toBeGreaterThan(0);
      for (const proof of attempt?.proof ?? []) {
        expect(proof.work, `${stage} ${proof.what}`).toBeGreaterThan(0);
        expect(proof.elapsedS).toBeGreaterThanOrEqual(proof.requestedS - 2);
      }
    }
  });

  test("the disk that can be opened was read, and nothing was written to any", () => {
    const storage = run.stages.find(({ stage }) => stage === "Storage");
    expect(storage?.summary).toContain("read-only");
    expect(storage?.proof.map(({ what }) => what)).toContainEqual(
      expect.stringContaining(disk.name),
    );
    expect(disk.isBlank()).toBe(true);
  });

  test("the inventory is that of this machine", () => {
    const cpus = Number(host.exec(["nproc", "--all"]));
    expect(run.inventory?.logicalCpus).toBe(cpus);
    const kib = Number(/MemTotal:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]);
    expect(run.inventory?.memoryBytes).toBe(kib * 1024);
    expect(run.inventory?.nics.map(({ mac }) => mac)).toEqual([host.mac]);
  });

  test("the network was really crossed: the cable's own counters say so", () => {
    const network = run.stages.find(({ stage }) => stage === "Network");
    const workOf = (direction: string) =>
      network?.proof.find(({ what }) => what === `nic eth0 ${direction}`)?.work ?? Number.NaN;
    const counter = (name: string) =>
      Number(host.exec(["cat", `/sys/class/net/eth0/statistics/${name}`]));
    expect(counter("tx_bytes")).toBeGreaterThan(workOf("send"));
    expect(counter("rx_bytes")).toBeGreaterThan(workOf("receive"));
  });

  test("the report opens in Chromium, whole and without asking anybody for anything", async () => {
    const report = await console.api<string>("GET", `runs/${runId}/report.html`);
    expect(report.status).toBe(200);
    writeFileSync(file("report.html"), report.body);
    const browser = await chromium.launch(CHROMIUM);
    try {
      const page = await browser.newPage();
      const asked: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(`file://${file("report.html")}`);
      expect(asked.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"))).toEqual(
        [],
      );
      expect(complaints).toEqual([]);
      const visible = (text: string) => page.getByText(text).first().isVisible();
      for (const text of [...STAGES, "HW-7", "Ada"]) expect(await visible(text), text).toBe(true);
    } finally {
      await browser.close();
    }
  });

  test("outside the live image the host is not powered off: the agent says so and ends", async () => {
    await expect.poll(() => agent.running, { timeout: 20_000 }).toBe(false);
    expect(agent.output).toMatch(/live image/i);
    expect(agent.exitCode).toBe(0);
  });

  test("no token has found its way into a log", async () => {
    expect(console.stderr).not.toContain(console.token);
    const logs = await console.api<{ lines: { text: string }[] }>("GET", `runs/${runId}/logs`);
    const everything = logs.body.lines.map(({ text }) => text).join("\n");
    expect(everything.length).toBeGreaterThan(0);
    expect(everything).not.toMatch(/vetting\.boot=[A-Za-z0-9_-]{20}/);
  });
});

/** A sysfs with an EFI folder in it and everything else of the real one. */
function uefiSysfs(dir: string): string {
  mkdirSync(join(dir, "firmware/efi/efivars"), { recursive: true });
  for (const entry of ["class", "devices"]) symlinkSync(join("/sys", entry), join(dir, entry));
  return dir;
}
