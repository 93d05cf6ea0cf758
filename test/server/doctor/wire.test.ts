import { describe, expect, test } from "vitest";
import type { HeardServer, WireReport } from "../../../server/lab/wire-probe.ts";
import { check, LAB_ADDRESS, type Setting } from "./healthy.ts";

type Offer = HeardServer["offers"][number];
const offer = (patch: Partial<Offer> = {}): Offer => ({
  ...{ client: "bios", address: "10.20.0.150", bootFile: null, nextServer: null },
  vendorClass: null,
  ...patch,
});
const dhcp = (patch: Partial<Offer> = {}, address = "10.20.0.254"): HeardServer => ({
  ...{ address, role: "dhcp", offers: [offer({ client: "plain" }), offer(patch)] },
});
const proxy = (patch: Partial<Offer> = {}, address = "10.20.0.9"): HeardServer => ({
  ...{ address, role: "proxy" },
  offers: [offer({ address: null, vendorClass: "PXEClient", ...patch })],
});

const heard = (servers: HeardServer[], tftp: string[] = [], lab = {}): Setting => ({
  config: { lab },
  deps: { wire: async () => ({ kind: "listened", servers, tftp }) },
});

describe("the lab's DHCP server", () => {
  test("is named, and that it leaves booting to the console", async () => {
    const row = await check("dhcp-server", heard([dhcp()]));
    expect(row).toMatchObject({
      ...{ status: "ok", detail: "10.20.0.254 answered, and leaves booting to this console." },
    });
  });

  test("that names itself as next-server but no boot file, as dnsmasq does, is no rival", async () => {
    const row = await check("dhcp-server", heard([dhcp({ nextServer: "10.20.0.254" })]));
    expect(row.status).toBe("ok");
  });

  test("that is not heard warns, and says what may be the innocent reason", async () => {
    const row = await check("dhcp-server", heard([]));
    expect(row.status).toBe("warn");
    expect(row.detail).toContain("No DHCP server answered on the lab interface");
    expect(row.detail).toContain("known machines only");
  });

  test("that hands out a boot file of its own warns with who, what, and what happens", async () => {
    const server = dhcp({ bootFile: "pxelinux.0", nextServer: "10.20.0.7" });
    const row = await check("dhcp-server", heard([server]));
    expect(row.status).toBe("warn");
    expect(row.detail).toContain(
      'The DHCP server 10.20.0.254 hands out the boot file "pxelinux.0" from 10.20.0.7',
    );
    expect(row.detail).toContain("boots that instead of Vetting");
  });

  test("on this machine itself is told so", async () => {
    const row = await check("dhcp-server", heard([dhcp({}, LAB_ADDRESS)]));
    expect(row.detail).toContain("10.20.0.1 answered, on this machine");
  });

  test("two of them warn", async () => {
    const row = await check("dhcp-server", heard([dhcp(), dhcp({}, "10.20.0.253")]));
    expect(row.status).toBe("warn");
    expect(row.detail).toContain("10.20.0.254 and 10.20.0.253");
  });

  describe("with ProxyDHCP switched off", () => {
    const off = { proxyDhcp: false };

    test.each([
      ["by next-server", { bootFile: "undionly.kpxe", nextServer: LAB_ADDRESS }],
      ["by URL", { bootFile: `http://${LAB_ADDRESS}:8421/boot/snponly.efi` }],
    ])("that sends hosts here %s is as it should be", async (_, patch) => {
      const row = await check("dhcp-server", heard([dhcp(patch)], [], off));
      expect(row.status).toBe("ok");
      expect(row.detail).toContain("sends hosts to this console");
    });

    test("that names no boot file leaves every host without one", async () => {
      const row = await check("dhcp-server", heard([dhcp()], [], off));
      expect(row.status).toBe("warn");
      expect(row.detail).toContain("no host is told to boot from this console");
    });

    test("that sends them elsewhere is told where it must point", async () => {
      const server = dhcp({ bootFile: "x.0", nextServer: "10.20.0.7" });
      const row = await check("dhcp-server", heard([server], [], off));
      expect(row.detail).toContain("does not lead to this console");
    });
  });
});

describe("another ProxyDHCP", () => {
  test("fails: whichever offer comes first wins", async () => {
    const row = await check("rival-netboot", heard([dhcp(), proxy({ bootFile: "fog.0" })]));
    expect(row).toMatchObject({ status: "fail", mend: "ip neigh show 10.20.0.9" });
    expect(row.detail).toContain('10.20.0.9 (boot file "fog.0" from 10.20.0.9)');
  });

  test("that is ours by its server identifier is none", async () => {
    const row = await check("rival-netboot", heard([dhcp(), proxy({}, LAB_ADDRESS)]));
    expect(row.status).toBe("ok");
  });

  test("cannot put control characters or endless text on the page", async () => {
    const bootFile = `\u001b[31m${"x".repeat(300)}`;
    const { detail } = await check("rival-netboot", heard([proxy({ bootFile })]));
    expect(detail).toMatch(/^[\x20-\x7e]+$/);
    expect(detail.length).toBeLessThan(500);
  });
});

describe("another TFTP server", () => {
  test("that nobody is sent to is in nobody's way", async () => {
    const row = await check("rival-tftp", heard([dhcp()], ["10.20.0.254"]));
    expect(row.status).toBe("ok");
    expect(row.detail).toContain("A TFTP server answers at 10.20.0.254");
  });

  test("that hosts are sent to warns", async () => {
    const server = dhcp({ bootFile: "pxelinux.0" });
    const row = await check("rival-tftp", heard([server], ["10.20.0.254"]));
    expect(row.status).toBe("warn");
    expect(row.detail).toContain("boot past Vetting");
  });

  test("was not heard", async () => {
    expect((await check("rival-tftp", heard([dhcp()]))).status).toBe("ok");
    expect((await check("rival-tftp", heard([]))).detail).toContain("No other server was heard");
  });
});

const ROWS = ["dhcp-server", "rival-netboot", "rival-tftp"];

describe.each(ROWS)("%s", (id) => {
  test("without a lab address says that there is no wire", async () => {
    const row = await check(id, { config: { lab: { address: null } } });
    expect(row).toMatchObject({ status: "warn", mend: null });
    expect(row.detail).toContain("no wire to listen on");
  });

  test("on loopback asks nobody", async () => {
    const asked: string[] = [];
    const wire = async (address: string): Promise<WireReport> => {
      asked.push(address);
      return { kind: "listened", servers: [], tftp: [] };
    };
    await check(id, { config: { lab: { address: "127.0.0.1" } }, deps: { wire } });
    expect(asked).toEqual([]);
  });

  test("does not keep the page waiting for a server that is slow to answer", async () => {
    const wire = () => new Promise<never>(() => {});
    const row = await check(id, { deps: { wire, patienceMs: 20 } });
    expect(row.status).toBe("warn");
    expect(row.detail).toContain("Still listening");
  });

  test("that may not ask says why, and gives the mend of the privilege", async () => {
    const refused = (code: string) =>
      check(id, {
        deps: {
          wire: async () => ({ kind: "refused", what: "UDP 68", code }),
          privilege: () => ({
            ...{ platform: "linux", mayBindLowPorts: false, unprivilegedPortStart: 1024 },
            unit: null,
          }),
        },
      });
    const row = await refused("EACCES");
    expect(row.status).toBe("warn");
    expect(row.detail).toContain("This user may not bind UDP 68");
    expect(row.mend).toContain("ip_unprivileged_port_start=67");
    expect((await refused("EADDRINUSE")).detail).toContain("another program keeps it to itself");
  });
});
