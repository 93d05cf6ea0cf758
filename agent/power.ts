import type { HostFiles, RunCommand } from "./tools/command.ts";

export type PowerCommand = "reboot" | "power_off";

export type PowerOutcome =
  | { readonly kind: "obeyed" }
  /** Outside the live image a host's power is not the agent's to switch. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };

/** From the gentlest to the one that always works; the next is tried when one fails. */
const WAYS: Readonly<Record<PowerCommand, readonly (readonly [string, ...string[]])[]>> = {
  reboot: [["systemctl", "reboot"], ["reboot"], ["reboot", "-f"]],
  power_off: [["systemctl", "poweroff"], ["poweroff"], ["poweroff", "-f"]],
};
const SYSRQ: Readonly<Record<PowerCommand, string>> = { reboot: "b", power_off: "o" };
const TIMEOUT_S = 30;

/** Reboots the host or powers it off, with the live-image marker only. */
export async function switchPower(
  command: PowerCommand,
  deps: { readonly liveImage: boolean; readonly run: RunCommand; readonly files: HostFiles },
): Promise<PowerOutcome> {
  if (!deps.liveImage) {
    return { kind: "refused", message: `${command} refused: not in the live image.` };
  }
  const failures: string[] = [];
  for (const [tool, ...args] of WAYS[command]) {
    const { outcome, exitCode } = await deps.run(tool, args, { timeoutS: TIMEOUT_S });
    if (outcome === "exited" && exitCode === 0) return { kind: "obeyed" };
    failures.push(
      `${[tool, ...args].join(" ")}: ${exitCode === null ? outcome : `exit code ${exitCode}`}`,
    );
  }
  if (await deps.files.writeText("/proc/sysrq-trigger", SYSRQ[command])) return { kind: "obeyed" };
  return { kind: "failed", message: `${command} failed in every way: ${failures.join("; ")}.` };
}
