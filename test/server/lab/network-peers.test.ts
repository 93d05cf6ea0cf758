import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { findProgram } from "../../../server/lab/find-program.ts";
import { parseIperfPeer } from "../../../server/lab/iperf-peer.ts";
import { createNetworkPeers, type NetworkPeersOptions } from "../../../server/lab/network-peers.ts";
import { boundSockets, ownerOfPort } from "../../../server/lab/socket-table.ts";

const run = promisify(execFile);

function peersOf(patch: Partial<NetworkPeersOptions> = {}) {
  const warnings: string[] = [];
  const peers = createNetworkPeers({
    labAddress: () => "127.0.0.1",
    network: () => ({ iperfPeer: null, iperfPort: 0 }),
    portSeed: `test ${process.pid} ${Math.random()}`,
    warn: (message) => void warnings.push(message),
    ...patch,
  });
  onTestFinished(() => peers.close());
  return { peers, warnings };
}

const listens = (port: number) => boundSockets("tcp").some((socket) => socket.port === port);

/** The pid of the iperf3 server on a port, once it listens there. */
async function serverOn(port: number): Promise<number> {
  await expect.poll(() => listens(port), { timeout: 20_000 }).toBe(true);
  const owner = ownerOfPort("tcp", port);
  expect(owner?.name).toBe("iperf3");
  return owner!.pid;
}

/** A process that is dead and not yet collected by its new parent is dead. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("the far end of the Network stage", () => {
  test("is a real iperf3 server on the lab's address that a real client can use", async () => {
    const { peers } = peersOf();
    const peer = peers.acquire(1);
    await serverOn(peer!.port);
    expect(peer!.host).toBe("127.0.0.1");
    const { stdout } = await run("iperf3", [
      ...["-c", peer!.host, "-p", String(peer!.port)],
      ...["-t", "1", "--json"],
    ]);
    expect(JSON.parse(stdout).end.sum_received.bytes).toBeGreaterThan(0);
  });

  test("shares this machine's link among its tests; a server of the lab takes one at a time", () => {
    const linkMbps = () => 25_000;
    expect(peersOf({ linkMbps }).peers.linkMbps()).toBe(25_000);
    expect(peersOf().peers.linkMbps()).toBeNull();
    const network = () => ({ iperfPeer: "10.0.0.9:5201", iperfPort: 0 });
    expect(peersOf({ linkMbps, network }).peers.linkMbps()).toBeNull();
  });

  test("simulated hosts share no wire, so none waits for another", () => {
    const network = () => ({ iperfPeer: "192.0.2.254:5201", iperfPort: 0 });
    expect(peersOf({ simulated: true, network }).peers.linkMbps()).toBe(Number.POSITIVE_INFINITY);
  });

  test("is one server a run: the same for a run that asks again, another for another run", async () => {
    const { peers } = peersOf();
    const first = peers.acquire(1);
    expect(peers.acquire(1)).toEqual(first);
    const second = peers.acquire(2);
    expect(second!.port).not.toBe(first!.port);
    expect(await serverOn(first!.port)).not.toBe(await serverOn(second!.port));
  });

  test("is gone when the run releases it, and all are gone after close", async () => {
    const { peers } = peersOf();
    const pids = await Promise.all([1, 2].map((id) => serverOn(peers.acquire(id)!.port)));
    peers.release(1);
    peers.release(1);
    peers.release(99);
    await expect.poll(() => isAlive(pids[0]!)).toBe(false);
    expect(isAlive(pids[1]!)).toBe(true);
    await peers.close();
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  test("that dies is started again on its port, and that is told", async () => {
    const { peers, warnings } = peersOf();
    const peer = peers.acquire(7);
    const before = await serverOn(peer!.port);
    process.kill(before, "SIGKILL");
    await expect.poll(() => isAlive(before)).toBe(false);
    const after = await serverOn(peer!.port);
    expect(after).not.toBe(before);
    expect(warnings).toEqual([
      `The iperf3 server on 127.0.0.1:${peer!.port} ended (SIGKILL); it is started again.`,
    ]);
    expect(peers.acquire(7)).toEqual(peer);
  });

  test("passes over a port that is taken", async () => {
    const other = peersOf();
    const taken = other.peers.acquire(1)!.port;
    await serverOn(taken);
    const { peers } = peersOf({ network: () => ({ iperfPeer: null, iperfPort: taken }) });
    expect(peers.acquire(1)!.port).toBeGreaterThan(taken);
  });

  test("has the same port after a restart of the console", async () => {
    const options = { portSeed: `/data/${process.pid}` };
    const before = peersOf(options);
    const port = before.peers.acquire(5)!.port;
    await serverOn(port);
    await before.peers.close();
    await expect.poll(() => listens(port)).toBe(false);
    expect(peersOf(options).peers.acquire(5)!.port).toBe(port);
  });

  test("is the configured one as it is, and then nothing is started", () => {
    const network = () => ({ iperfPeer: "iperf.lab:5202", iperfPort: 0 });
    const { peers } = peersOf({ network });
    expect(peers.acquire(1)).toEqual({ host: "iperf.lab", port: 5202 });
    peers.release(1);
    expect(ownerOfPort("tcp", 5202)?.name).not.toBe("iperf3");
  });

  test("follows the settings, but a run keeps the one that it was told of", () => {
    let iperfPeer: string | null = "iperf.lab:5202";
    const { peers } = peersOf({ network: () => ({ iperfPeer, iperfPort: 0 }) });
    expect(peers.acquire(1)?.host).toBe("iperf.lab");
    iperfPeer = null;
    const own = peers.acquire(2);
    expect(own?.host).toBe("127.0.0.1");
    iperfPeer = "other.lab";
    expect(peers.acquire(2)).toEqual(own);
    expect(peers.acquire(3)?.host).toBe("other.lab");
  });

  test("is null without iperf3 and without a lab address", () => {
    expect(peersOf({ iperf3: () => null }).peers.acquire(1)).toBeNull();
    expect(peersOf({ labAddress: () => null }).peers.acquire(1)).toBeNull();
  });

  test("dies with a console that is killed with SIGKILL", async () => {
    const module = new URL("../../../server/lab/network-peers.ts", import.meta.url).pathname;
    const script = `
      import { createNetworkPeers } from ${JSON.stringify(module)};
      const peers = createNetworkPeers({ labAddress: () => "127.0.0.1", network: () => ({ iperfPeer: null, iperfPort: 0 }), portSeed: "killed ${process.pid}" });
      console.log(peers.acquire(1).port);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const pid = await serverOn(Number(line));
    child.kill("SIGKILL");
    await once(child, "close");
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

describe("a peer as written in vetting.yaml", () => {
  test.each([
    ["iperf.lab", { host: "iperf.lab", port: 5201 }],
    ["10.0.0.9:5300", { host: "10.0.0.9", port: 5300 }],
    ["[fd00::9]:5300", { host: "fd00::9", port: 5300 }],
    ["[fd00::9]", { host: "fd00::9", port: 5201 }],
    [" iperf.lab ", { host: "iperf.lab", port: 5201 }],
    ["fd00::9", null],
    ["a:b", null],
    ["a:0", null],
    ["a:65536", null],
    ["", null],
    ["two words", null],
  ])("%j", (text, peer) => {
    expect(parseIperfPeer(text)).toEqual(peer);
  });
});

describe("looking for a program", () => {
  test("finds it on the PATH, and says null when it is not there or is no program", () => {
    const shell = execFileSync("sh", ["-c", "command -v sh"], { encoding: "utf8" }).trim();
    expect(findProgram("sh", dirname(shell))).toBe(shell);
    expect(findProgram("no-such-program")).toBeNull();
    expect(findProgram("passwd", "/etc")).not.toBe("/etc/passwd");
  });
});
