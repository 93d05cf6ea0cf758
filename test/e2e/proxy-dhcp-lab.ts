import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { encodeDhcpPacket } from "../../server/netboot/dhcp-packet.ts";
import { decoded, discover, hex } from "../server/netboot/dhcp-messages.ts";
import { LabNetwork, type NetworkProgram } from "./lab-network.ts";

export const LAB_ADDRESS = "10.0.0.1";
export const patient = { timeout: 10_000 };

/**
 * The console's machine stands on the lab's wire, where an ordinary DHCP server knows nothing of it, on a second wire,
 * and on the bridge of its own virtual machines.
 *
 *     host ─┐
 *     dhcp ─┴ switch ─ lab0 [console] other0 ─ stranger
 *                              └ virbr0 ─ guest
 */
export class ProxyDhcpLab {
  readonly net = new LabNetwork();
  readonly console: string;
  readonly host: string;
  readonly stranger: string;
  readonly guest: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "vetting-proxy-dhcp-"));
  #running: NetworkProgram[] = [];

  constructor() {
    const { net } = this;
    const wire = net.machine("switch");
    net.bridge(wire, "br0");
    this.console = net.machine("console");
    this.host = net.machine("host");
    const dhcp = net.machine("dhcp");
    this.stranger = net.machine("stranger");
    this.guest = net.machine("guest");
    net.bridge(this.console, "virbr0", "192.168.122.1/24");
    net.cable(this.console, "lab0", wire, "console@br0");
    net.cable(this.host, "eth0", wire, "host@br0");
    net.cable(dhcp, "eth0", wire, "dhcp@br0");
    net.cable(this.console, "other0", this.stranger, "eth0");
    net.cable(this.console, "guest@virbr0", this.guest, "eth0");
    net.address(this.console, "lab0", `${LAB_ADDRESS}/24`);
    net.address(this.console, "other0", "192.168.1.1/24");
    net.address(dhcp, "eth0", "10.0.0.2/24");
    for (const machine of [this.host, this.stranger, this.guest]) net.broadcastsOn(machine, "eth0");
    net.spawn(dhcp, this.#dnsmasq("lab", "eth0", "10.0.0.50,10.0.0.99,1h", "--bind-interfaces"));
  }

  /** Waits until the console's cable carries. */
  async ready(): Promise<this> {
    await vi.waitUntil(() => this.net.reaches(this.console, "10.0.0.2"), patient);
    return this;
  }

  /** Ends what one test has started. */
  async stopPrograms(): Promise<void> {
    for (const program of this.#running.splice(0)) await program.stop();
  }

  end(): void {
    this.net.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A ProxyDHCP on the console's machine for these MACs, or for everyone. */
  proxy(...macs: string[]): RunningProxy {
    const child = join(import.meta.dirname, "proxy-dhcp-child.ts");
    const command = [process.execPath, child, LAB_ADDRESS, ...macs];
    return new RunningProxy(this.#start(this.console, command));
  }

  /** A booting machine, which hears what is broadcast to all. */
  async firmware(machine: string): Promise<Firmware> {
    const child = join(import.meta.dirname, "dhcp-client-child.ts");
    const program = this.#start(machine, [process.execPath, child]);
    return new Firmware(program, this.net.macOf(machine, "eth0")).bind();
  }

  /** Waits for a DHCP server for the virtual machines, as libvirt has one; `shared`: it shares its port, as that does. */
  async virtualDhcp(shared: boolean): Promise<void> {
    const range = "192.168.122.2,192.168.122.9,1h";
    const more = shared ? ["--bind-interfaces"] : [];
    const server = this.#start(this.console, this.#dnsmasq("virtual", "virbr0", range, ...more));
    await expect.poll(() => server.lines.join("\n"), patient).toContain("DHCP, IP range");
  }

  #start(machine: string, command: readonly string[]): NetworkProgram {
    const program = this.net.spawn(machine, command);
    this.#running.push(program);
    return program;
  }

  /** A DHCP server on one device that knows nothing of booting. */
  #dnsmasq(name: string, device: string, range: string, ...more: string[]): string[] {
    return [
      "dnsmasq",
      "--keep-in-foreground",
      "--conf-file=/dev/null",
      "--log-facility=-",
      "--port=0",
      `--interface=${device}`,
      "--except-interface=lo",
      `--dhcp-range=${range}`,
      "--no-ping",
      "--user=root",
      `--dhcp-leasefile=${join(this.#folder, `${name}.leases`)}`,
      `--pid-file=${join(this.#folder, `${name}.pid`)}`,
      ...more,
    ];
  }
}

interface ProxyEvent {
  readonly kind: string;
  readonly answered?: boolean;
  readonly address?: string;
  readonly client?: { readonly mac: string };
}

export class RunningProxy {
  readonly #program: NetworkProgram;

  constructor(program: NetworkProgram) {
    this.#program = program;
  }

  /** What it says when it stands. */
  async ready(): Promise<unknown> {
    await expect.poll(() => this.#all()[0], patient).toMatchObject({ kind: "ready" });
    return this.#all()[0];
  }

  get events(): ProxyEvent[] {
    return this.#all().slice(1);
  }

  get kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  #all(): ProxyEvent[] {
    return this.#program.json<ProxyEvent>();
  }
}

interface Arrived {
  readonly kind: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly hex: string;
}

/** A booting machine: its firmware's UDP, by hand. */
export class Firmware {
  readonly #program: NetworkProgram;
  readonly mac: string;
  #port = 0;

  constructor(program: NetworkProgram, mac: string) {
    this.#program = program;
    this.mac = mac;
  }

  /** Bound to 255.255.255.255, a socket hears what is broadcast to all, and nothing else. */
  async bind(address = "255.255.255.255", port = 68): Promise<this> {
    this.#port = port;
    this.#program.write(JSON.stringify({ bind: [address, port] }));
    await expect
      .poll(() => this.#program.lines, patient)
      .toContain(JSON.stringify({ kind: "bound", port }));
    return this;
  }

  /** Sends a DISCOVER or what the options make of it, from the port that was bound last. */
  send(
    options: Parameters<typeof discover>[0] = [],
    { to = "255.255.255.255", port = 67, ciaddr = "0.0.0.0", giaddr = "0.0.0.0" } = {},
  ): void {
    const chaddr = hex(this.mac.replaceAll(":", ""));
    const bytes = encodeDhcpPacket(discover(options, { chaddr, ciaddr, giaddr }));
    const message = Buffer.from(bytes).toString("hex");
    this.#program.write(JSON.stringify({ from: this.#port, to: [to, port], hex: message }));
  }

  get received() {
    return this.#program
      .json<Arrived>()
      .filter(({ kind }) => kind === "received")
      .map(({ source, sourcePort, hex: bytes }) => ({
        source,
        sourcePort,
        packet: decoded(hex(bytes)),
      }));
  }

  /** From whom it heard what, sorted: `10.0.0.1:67 offers`. */
  get heard(): string[] {
    return this.received
      .map(({ source, sourcePort, packet }) => {
        const type = packet.options.get(53)?.[0] ?? 0;
        return `${source}:${sourcePort} ${SAYS.get(type) ?? type}`;
      })
      .sort();
  }
}

const SAYS = new Map([
  [2, "offers"],
  [5, "acknowledges"],
]);
