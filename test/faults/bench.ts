import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { RunDetail } from "../../contract/console-api.ts";
import { pause } from "../demo/pause.ts";
import { registerReporter } from "../demo/reporter-client.ts";
import type { Injection } from "./fault-row.ts";
import { LabAgent } from "./lab-agent.ts";
import { LabHost } from "./lab-host.ts";
import { MACHINES } from "./machines.ts";

/** Where the console of the lab is to be reached, and where hosts may keep their files. */
export interface BenchPlaces {
  readonly consoleUrl: string;
  readonly labUrl: string;
  readonly folder: string;
}

/** What the console has of a machine in the end. */
export interface Vetted {
  readonly run: RunDetail;
  readonly report: string;
}

const POLL_MS = 500;
/** The longest run of the lab takes half a minute on an idle machine; this one may be busy. */
const PATIENCE_MS = 420_000;

/** Puts machines on the bench: each goes from Start to where its run ends or holds. */
export class Bench {
  readonly #places: BenchPlaces;
  readonly #never = new AbortController();

  constructor(places: BenchPlaces) {
    this.#places = places;
  }

  /** @param number sets the machine apart from all others: 1 to 250. */
  async vet(injection: Injection, number: number): Promise<Vetted> {
    const { labUrl, folder } = this.#places;
    const machine = MACHINES[injection.machine ?? "edge node"];
    const hosts = join(folder, "hosts");
    mkdirSync(hosts, { recursive: true });
    const host = new LabHost(join(hosts, `${number}`), machine.facts(number));
    machine.prepare(host);
    injection.before?.(host);
    const agent = new LabAgent(host, labUrl, injection);
    host.start();
    try {
      const reporter = await registerReporter(labUrl, host.facts, this.#never.signal);
      await reporter.heartbeat("installed-system", 60);
      const path = `hosts/${reporter.hostId}/runs`;
      const { runId } = await this.#api<{ runId: number }>("POST", path, {
        profile: injection.profile ?? "quick",
        nonDestructive: injection.destructive !== true,
        start: "reporter",
        afterPass: "power_off",
        operator: "fault lab",
      });
      await this.#toldToReboot(() => reporter.heartbeat("installed-system", 61));
      await agent.netboot();
      agent.start();
      const run = await this.#settled(runId);
      const report = await this.#fetch("GET", `runs/${runId}/report.html`);
      return { run, report: await report.text() };
    } finally {
      await agent.stop();
      host.stop();
    }
  }

  async #toldToReboot(heartbeat: () => Promise<string>): Promise<void> {
    const lateMs = performance.now() + PATIENCE_MS;
    while ((await heartbeat()) !== "reboot_for_vetting") {
      if (performance.now() > lateMs) throw new Error("the host was never told to reboot");
      await pause(POLL_MS, this.#never.signal);
    }
  }

  /** Over, or held with everything said that is to be said: a hold is opened only after its evidence went out. */
  async #settled(runId: number): Promise<RunDetail> {
    const lateMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const run = await this.#api<RunDetail>("GET", `runs/${runId}`);
      if (["Passed", "Failed", "Cancelled"].includes(run.state)) return run;
      if (run.state === "FailedHolding" && run.hold !== null) return run;
      if (performance.now() > lateMs) {
        throw new Error(`the run stands at ${run.state}: ${run.reason ?? "no reason"}`);
      }
      await pause(POLL_MS, this.#never.signal);
    }
  }

  async #api<T>(method: string, path: string, body?: object): Promise<T> {
    return (await (await this.#fetch(method, path, body)).json()) as T;
  }

  async #fetch(method: string, path: string, body?: object): Promise<Response> {
    const { consoleUrl } = this.#places;
    const token = new URL(consoleUrl).searchParams.get("token") ?? "";
    const answer = await fetch(new URL(path, new URL("/api/v1/", consoleUrl)), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
