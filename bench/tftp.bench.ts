import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

async function fetched(server: BenchedServer, file: string, windowsize: number): Promise<void> {
  const options = [`blksize ${BLKSIZE}`, ...(windowsize > 1 ? [`windowsize ${windowsize}`] : [])];
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
  if (code !== 0) throw new Error(`atftp from ${server.name} ended with ${code}.`);
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
    const rates = new Map<string, number[]>();
    const able = servers.filter(({ windows }) => windows || windowsize === 1);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const server of able) {
        const began = performance.now();
        await Promise.all(
          Array.from({ length: clients }, () => fetched(server, `${megabytes}.bin`, windowsize)),
        );
        const seconds = (performance.now() - began) / 1000;
        const rate = (clients * megabytes) / seconds;
        rates.set(server.name, [...(rates.get(server.name) ?? []), rate]);
      }
    }
    const peers = able.filter(({ name }) => name !== "ours");
    const medians = new Map([...rates].map(([name, values]) => [name, median(values)]));
    const best = Math.max(...peers.map(({ name }) => medians.get(name) ?? 0));
    for (const [name, value] of medians) {
      const what = `${clients} client${clients > 1 ? "s" : ""}, windowsize ${windowsize}: ${name}`;
      const ours = { ratio: value / best, aim: "not behind the best peer" };
      rows.push({ what, value, unit: "MB/s", ...(name === "ours" ? ours : {}) });
    }
  }
  report("tftp", rows);
} finally {
  for (const server of servers) server.end();
  rmSync(folder, { recursive: true, force: true });
}
