import { expect } from "@playwright/test";
import type { RealConsole } from "./real-console.ts";

/** A host in the lab, as a spec plays it by hand: its reporter, its network boot, its agent. */
export class LabHost {
  readonly #labUrl: string;
  readonly #mac: string;
  #reporterToken = "";
  #runToken = "";
  #sequence = 0;

  constructor({ labUrl }: Pick<RealConsole, "labUrl">, mac = "52:54:00:12:34:56") {
    this.#labUrl = labUrl;
    this.#mac = mac;
  }

  async register(hostname: string): Promise<void> {
    const answer = await this.#post<{ reporterToken: string }>("/api/reporter/v1/register", {
      hostname,
      macs: [this.#mac],
      os: "Debian",
      reporterVersion: "0.1.0",
    });
    this.#reporterToken = answer.reporterToken;
    await this.reporterBeat();
  }

  async reporterBeat(): Promise<string> {
    const beat = { bootId: "os-boot", uptimeSeconds: 60 };
    const path = "/api/reporter/v1/heartbeat";
    return (await this.#post<{ command: string }>(path, beat, this.#reporterToken)).command;
  }

  /** Obeys the order to reboot, boots over the network and claims its run. */
  async bootAndClaim(): Promise<void> {
    await expect.poll(() => this.reporterBeat()).toBe("reboot_for_vetting");
    const script = await fetch(new URL(`/boot.ipxe?mac=${this.#mac}`, this.#labUrl));
    const bootToken = /vetting\.boot=(\S+)/.exec(await script.text())?.[1];
    const claim = { bootToken, mac: this.#mac, bootId: "live-boot", agentVersion: "0.1.0" };
    const answer = await this.#post<{ runToken: string }>("/api/agent/v1/claim", claim);
    this.#runToken = answer.runToken;
  }

  async agentBeat(stage: string): Promise<string> {
    const beat = { bootId: "live-boot", stage };
    return (await this.agent<{ cmd: string }>("heartbeat", beat)).cmd;
  }

  log(stage: string, ...texts: string[]): Promise<unknown> {
    const t = new Date().toISOString();
    const lines = texts.map((text) => ({
      ...{ sequence: this.#next(), stage, t, level: "info", source: "agent", text },
    }));
    return this.agent("log", { lines });
  }

  sample(stage: string, sensor: string, value: number, unit: string): Promise<unknown> {
    const t = new Date().toISOString();
    return this.agent("sensor", {
      samples: [{ sequence: this.#next(), stage, t, sensor, value, unit }],
    });
  }

  pass(stage: string, summary: string): Promise<unknown> {
    const t = new Date().toISOString();
    return this.agent("result", {
      ...{ sequence: this.#next(), stage, status: "complete", result: "pass", summary },
      ...{ startedAt: t, endedAt: t },
    });
  }

  agent<T>(name: string, body: object): Promise<T> {
    return this.#post<T>(`/api/agent/v1/${name}`, body, this.#runToken);
  }

  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  async #post<T>(path: string, body: object, token?: string): Promise<T> {
    const response = await fetch(new URL(path, this.#labUrl), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    expect(response.ok, `${path}: ${response.status}`).toBe(true);
    return (await response.json()) as T;
  }
}
