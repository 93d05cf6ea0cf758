import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LabNetwork, type NetworkProgram } from "../test/e2e/lab-network.ts";
import { type BenchRow, report } from "./harness.ts";

/** A rack row that is powered on at once: how long a host waits for its OFFER, beside dnsmasq in proxy mode. */
const HOSTS = 200;
const BURSTS = 10;
const LAB = "10.0.0.1";
const BUDGET_P99_MS = 50;

const net = new LabNetwork();
const consoleMachine = net.machine("console");
const hosts = net.machine("hosts");
net.cable(consoleMachine, "lab0", hosts, "eth0");
net.address(consoleMachine, "lab0", `${LAB}/16`);
net.broadcastsOn(hosts, "eth0");

const servers: Record<"ours" | "dnsmasq", { command: string[]; ready: string }> = {
  ours: {
    command: [process.execPath, join(import.meta.dirname, "../test/e2e/proxy-dhcp-child.ts"), LAB],
    ready: '"kind":"ready"',
  },
  dnsmasq: {
    command: [
      "dnsmasq",
      "--keep-in-foreground",
      "--conf-file=/dev/null",
      "--log-facility=-",
      "--port=0",
      "--interface=lab0",
      "--bind-interfaces",
      `--dhcp-range=${LAB},proxy,255.255.0.0`,
      "--pxe-service=X86-64_EFI,boot,snponly.efi",
      "--user=root",
      "--pid-file=",
    ],
    ready: "sockets bound",
  },
};

async function until(program: NetworkProgram, condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited++) {
    if (waited > 1000) throw new Error(`Nothing came: ${program.lines.slice(-5).join("\n")}`);
    await sleep(10);
  }
}

/** A burst a round, from the server's first packet on: what firmware meets is a server that has just started too. */
async function measure(name: "ours" | "dnsmasq"): Promise<number[][]> {
  const server = net.spawn(consoleMachine, servers[name].command);
  await until(server, () => server.lines.some((line) => line.includes(servers[name].ready)));
  const client = net.spawn(hosts, [
    process.execPath,
    join(import.meta.dirname, "dhcp-burst.ts"),
    String(HOSTS),
  ]);
  await until(client, () => client.lines.length === 1);
  for (let burst = 1; burst <= BURSTS; burst++) {
    client.write("burst");
    await until(client, () => client.lines.length === burst + 1);
  }
  await client.stop();
  await server.stop();
  return client.json<number[]>().slice(1);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

try {
  const ours = await measure("ours");
  const peer = await measure("dnsmasq");
  const row = (what: string, values: number[], share: number, other?: number[]): BenchRow => {
    const value = percentile(values, share);
    return other === undefined
      ? { what, value, unit: "ms" }
      : { what, value, unit: "ms", ratio: value / percentile(other, share) };
  };
  const aim = `under ${BUDGET_P99_MS} ms`;
  report("proxy-dhcp", [
    row(`DISCOVER to OFFER, ${HOSTS} hosts at once, p50`, ours.flat(), 0.5, peer.flat()),
    {
      ...row(`DISCOVER to OFFER, ${HOSTS} hosts at once, p99`, ours.flat(), 0.99, peer.flat()),
      aim,
    },
    { ...row("the first burst of a console just started, p99", ours[0] ?? [], 0.99), aim },
    row("dnsmasq in proxy mode, p50", peer.flat(), 0.5),
    row("dnsmasq in proxy mode, p99", peer.flat(), 0.99),
    {
      what: "hosts without an answer in 4 s",
      value: HOSTS * BURSTS - ours.flat().length,
      unit: `of ${HOSTS * BURSTS}`,
      aim: "none",
    },
    {
      what: "hosts without an answer in 4 s, dnsmasq",
      value: HOSTS * BURSTS - peer.flat().length,
      unit: `of ${HOSTS * BURSTS}`,
    },
  ]);
} finally {
  net.end();
}
