import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuSeconds } from "./cpu-time.ts";
import { type BenchRow, median, report } from "./harness.ts";
import { type BenchedServer, tftpServers } from "./tftp-peers.ts";

/** TFTP throughput against the peers: the same client with the same options, in turns, in one run. */
const ROUNDS = 3;
const MEGABYTE = 1_000_000;
const BLKSIZE = 1468;
/** So much a client that a round takes a second or so. */
const WORK = [
  { clients: 1, windowsize: 1, megabytes: 12 },
  { clients: 1, windowsize: 16, megabytes: 64 },
  { clients: 1, windowsize: 64, megabytes: 64 },
  { clients: 50, windowsize: 1, megabytes: 2 },
  { clients: 50, windowsize: 16, megabytes: 4 },
  { clients: 50, windowsize: 64, megabytes: 4 },
];

/** On a busy machine atftp takes a slow answer for none and a repeated OACK for an error; its user calls it again. */
const ATTEMPTS = 3;

async function fetched(server: BenchedServer, file: string, windowsize: number): Promise<void> {
  const options = [`blksize ${BLKSIZE}`, ...(windowsize > 1 ? [`windowsize ${windowsize}`] : [])];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const client = spawn(
      "atftp",
      [
        ...options.flatMap((option) => ["--option", option]),
        ...["--get", "--remote-file", file, "--local-file", "/dev/null"],
        ...[server.address, `${server.port}`],
      ],
      { stdio: "ignore", timeout: 120_000 },
    );
    const [code] = (await once(client, "exit")) as [number | null];
    if (code === 0) return;
  }
  throw new Error(`atftp got nothing from ${server.name} in ${ATTEMPTS} attempts.`);
}

const folder = mkdtempSync(join(tmpdir(), "vetting-bench-"));
const files = new Map(WORK.map(({ megabytes }) => [megabytes, `${megabytes}.bin`]));
for (const [megabytes, file] of files) {
  writeFileSync(join(folder, file), Buffer.alloc(megabytes * MEGABYTE, "vetting"));
}
const smallest = `${Math.min(...files.keys())}.bin`;
const servers: BenchedServer[] = [];
try {
  servers.push(...(await tftpServers(folder, [smallest, ...new Set(files.values())])));
  const rows: BenchRow[] = [];
  for (const { clients, windowsize, megabytes } of WORK) {
    const able = servers
      .filter(({ windows }) => windows || windowsize === 1)
      .map((server) => ({ server, rates: [] as number[], cpu: [] as number[] }));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { server, rates, cpu } of able) {
        const before = cpuSeconds(server.pids());
        const began = performance.now();
        await Promise.all(
          Array.from({ length: clients }, () => fetched(server, `${megabytes}.bin`, windowsize)),
        );
        rates.push((clients * megabytes) / ((performance.now() - began) / 1000));
        cpu.push((cpuSeconds(server.pids()) - before) / ((clients * megabytes) / 1000));
      }
    }
    const [ours, ...peers] = able;
    const what = `${clients} client${clients > 1 ? "s" : ""}, windowsize ${windowsize}`;
    const best = Math.max(...peers.map(({ rates }) => median(rates)));
    const leanest = Math.min(...peers.map(({ cpu }) => median(cpu)));
    for (const { server, rates, cpu } of able) {
      const [isOurs, rate, used] = [server === ours?.server, median(rates), median(cpu)];
      rows.push(
        {
          what: `${what}: ${server.name}`,
          value: rate,
          unit: "MB/s",
          ...(isOurs ? { ratio: rate / best, aim: "not behind the best peer" } : {}),
        },
        {
          what: `${what}: ${server.name}, CPU for a gigabyte`,
          value: used,
          unit: "s",
          ...(isOurs ? { ratio: used / leanest } : {}),
        },
      );
    }
  }
  report("tftp", rows);
} finally {
  for (const server of servers) server.end();
  rmSync(folder, { recursive: true, force: true });
}
