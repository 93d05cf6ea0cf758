import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConsoleProcess, ROOT } from "../test/e2e/console-process.ts";
import { HostNamespace } from "../test/e2e/host-namespace.ts";
import { cpuSeconds, processTree } from "./cpu-time.ts";
import { median, report } from "./harness.ts";

/** The live image's squashfs to 16 hosts at once: our lab listener against nginx, in turns, in one run. */
const CLIENTS = 16;
const ROUNDS = 5;
/** Without a built image, a file of its kind of size. */
const STAND_IN_MB = 128;
const MEGABYTE = 1_000_000;
/** Any: the lab address is of this benchmark alone. */
const NGINX_PORT = 8080;

const folder = mkdtempSync(join(tmpdir(), "vetting-bench-"));
const image = squashfs();
const megabytes = statSync(image).size / MEGABYTE;
const host = new HostNamespace(0);
process.env.VETTING_BOOT_DIR = dirname(image);
const console_ = new ConsoleProcess(host.labAddress);
let nginx: ChildProcess | null = null;
try {
  await console_.start();
  nginx = startNginx();
  const servers = [
    {
      name: "nginx",
      url: `http://${host.labAddress}:${NGINX_PORT}/${basename(image)}`,
      pids: () => processTree(nginx?.pid ?? 0),
    },
    {
      name: "lab listener",
      url: `${console_.labUrl}/boot/${basename(image)}`,
      pids: () => processTree(console_.ready.pid),
    },
  ].map((server) => ({ ...server, rates: [] as number[], cpu: [] as number[] }));
  for (const { url } of servers) await answers(url);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { url, pids, rates, cpu } of servers) {
      const before = cpuSeconds(pids());
      const began = performance.now();
      await Promise.all(Array.from({ length: CLIENTS }, () => fetched(url)));
      rates.push((CLIENTS * megabytes) / ((performance.now() - began) / 1000));
      cpu.push((cpuSeconds(pids()) - before) / ((CLIENTS * megabytes) / 1000));
    }
  }
  const [peer, ours] = servers;
  if (peer === undefined || ours === undefined) throw new Error("no servers");
  const ratio = (of: "rates" | "cpu") => median(ours[of]) / median(peer[of]);
  const what = `${Math.round(megabytes)} MB to ${CLIENTS} clients`;
  report("http-boot", [
    { what: `${what}: nginx`, value: median(peer.rates), unit: "MB/s" },
    {
      what: `${what}: lab listener`,
      value: median(ours.rates),
      unit: "MB/s",
      ratio: ratio("rates"),
      aim: "not behind; far over the 118 MB/s of 1 GbE",
    },
    { what: "CPU for a gigabyte: nginx", value: median(peer.cpu), unit: "s" },
    {
      what: "CPU for a gigabyte: lab listener",
      value: median(ours.cpu),
      unit: "s",
      ratio: ratio("cpu"),
    },
  ]);
} finally {
  nginx?.kill("SIGTERM");
  await console_.end();
  host.end();
  rmSync(folder, { recursive: true, force: true });
}

function squashfs(): string {
  const built = join(ROOT, "dist/boot/filesystem.squashfs");
  if (existsSync(built)) return built;
  const standIn = join(folder, basename(built));
  writeFileSync(standIn, Buffer.alloc(STAND_IN_MB * MEGABYTE, "vetting"));
  return standIn;
}

/** As Debian ships it (sendfile, a worker a core), without an access log. */
function startNginx(): ChildProcess {
  const config = join(folder, "nginx.conf");
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(" ");
  writeFileSync(
    config,
    `daemon off; user root; worker_processes auto; pid ${folder}/nginx.pid; error_log stderr;
     events { worker_connections 768; }
     http {
       sendfile on; tcp_nopush on; access_log off; ${temp}
       server { listen ${host.labAddress}:${NGINX_PORT}; root ${dirname(image)}; }
     }\n`,
  );
  return spawn("nginx", ["-c", config, "-e", "stderr"], { stdio: "ignore" });
}

async function fetched(url: string): Promise<void> {
  const client = host.spawn(["curl", "-sSf", "-o", "/dev/null", url], {});
  const [code] = (await once(client, "exit")) as [number | null];
  if (code !== 0) throw new Error(`curl ${url} ended with ${code}.`);
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 40; tries += 1) {
    try {
      const { status } = await fetch(url, { method: "HEAD" });
      if (status === 200) return;
    } catch {
      // Not up yet.
    }
    await sleep(100);
  }
  throw new Error(`${url} is not served.`);
}
