import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lookPathIn } from "../../agent/tools/look-path.ts";
import type { HostFacts } from "../demo/host/facts.ts";
import { makeHost } from "../demo/host/make-host.ts";
import { Simulator } from "../demo/host/simulator.ts";
import { replaceFile } from "../demo/host/write-files.ts";

export const FAKE_TOOLS = join(import.meta.dirname, "../fakes/tools");
/** The fakes of every host of the lab, as a PATH. */
export const LAB_PATH = `${join(import.meta.dirname, "tools")}:${FAKE_TOOLS}`;
const fakeOf = lookPathIn(LAB_PATH);

/** What a file holds instead: a text, a change of what it would hold, or null when it is gone. */
export type Change = string | null | ((text: string) => string);

/** How a program behaves instead of its fake. */
export interface Behaviour {
  /** A shell pattern over its arguments; calls that do not fit go to the fake. */
  readonly when?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
  /** How long it works, in seconds. */
  readonly seconds?: number;
  /** What it works on, for the physics: `cpu 8`, `disk nvme0n1`. */
  readonly works?: string;
  /** Shell that comes first; `$fake` is the healthy fake. */
  readonly first?: string;
}

const TICK_MS = 400;

/** A simulated host of the lab: healthy, until its files and programs are tampered with. */
export class LabHost {
  readonly folder: string;
  readonly facts: HostFacts;
  readonly #changes = new Map<string, Change[]>();
  readonly #simulator: Simulator;
  #ticking: NodeJS.Timeout | null = null;
  #kernelS = 100;

  constructor(folder: string, facts: HostFacts) {
    this.folder = folder;
    this.facts = facts;
    makeHost(folder, facts);
    mkdirSync(this.bin, { recursive: true });
    this.#simulator = new Simulator(folder, facts, {
      warmUpS: 0.3,
      alter: (path, text) => this.#altered(path, text),
    });
  }

  /** Programs of this host's own: found before the fakes. */
  get bin(): string {
    return join(this.folder, "bin");
  }

  /** Its /sys, /proc and /dev. */
  get root(): string {
    return join(this.folder, "root");
  }

  /** Changes a file, by its path below the host's folder, for now and for whatever is written to it later. */
  alter(path: string, change: Change): this {
    this.#changes.set(path, [...(this.#changes.get(path) ?? []), change]);
    const file = join(this.folder, path);
    if (change === null) {
      rmSync(file, { recursive: true, force: true });
      return this;
    }
    mkdirSync(dirname(file), { recursive: true });
    const before = existsSync(file) ? readFileSync(file, "utf8") : "";
    replaceFile(file, typeof change === "string" ? change : change(before));
    return this;
  }

  /** A file as it is now. */
  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** The file is again what the healthy host has. */
  restore(path: string): this {
    this.#changes.delete(path);
    return this;
  }

  /** A file of /sys or /proc, with the line break that the kernel puts behind it. */
  kernelFile(path: string, value: string | number | null): this {
    return this.alter(`root/${path}`, value === null ? null : `${value}\n`);
  }

  /** A JSON document that a tool prints. */
  alterJson(path: string, change: (document: never) => void): this {
    return this.alter(path, (text) => {
      const document = JSON.parse(text) as never;
      change(document);
      return `${JSON.stringify(document)}\n`;
    });
  }

  /** A program that behaves otherwise than its healthy fake. */
  program(name: string, behaviour: Behaviour): this {
    const { when = "*", stdout = "", stderr = "", exit = 0, seconds = 0 } = behaviour;
    const said = join(this.folder, "out/said");
    mkdirSync(said, { recursive: true });
    writeFileSync(join(said, `${name}.stdout`), stdout);
    writeFileSync(join(said, `${name}.stderr`), stderr);
    const script = [
      "#!/bin/sh",
      '. "$FAKE_TOOLS/lib/fake.sh"',
      `fake=${fakeOf(name) ?? "false"}`,
      'case "$*" in',
      `${when === "*" ? "*" : `*"${when}"*`})`,
      behaviour.works === undefined ? ":" : `begin_work ${behaviour.works}`,
      behaviour.first ?? ":",
      seconds > 0 ? `sleep ${seconds}` : ":",
      `cat "$out/said/${name}.stdout"`,
      `cat "$out/said/${name}.stderr" >&2`,
      `exit ${exit} ;;`,
      '*) exec "$fake" "$@" ;;',
      "esac",
      "",
    ];
    writeFileSync(join(this.bin, name), script.join("\n"), { mode: 0o755 });
    return this;
  }

  /** A line in the kernel's ring buffer. */
  kernelSays(text: string, level = 2): this {
    this.#kernelS += 1;
    const line = `<${level}>[${this.#kernelS.toFixed(6).padStart(12)}] ${text}\n`;
    const file = join(this.folder, "out/dmesg.raw");
    writeFileSync(file, line, { flag: "a" });
    return this;
  }

  /** Time passes: what works the host warms it up. */
  start(): void {
    let beforeMs = performance.now();
    this.#ticking = setInterval(() => {
      const nowMs = performance.now();
      this.#simulator.tick((nowMs - beforeMs) / 1000);
      beforeMs = nowMs;
    }, TICK_MS);
  }

  stop(): void {
    if (this.#ticking !== null) clearInterval(this.#ticking);
  }

  #altered(path: string, text: string): string | null {
    for (const [folder, changes] of this.#changes) {
      if (changes.includes(null) && path.startsWith(`${folder}/`)) return null;
    }
    let now: string | null = text;
    for (const change of this.#changes.get(path) ?? []) {
      if (typeof change !== "function") now = change;
      else if (now !== null) now = change(now);
    }
    return now;
  }
}
