import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostSummary } from "../../contract/console-api.ts";
import { LAB_ADDRESS } from "./rig/lab-network.ts";
import { BOOT_TIMEOUT_S, NetbootBench } from "./rig/netboot-bench.ts";
import { until } from "./rig/until.ts";
import type { VirtualMachine } from "./rig/virtual-machine.ts";
import { WireTap } from "./rig/wire-tap.ts";

describe("a machine that nobody has enrolled", () => {
  let bench: NetbootBench;
  let machine: VirtualMachine;
  let answers: WireTap;

  beforeAll(async () => {
    bench = await NetbootBench.start("discovered");
    machine = bench.machine("bios-ipxe");
    answers = await WireTap.start(`udp and src host ${LAB_ADDRESS} and src port (67 or 4011)`);
  });

  afterAll(async () => {
    await answers?.end();
    await bench?.end();
  });

  test("boots its local disk as if there were no console: ProxyDHCP is silent", async () => {
    await machine.powerOn();
    await until("the local disk is booted", BOOT_TIMEOUT_S, () => machine.localBoots === 1);
    expect(answers.packets).toEqual([]);
  });

  test("is listed as discovered, with its MAC and UUID", async () => {
    const { body } = await bench.console.api("GET", "discovered");
    expect(body).toMatchObject([{ mac: machine.mac, uuid: machine.uuid }]);
  });

  test("can be adopted by its MAC, and is answered from then on", async () => {
    const adopted = await bench.console.api<HostSummary>("POST", "hosts", { mac: machine.mac });
    expect(adopted.status).toBe(201);
    expect((await bench.console.api("GET", "discovered")).body).toEqual([]);
    await machine.reset();
    await until("the local disk is booted", BOOT_TIMEOUT_S, () => machine.localBoots === 2);
    expect(answers.packets.length).toBeGreaterThan(0);
    const { boots } = await bench.host(adopted.body.id);
    expect(boots[0]).toMatchObject({ progress: { kind: "local_disk" } });
  });
});
