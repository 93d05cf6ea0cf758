import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RegisterResponse } from "../../contract/reporter-api.ts";
import type { ResultRequest } from "../../contract/stage-result.ts";
import { STAGES } from "../../contract/stages.ts";
import { ConsoleProcess, ROOT } from "./console-process.ts";
import { HostNamespace } from "./host-namespace.ts";
import { LabNetwork } from "./lab-network.ts";
import type { NetworkStageEnd, NetworkStageTask } from "./network-stage-child.ts";
import { ScriptedAgent } from "./scripted-agent.ts";

const CHILD = join(ROOT, "test/e2e/network-stage-child.ts");
const stageIn = (task: NetworkStageTask) => [process.execPath, CHILD, JSON.stringify(task)];

describe("eight hosts at once against one console", () => {
  const HOSTS = 8;
  const hosts: HostNamespace[] = [];
  let console: ConsoleProcess;

  beforeAll(async () => {
    for (let index = 0; index < HOSTS; index += 1) hosts.push(new HostNamespace(index));
    // The console has one address; the others reach it over their own cable.
    for (const host of hosts) host.exec(["ip", "route", "add", "default", "via", host.labAddress]);
    console = await new ConsoleProcess(hosts[0]!.labAddress, {
      dispatcher: { maxConcurrentRuns: HOSTS },
    }).start();
  });
  afterAll(async () => {
    await console?.end();
    for (const host of hosts) host.end();
  });

  /** A host whose run has come to Network; everything before it is not what this is about. */
  async function inNetwork(host: HostNamespace) {
    const { body } = await console.lab<RegisterResponse>("/api/reporter/v1/register", {
      hostname: host.name,
      macs: [host.mac],
    });
    await console.lab("/api/reporter/v1/heartbeat", { bootId: "os-1" }, body.reporterToken);
    const { runId } = await console.startRun(body.hostId);
    await console.lab("/api/reporter/v1/heartbeat", { bootId: "os-1" }, body.reporterToken);
    const agent = new ScriptedAgent(console, host.mac, "live-1");
    const claim = await agent.claim();
    for (const stage of STAGES.slice(0, STAGES.indexOf("Network"))) await agent.result(stage);
    return { host, runId, agent, claim };
  }

  test("each waits for its turn, none fails, and no two ever test at the same time", async () => {
    const runs = [];
    for (const host of hosts) runs.push(await inNetwork(host));
    const ends = await Promise.all(
      runs.map(async ({ host, agent, claim }) => {
        const child = host.spawn(
          stageIn({
            console: { url: console.labUrl, runToken: agent.token },
            peer: claim.networkPeer!,
            params: { secondsPerDirection: 1, streamsPer10G: 1, floorShare: 0.7 },
            nics: [{ name: "eth0", mac: host.mac }],
          }),
          {},
        );
        return lastJson(child);
      }),
    );
    for (const [index, { report }] of ends.entries()) {
      const { agent, runId } = runs[index]!;
      expect(report).toMatchObject({ status: "complete", result: "pass" });
      await agent.result("Network", report as Partial<ResultRequest>);
      expect((await console.run(runId)).state).toBe("Burn");
    }
    const tests = ends.flatMap((end) => end.tests).sort((a, b) => a.from - b.from);
    expect(tests).toHaveLength(2 * HOSTS);
    for (const [index, { from }] of tests.entries()) {
      if (index > 0) expect(from).toBeGreaterThanOrEqual(tests[index - 1]!.to);
    }
    // That they really came at once: all but the first had others before them.
    const waited = ends.filter(({ log }) => log.some((line) => line.startsWith("waits behind")));
    expect(waited.length).toBeGreaterThanOrEqual(HOSTS - 2);
  });
});

describe("two NICs in one subnet", () => {
  const network = new LabNetwork(1);
  afterAll(() => network.end());

  test("each is proven to have carried its own bytes", async () => {
    const bench = network.machine("bench");
    network.bridge(bench, "br0", "10.77.1.1/24");
    const host = network.machine("host");
    for (const [index, nic] of ["eth0", "eth1"].entries()) {
      network.cable(host, nic, bench, `port${index}@br0`);
      network.address(host, nic, `10.77.1.${index + 2}/24`);
    }
    for (const setting of imageNetworkSettings()) {
      await network.spawn(host, ["busybox", "sysctl", "-w", setting]).ended;
    }
    const server = network.spawn(bench, ["iperf3", "--server", "--forceflush"]);
    await expect.poll(() => server.lines.join("\n")).toContain("listening on 5201");
    await expect.poll(() => network.reaches(host, "10.77.1.1")).toBe(true);
    const nics = ["eth0", "eth1"].map((name) => ({ name, mac: network.macOf(host, name) }));
    const stage = network.spawn(
      host,
      stageIn({
        console: null,
        peer: { host: "10.77.1.1", port: 5201 },
        params: { secondsPerDirection: 1, streamsPer10G: 1, floorShare: 0.7 },
        nics,
      }),
    );
    await stage.ended;
    const [end] = stage.json<NetworkStageEnd>();
    expect(end?.report, stage.lines.join("\n")).toMatchObject({ result: "pass" });
    const proof = end!.report.proof ?? [];
    expect(proof.map(({ what }) => what)).toEqual([
      "nic eth0 send",
      "nic eth0 receive",
      "nic eth1 send",
      "nic eth1 receive",
    ]);
    const counted = (nic: string, counter: string) =>
      Number(network.read(host, `/sys/class/net/${nic}/statistics/${counter}`));
    for (const nic of ["eth0", "eth1"]) {
      const work = (way: string) => proof.find(({ what }) => what === `nic ${nic} ${way}`)!.work;
      expect(counted(nic, "tx_bytes")).toBeGreaterThan(work("send"));
      expect(counted(nic, "rx_bytes")).toBeGreaterThan(work("receive"));
    }
    await server.stop();
  });

  /** What the live image sets, so that two NICs in one subnet each answer for their own address. */
  function imageNetworkSettings(): string[] {
    const file = join(ROOT, "build/image/root/etc/sysctl.d/vetting.conf");
    const lines = readFileSync(file, "utf8").split("\n");
    const settings = lines
      .filter((line) => line.startsWith("net."))
      .map((line) => line.replaceAll(" ", ""));
    expect(settings.length).toBeGreaterThan(0);
    return settings;
  }
});

/** What a child printed last, once it has ended. */
async function lastJson(child: ReturnType<HostNamespace["spawn"]>): Promise<NetworkStageEnd> {
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  await new Promise((resolve) => child.once("close", resolve));
  if (!out.startsWith("{")) throw new Error(`The stage did not end well: ${out}${err}`);
  return JSON.parse(out) as NetworkStageEnd;
}
