import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type DoctorResponse, doctorResponseSchema } from "../../contract/console-api.ts";
import { ROOT } from "./console-process.ts";
import { LabWire } from "./lab-wire.ts";

/** `--doctor` on a real wire, beside real servers: dnsmasq in every part that it plays in the field. */
describe("the doctor on a wire", () => {
  let wire: LabWire;

  beforeAll(() => {
    wire = new LabWire();
    mkdirSync(join(wire.dir, "tftp"));
    writeFileSync(join(wire.dir, "tftp", "pxelinux.0"), "a boot loader");
  });
  afterEach(() => wire.clear());
  afterAll(() => wire?.end());

  const places = () => ["--data-dir", join(wire.dir, "data"), "--boot-dir", wire.dir];

  async function doctor(...before: string[]): Promise<DoctorResponse & { exit: number }> {
    const main = join(ROOT, "server/main.ts");
    const command = [...before, process.execPath, main, "--doctor", "--json", ...places()];
    const { code, stdout, stderr } = await wire.run([
      ...command,
      ...["--lab-address", wire.consoleAddress],
    ]);
    expect(stderr).toBe("");
    return { ...doctorResponseSchema.parse(JSON.parse(stdout)), exit: code };
  }

  function row({ checks }: DoctorResponse, id: string) {
    const found = checks.find((it) => it.id === id);
    if (found === undefined) throw new Error(`There is no check ${id}.`);
    return found;
  }

  /** Starts dnsmasq and waits until it serves. */
  async function dnsmasq(side: "console" | "server", ...options: string[]) {
    const started = wire.spawn(side, [
      ...["dnsmasq", "--keep-in-foreground", "--log-facility=-", "--log-dhcp", "--port=0"],
      ...["--conf-file=/dev/null", "--user=root", "--pid-file"],
      ...[`--dhcp-leasefile=${leases()}`, ...options],
    ]);
    await expect
      .poll(() => started.printed.text, { timeout: 10_000 })
      .toMatch(/dnsmasq(-dhcp|-tftp)?\[\d+\]: (DHCP|TFTP)|started/);
    return started;
  }
  const leases = () => join(wire.dir, "leases");
  const range = () => `--dhcp-range=${wire.subnet}.100,${wire.subnet}.200,1h`;

  test("a plain DHCP server is heard, though it pings an address for 3 s first; nothing is leased", async () => {
    const { printed } = await dnsmasq("server", "--interface=srv0", range());
    const found = await doctor();
    expect(row(found, "dhcp-server")).toMatchObject({
      status: "ok",
      detail: `${wire.serverAddress} answered, and leaves booting to this console.`,
    });
    expect(row(found, "rival-netboot").status).toBe("ok");
    expect(row(found, "rival-tftp").status).toBe("ok");
    expect(printed.text).toContain("DHCPDISCOVER(srv0) 02:56:45:54:");
    expect(printed.text).not.toMatch(/DHCPREQUEST|DHCPACK/);
    expect(readFileSync(leases(), "utf8")).toBe("");
  });

  test("a rival ProxyDHCP is noticed, with the boot file that it names", async () => {
    await dnsmasq(
      "server",
      ...["--interface=srv0", `--dhcp-range=${wire.subnet}.0,proxy`],
      ...["--pxe-service=x86PC,Rival,rival", "--pxe-service=X86-64_EFI,Rival,rival.efi"],
    );
    const found = await doctor();
    const rival = row(found, "rival-netboot");
    expect(rival.status).toBe("fail");
    expect(rival.detail).toContain(
      `Another ProxyDHCP answers firmware on this wire: ${wire.serverAddress}`,
    );
    expect(row(found, "dhcp-server").detail).toContain("No DHCP server answered");
    expect(found.exit).toBe(1);
  });

  test("a DHCP server with a boot file of its own is noticed, and its TFTP server", async () => {
    await dnsmasq(
      "server",
      ...["--interface=srv0", range(), "--no-ping", "--dhcp-boot=pxelinux.0"],
      ...["--enable-tftp", `--tftp-root=${join(wire.dir, "tftp")}`],
    );
    const found = await doctor();
    const dhcp = row(found, "dhcp-server");
    expect(dhcp.status).toBe("warn");
    expect(dhcp.detail).toContain(`${wire.serverAddress} hands out the boot file "pxelinux.0"`);
    const tftp = row(found, "rival-tftp");
    expect(tftp.status).toBe("warn");
    expect(tftp.detail).toContain(`A TFTP server answers at ${wire.serverAddress}`);
  });

  test("no DHCP server is said; a program on port 69 is named; a leased address warns", async () => {
    const { child } = await dnsmasq(
      "console",
      ...["--interface=lab0", "--enable-tftp", `--tftp-root=${join(wire.dir, "tftp")}`],
    );
    const address = `${wire.consoleAddress}/24`;
    wire.ip(
      "console",
      "addr",
      "change",
      address,
      "dev",
      "lab0",
      "valid_lft",
      "3600",
      "preferred_lft",
      "3600",
    );
    const found = await doctor();
    wire.ip(
      "console",
      "addr",
      "change",
      address,
      "dev",
      "lab0",
      "valid_lft",
      "forever",
      "preferred_lft",
      "forever",
    );
    expect(row(found, "dhcp-server").detail).toContain("No DHCP server answered");
    const tftp = row(found, "port-udp-tftp");
    expect(tftp.status).toBe("fail");
    // `ip netns exec` becomes the program.
    expect(tftp.detail).toContain(`UDP 69 is taken by dnsmasq (process ${child.pid})`);
    expect(tftp.mend).toContain("dnsmasq");
    expect(row(found, "address")).toMatchObject({ status: "warn" });
    expect(found.interfaces[0]).toMatchObject({ name: "lab0", dynamic: true, link: "up" });
    expect(found.exit).toBe(1);
  });

  test("a DHCP server on the console's own machine: heard, and port 67 shared with it where it shares", async () => {
    const own = ["--interface=lab0", "--no-ping", range()];
    const { child } = await dnsmasq("console", "--bind-interfaces", ...own);
    const shared = await doctor();
    expect(row(shared, "port-udp-dhcp")).toMatchObject({
      status: "ok",
      detail: `UDP 67 can be bound, and is shared with dnsmasq (process ${child.pid}).`,
    });
    expect(row(shared, "dhcp-server").detail).toContain("answered, on this machine");
    await wire.clear();
    await dnsmasq("console", ...own);
    const alone = row(await doctor(), "port-udp-dhcp");
    expect(alone.status).toBe("fail");
    expect(alone.detail).toContain("let it share the port (bind-interfaces)");
    expect(alone.mend).toContain("echo bind-interfaces | sudo tee /etc/dnsmasq.d/vetting.conf");
  });

  test("without the privilege: what is missing, where, and the one line that mends it", async () => {
    const found = await doctor("setpriv", "--bounding-set=-net_bind_service");
    const { status, mend } = row(found, "privilege");
    expect(status).toBe("fail");
    expect(mend).toContain("net.ipv4.ip_unprivileged_port_start=67");
    for (const id of ["port-udp-dhcp", "port-udp-tftp"]) {
      expect(row(found, id)).toMatchObject({ status: "fail", mend });
    }
    expect(row(found, "dhcp-server").detail).toContain("may not bind UDP 68");
    expect(row(found, "port-udp-pxe").status).toBe("ok");
  });

  test("a cable that is out is said", async () => {
    wire.ip("server", "link", "set", "srv0", "down");
    const found = await doctor();
    wire.ip("server", "link", "set", "srv0", "up");
    expect(row(found, "interface")).toMatchObject({ status: "fail" });
    expect(row(found, "interface").detail).toContain("lab0 has no link");
    expect(found.interfaces[0]).toMatchObject({ address: wire.consoleAddress, link: "down" });
  });

  test("beside a running console, its ports are ours; the wire is heard all the same", async () => {
    await dnsmasq("server", "--interface=srv0", "--no-ping", range());
    const { child, printed } = wire.spawn("console", [
      ...[process.execPath, join(ROOT, "server/main.ts"), "--headless", "--json", ...places()],
      ...["--lab-address", wire.consoleAddress, "--console-port", "0"],
    ]);
    await expect.poll(() => printed.text, { timeout: 20_000 }).toContain('"event":"ready"');
    const found = await doctor();
    const running = `The running console (process ${child.pid}) listens on`;
    expect(row(found, "port-tcp-lab").detail).toBe(`${running} TCP 8421.`);
    expect(row(found, "port-udp-dhcp").detail).toBe(`${running} UDP 67.`);
    expect(row(found, "port-udp-pxe").detail).toBe(`${running} UDP 4011.`);
    expect(row(found, "port-udp-tftp").detail).toBe(`${running} UDP 69.`);
    expect(row(found, "dhcp-server").status).toBe("ok");
    expect(row(found, "rival-netboot").status).toBe("ok");
  });
});
