import { execFile, execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { labFolders } from "./lab-folders.ts";

/** A key pair as an operator has one. */
export class SshKey {
  readonly file: string;

  /** @param name tells the keys of a run apart */
  constructor(name: string) {
    this.file = join(labFolders().work, `ssh-${name}`);
    for (const file of [this.file, `${this.file}.pub`]) rmSync(file, { force: true });
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", this.file]);
  }

  get publicKey(): string {
    return readFileSync(`${this.file}.pub`, "utf8").trim();
  }
}

export interface ShellAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Key exchange takes an emulated machine seconds. */
const CONNECT_TIMEOUT_S = 60;
const SESSION_TIMEOUT_MS = 120_000;

/**
 * Logs in as root with this key alone, and runs a command.
 * @param terminal ask for one, as somebody who sits before it; without a command the shell reads `input`
 */
export async function sshAsRoot(
  address: string,
  key: SshKey,
  { command = [], input = "" }: { command?: readonly string[]; input?: string } = {},
): Promise<ShellAnswer> {
  const terminal = command.length === 0 ? ["-tt"] : ["-n"];
  const running = promisify(execFile)(
    "ssh",
    [
      ...["-F", "/dev/null", "-i", key.file, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"],
      ...["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
      ...["-o", `ConnectTimeout=${CONNECT_TIMEOUT_S}`, ...terminal, `root@${address}`, ...command],
    ],
    { timeout: SESSION_TIMEOUT_MS, env: withoutAgent() },
  );
  running.child.stdin?.end(input);
  try {
    return { exitCode: 0, ...(await running) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout: string; stderr: string };
    return { exitCode: typeof code === "number" ? code : 1, stdout, stderr };
  }
}

/** The fingerprint of the key with which a host answers, as `ssh` shows it to whom logs in first. */
export function offeredFingerprint(address: string): string {
  const keys = execFileSync("ssh-keyscan", ["-T", "60", "-t", "ed25519", address], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const shown = execFileSync("ssh-keygen", ["-lf", "-"], { input: keys, encoding: "utf8" });
  return /SHA256:\S+/.exec(shown)?.[0] ?? "";
}

/** What comes of knocking at a TCP port: `open`, or the error's code. */
export function knock(address: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 10_000 });
    socket.once("connect", () => resolve("open"));
    socket.once("timeout", () => resolve("timeout"));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    socket.once("close", () => resolve("closed"));
    for (const end of ["connect", "timeout"]) socket.once(end, () => socket.destroy());
  });
}

function withoutAgent(): NodeJS.ProcessEnv {
  const { SSH_AUTH_SOCK: _agent, ...env } = process.env;
  return env;
}
