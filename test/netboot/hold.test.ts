import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunDetail } from "../../contract/console-api.ts";
import { recordBootTimes } from "./rig/boot-times.ts";
import { InstalledSystem } from "./rig/installed-system.ts";
import { labFolders, leasedAddresses } from "./rig/lab-folders.ts";
import { BOOT_TIMEOUT_S, NetbootBench } from "./rig/netboot-bench.ts";
import { knock, offeredFingerprint, SshKey, sshAsRoot } from "./rig/secure-shell.ts";
import { until } from "./rig/until.ts";
import type { VirtualMachine } from "./rig/virtual-machine.ts";

describe("a run that holds: the investigator gets in, and Cancel & reboot gives the host back", () => {
  let bench: NetbootBench;
  let machine: VirtualMachine;
  let system: InstalledSystem;
  let operator: SshKey;
  let stranger: SshKey;
  let run: RunDetail;
  let address = "";

  beforeAll(async () => {
    operator = new SshKey("operator");
    stranger = new SshKey("stranger");
    bench = await NetbootBench.start("hold", {
      agent: { sshKeys: [operator.publicKey] },
      specs: [{ name: "many-disks", match: { product: "Netboot Bench" }, expect: { disks: 99 } }],
    });
    machine = bench.machine("bios-ipxe");
    system = new InstalledSystem(bench.console, machine);
    await system.register();
  });

  afterAll(async () => {
    await bench?.end();
  });

  test("a host that is not what its spec says holds at SpecValidate", async () => {
    await system.heartbeat();
    const { runId } = await bench.console.startRun(system.hostId);
    await until("the reboot command", 30, async () => {
      return (await system.heartbeat()) === "reboot_for_vetting";
    });
    await machine.powerOn();
    run = await bench.runReaches(runId, ["FailedHolding"], BOOT_TIMEOUT_S);
    expect(run.failedStage).toBe("SpecValidate");
    const [boot] = run.boots;
    if (boot !== undefined) {
      recordBootTimes(labFolders().logs, machine.firmware, machine.startedAt, boot);
    }
  });

  test("sshd starts on the hold, and the host answers with the key whose fingerprint was posted", async () => {
    await until("sshd answers", 120, async () => {
      for (const leased of leasedAddresses(machine.mac)) {
        if ((await knock(leased, 22)) === "open") address = leased;
      }
      return address !== "";
    });
    const fingerprint = offeredFingerprint(address);
    expect(fingerprint).toMatch(/^SHA256:/);
    await until("address and fingerprint are on the run", 30, async () => {
      run = await bench.console.run(run.id);
      return JSON.stringify(run).includes(fingerprint) && JSON.stringify(run).includes(address);
    });
  });

  test("the operator's key lets in", async () => {
    const answer = await sshAsRoot(address, operator, { command: ["cat", "/proc/cmdline"] });
    expect(answer).toMatchObject({ exitCode: 0 });
    expect(answer.stdout).toContain("vetting.live=1");
  });

  test("another key, and no key, are refused", async () => {
    const answer = await sshAsRoot(address, stranger, { command: ["true"] });
    expect(answer.exitCode).toBe(255);
    expect(answer.stderr).toContain("Permission denied (publickey)");
  });

  test("the shell greets with what failed", async () => {
    const answer = await sshAsRoot(address, operator, { input: "exit\n" });
    expect(answer.stdout).toContain("SpecValidate");
    expect(answer.stdout).toMatch(/99/);
  });

  test("Cancel & reboot: the guest really reboots and comes up from its local disk", async () => {
    const { localBoots, guestResets } = machine;
    await machine.screenshot("held");
    const answer = await bench.console.api("POST", `runs/${run.id}/cancel`);
    expect(answer.status).toBe(200);
    await until("the guest resets itself", BOOT_TIMEOUT_S, () => machine.guestResets > guestResets);
    await until("the local disk is booted", BOOT_TIMEOUT_S, () => machine.localBoots > localBoots);
    expect(await bench.console.run(run.id)).toMatchObject({ state: "Cancelled" });
    const { boots } = await bench.host(system.hostId);
    expect(boots[0]).toMatchObject({ runId: null, progress: { kind: "local_disk" } });
  });
});
