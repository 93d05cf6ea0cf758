import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import type { HostAccess } from "../contract/agent-api.ts";
import { pause } from "./clock.ts";
import type { Login } from "./monitor-screen.ts";
import { SSH_PORT, SSHD_UNIT, sshdConfig, sshdPlaces, sshdUnit } from "./sshd-files.ts";
import { writePrivate } from "./state-dir.ts";
import type { HostFiles, RunCommand } from "./tools/command.ts";
import { readHostAddresses } from "./tools/ip-address.ts";

export interface HostAccessDeps {
  readonly run: RunCommand;
  readonly files: HostFiles;
  readonly stateDir: string;
  readonly mac: string;
  readonly sshKeys: readonly string[];
  /** Where units lie that the next boot does not know: `/run/systemd/system`. */
  readonly unitFolder: string;
  /** Does an SSH server answer on this port of the host? */
  readonly sshAnswers: (port: number) => Promise<boolean>;
  /** How long the last words stand before sessions end. */
  readonly farewellMs: number;
  readonly log: (level: "info" | "warn" | "error", text: string) => void;
}

const TIMEOUT_S = 60;
const NO_KEYS =
  "No SSH keys are configured: nobody can log in. Put public keys under agent.sshKeys in vetting.yaml; the next claim brings them.";
const FAREWELL =
  "The run was overridden in the console: vetting goes on now, destructive stages too. This session ends.";

/** SSH into the host for as long as its run holds. */
export class HostAccessDoor {
  readonly #deps: HostAccessDeps;

  constructor(deps: HostAccessDeps) {
    this.#deps = deps;
  }

  /**
   * Lays down the operator's keys and starts sshd with a configuration of our own. A second time (the agent was
   * restarted on the hold) finds the same host key, and open sessions go on.
   */
  async open(): Promise<Login> {
    const { sshKeys, log, sshAnswers } = this.#deps;
    if (sshKeys.length === 0) return closed(NO_KEYS);
    const problem = (await this.#layDown()) ?? (await this.#start());
    if (problem !== null) return closed(problem);
    const access = await this.#access();
    if (typeof access === "string") return closed(access);
    if (!(await sshAnswers(SSH_PORT))) {
      return closed(`sshd was started and does not answer on port ${SSH_PORT}: nobody can log in.`);
    }
    const { user, addresses, hostKeyFingerprint } = access;
    log(
      "info",
      `sshd is started: ${addresses.map((address) => `ssh ${user}@${address}`).join(", ")}, host key ${hostKeyFingerprint}.`,
    );
    return { kind: "open", access };
  }

  /** Ends sessions with a word to them, stops sshd and takes the keys away. Does nothing where nothing was opened. */
  async close(): Promise<void> {
    const { run, unitFolder, stateDir, log, farewellMs } = this.#deps;
    if (!(await this.isOpen())) return;
    await run("wall", [FAREWELL], { timeoutS: TIMEOUT_S });
    await pause(farewellMs);
    // The keys first: whatever becomes of sshd, nobody new gets in.
    await rm(sshdPlaces(stateDir).authorizedKeys, { force: true });
    const stopped = await run("systemctl", ["stop", SSHD_UNIT], { timeoutS: TIMEOUT_S });
    if (stopped.exitCode !== 0) {
      log(
        "error",
        `sshd could not be stopped, and sessions may go on: ${stopped.stderr.trim() || stopped.outcome}`,
      );
      return;
    }
    await rm(`${unitFolder}/${SSHD_UNIT}`, { force: true });
    log("info", "sshd is stopped, sessions are ended and the keys removed.");
  }

  /** Was it opened and not closed, by this agent or by one before it in this boot? */
  async isOpen(): Promise<boolean> {
    const unit = await readFile(`${this.#deps.unitFolder}/${SSHD_UNIT}`, "utf8").catch(() => null);
    return unit !== null;
  }

  async #layDown(): Promise<string | null> {
    const { run, stateDir, sshKeys, unitFolder } = this.#deps;
    const places = sshdPlaces(stateDir);
    await mkdir(places.folder, { recursive: true, mode: 0o700 });
    // Always one of this boot's own: a key baked into the image would be everybody's who can fetch the image.
    if ((await readFile(places.hostKey).catch(() => null)) === null) {
      const made = await run(
        "ssh-keygen",
        ["-q", "-t", "ed25519", "-N", "", "-C", "vetting", "-f", places.hostKey],
        {
          timeoutS: TIMEOUT_S,
        },
      );
      if (made.exitCode !== 0) return failure("The host key could not be made", made);
    }
    writePrivate(places.authorizedKeys, `${sshKeys.join("\n")}\n`);
    writePrivate(places.config, sshdConfig(places));
    await mkdir(unitFolder, { recursive: true });
    await writeFile(`${unitFolder}/${SSHD_UNIT}`, sshdUnit(places), { mode: 0o644 });
    return null;
  }

  async #start(): Promise<string | null> {
    const { run, files } = this.#deps;
    // Without PAM sshd refuses an account that is locked (`!`); `*` is a password that nothing matches.
    const root = /^root:([^:]*):/m.exec((await files.readText("/etc/shadow")) ?? "");
    if (root?.[1]?.startsWith("!"))
      await run("usermod", ["-p", "*", "root"], { timeoutS: TIMEOUT_S });
    await run("systemctl", ["daemon-reload"], { timeoutS: TIMEOUT_S });
    const started = await run("systemctl", ["start", SSHD_UNIT], { timeoutS: TIMEOUT_S });
    return started.exitCode === 0 ? null : failure("sshd could not be started", started);
  }

  async #access(): Promise<HostAccess | string> {
    const { run, stateDir, mac } = this.#deps;
    const key = `${sshdPlaces(stateDir).hostKey}.pub`;
    const listed = await run("ssh-keygen", ["-l", "-E", "sha256", "-f", key], {
      timeoutS: TIMEOUT_S,
    });
    const fingerprint = /SHA256:[A-Za-z0-9+/]{43}/.exec(listed.stdout)?.[0];
    if (fingerprint === undefined) return failure("The host key could not be read", listed);
    const addresses = await readHostAddresses({ run }, mac);
    if (addresses.kind !== "ok" || addresses.value.length === 0) {
      return "sshd is started, but the host's address is not known: log in by the address that its DHCP server gave.";
    }
    return {
      user: "root",
      addresses: addresses.value.slice(0, MOST_ADDRESSES),
      port: SSH_PORT,
      hostKeyFingerprint: fingerprint,
    };
  }
}

const MOST_ADDRESSES = 32;

function closed(why: string): Login {
  return { kind: "closed", why };
}

function failure(
  what: string,
  result: { readonly stderr: string; readonly outcome: string },
): string {
  return `${what}: ${result.stderr.trim() || result.outcome}`;
}
