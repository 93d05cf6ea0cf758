import { z } from "zod";
import { askPowerShell, type RunTool, runTool } from "./run-tool.ts";
import { ownersOfPort, type SocketOwner } from "./socket-table.ts";

export type Protocol = "tcp" | "udp";

/** Who has a port now, on every system; empty when nobody has it or this user may not see. */
export type PortOwners = (protocol: Protocol, port: number) => Promise<readonly SocketOwner[]>;

export function createPortOwners(
  platform: NodeJS.Platform = process.platform,
  run: RunTool = runTool,
): PortOwners {
  if (platform === "linux") return async (protocol, port) => ownersOfPort(protocol, port);
  if (platform === "win32") return (protocol, port) => windowsOwners(protocol, port, run);
  return async (protocol, port) => {
    const state = protocol === "tcp" ? ["-sTCP:LISTEN"] : [];
    const args = ["-nP", `-i${protocol.toUpperCase()}:${port}`, ...state, "-Fpc"];
    return parseLsof((await run("lsof", args)) ?? "");
  };
}

/** Reads `lsof -Fpc`: a line `p` with the process, then a line `c` with its name [lsof(8)]. */
export function parseLsof(text: string): SocketOwner[] {
  return [...text.matchAll(/^p(\d+)\nc(.*)$/gm)].map(([, pid, name = ""]) => ({
    pid: Number(pid),
    name,
  }));
}

const windowsOwner = z.object({ Id: z.int(), ProcessName: z.string() });
const windowsOwnersSchema = z.union([z.array(windowsOwner), windowsOwner]);

async function windowsOwners(
  protocol: Protocol,
  port: number,
  run: RunTool,
): Promise<SocketOwner[]> {
  const endpoints =
    protocol === "udp"
      ? `Get-NetUDPEndpoint -LocalPort ${port}`
      : `Get-NetTCPConnection -State Listen -LocalPort ${port}`;
  const script = `@(Get-Process -Id (${endpoints}).OwningProcess | Select-Object Id,ProcessName)`;
  const told = windowsOwnersSchema.safeParse(await askPowerShell(script, run));
  if (!told.success) return [];
  return [told.data].flat().map(({ Id, ProcessName }) => ({ pid: Id, name: ProcessName }));
}
