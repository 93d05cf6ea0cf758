import { mkdir, writeFile } from "node:fs/promises";
import type { RunCommand } from "./tools/command.ts";
import { setChassisIdentify } from "./tools/ipmitool.ts";

export interface HoldDeps {
  readonly liveImage: boolean;
  readonly run: RunCommand;
  readonly sshKeys: readonly string[];
  readonly log: (level: "info" | "warn", text: string) => void;
  /** Where root's keys lie; tests name another folder. */
  readonly sshFolder?: string;
}

const TIMEOUT_S = 60;

/**
 * Opens a held host to its investigators: the chassis LED is lit, the operator's keys are laid down, sshd is
 * started, and its fingerprint is logged so that it can be compared. In the live image only: on an installed
 * system none of these is the agent's to change.
 */
export async function openForInvestigation(deps: HoldDeps): Promise<void> {
  const { liveImage, run, sshKeys, log, sshFolder = "/root/.ssh" } = deps;
  if (!liveImage) {
    log("info", "Not in the live image: sshd and the chassis LED are left as they are.");
    return;
  }
  const led = await setChassisIdentify({ run }, "on");
  if (led.kind === "ok") log("info", "The chassis LED is lit.");
  if (sshKeys.length === 0) {
    log("warn", "No SSH keys are configured (agent.sshKeys): nobody can log in.");
    return;
  }
  await mkdir(sshFolder, { recursive: true, mode: 0o700 });
  await writeFile(`${sshFolder}/authorized_keys`, `${sshKeys.join("\n")}\n`, { mode: 0o600 });
  const started = await run("systemctl", ["start", "ssh"], { timeoutS: TIMEOUT_S });
  if (started.exitCode !== 0) {
    log("warn", `sshd could not be started: ${started.stderr.trim() || started.outcome}`);
    return;
  }
  const key = await run("ssh-keygen", ["-lf", "/etc/ssh/ssh_host_ed25519_key.pub"], {
    timeoutS: TIMEOUT_S,
  });
  log("info", `sshd is started. Host key: ${key.stdout.trim() || "not readable"}`);
}

/** The hold is over. */
export async function endInvestigation(deps: Pick<HoldDeps, "liveImage" | "run">): Promise<void> {
  if (deps.liveImage) await setChassisIdentify({ run: deps.run }, "off");
}
