import { describe, expect, test } from "vitest";
import type { LabInterface } from "../../../server/lab/interfaces.ts";
import { check, ETH1, LO } from "./healthy.ts";

const withLab = (patch: Partial<LabInterface>, ...others: LabInterface[]) => ({
  deps: { interfaces: () => [{ ...ETH1, ...patch }, ...others, LO] },
});

describe("the lab address", () => {
  test("that is not set fails, and the mend names one that this machine has", async () => {
    const row = await check("address", { config: { lab: { address: null } } });
    expect(row).toMatchObject({ status: "fail", mend: "npm start -- --lab-address 10.20.0.1" });
    expect(row.detail).toContain("10.20.0.1 (eth1)");
  });

  test("of several choices the mend takes one that has a link", async () => {
    const eth2 = { ...ETH1, name: "eth2", address: "10.30.0.1" };
    const row = await check("address", {
      config: { lab: { address: null } },
      ...withLab({ link: "down" }, eth2),
    });
    expect(row.mend).toBe("npm start -- --lab-address 10.30.0.1");
  });

  test("that this machine does not have fails", async () => {
    const row = await check("address", { config: { lab: { address: "10.99.0.1" } } });
    expect(row.status).toBe("fail");
    expect(row.detail).toContain("10.99.0.1 is on no interface");
  });

  test("on loopback warns: no other machine reaches it", async () => {
    const row = await check("address", { config: { lab: { address: "127.0.0.1" } } });
    expect(row.status).toBe("warn");
  });

  test("that is a lease warns: a change would strand every host", async () => {
    const row = await check("address", withLab({ dynamic: true }));
    expect(row.status).toBe("warn");
    expect(row.detail).toContain("leased by a DHCP server and may change");
    expect(row.mend).toContain("Reserve 10.20.0.1 for 52:54:00:12:34:56");
  });
});

describe("the lab interface", () => {
  test("in good order says its speed and netmask", async () => {
    const { detail } = await check("interface");
    expect(detail).toBe("eth1 has a link at 10 Gbit/s, netmask 255.255.255.0.");
    const slow = await check("interface", withLab({ speedMbps: 100 }));
    expect(slow.detail).toContain("100 Mbit/s");
  });

  test("of which little is known is not found fault with", async () => {
    const { name, address, mac, internal } = ETH1;
    const row = await check("interface", {
      deps: { interfaces: () => [{ name, address, mac, internal }] },
    });
    expect(row).toMatchObject({ status: "ok", detail: "eth1 is there." });
  });

  test("without a link fails: the cable is out", async () => {
    const row = await check("interface", withLab({ link: "down" }));
    expect(row).toMatchObject({
      ...{ status: "fail", mend: "sudo ip link set eth1 up && ip link show eth1" },
    });
  });

  test("that is Wi-Fi warns, and points at a cable where there is one", async () => {
    const wired = { ...ETH1, name: "eth2", address: "10.30.0.1" };
    const row = await check("interface", withLab({ wireless: true }, wired));
    expect(row).toMatchObject({ status: "warn", mend: "npm start -- --lab-address 10.30.0.1" });
    expect((await check("interface", withLab({ wireless: true }))).mend).toBeNull();
  });

  test("with a netmask that leaves it alone fails", async () => {
    const row = await check("interface", withLab({ netmask: "255.255.255.255" }));
    expect(row).toMatchObject({
      ...{ status: "fail", mend: "sudo ip addr replace 10.20.0.1/24 dev eth1" },
    });
  });

  test("in whose subnet another one lies warns: answers may leave by the wrong one", async () => {
    const twin = { ...ETH1, name: "eth2", address: "10.20.0.77" };
    const row = await check("interface", withLab({}, twin));
    expect(row).toMatchObject({ status: "warn", mend: "sudo ip link set eth2 down" });
    expect(row.detail).toContain("eth2 (10.20.0.77) lies in the same subnet as eth1 (10.20.0.1)");
    const away = { ...twin, address: "10.21.0.77" };
    expect((await check("interface", withLab({}, away))).status).toBe("ok");
    const second = { ...ETH1, address: "10.20.0.2" };
    expect((await check("interface", withLab({}, second))).status).toBe("ok");
  });
});
