import type { OcpInput } from "../input.ts";
import type { HardwareInfo } from "./hardware.ts";

/** `testRunStart`: what is tested, with what, and by whom. */
export function testRunStart(input: OcpInput, hardware: readonly HardwareInfo[]): object {
  const { run, host } = input;
  const { profile, nonDestructive, start, afterPass, operator, ticket } = run;
  const request = { profile, nonDestructive, start, afterPass };
  return {
    name: "vetting",
    version: run.consoleVersion,
    // There is no program that was called: this is the request that starts such a run.
    commandLine: `POST /api/v1/hosts/${run.hostId}/runs ${JSON.stringify(request)}`,
    parameters: {
      profile,
      nonDestructive,
      spec: run.spec,
      stages: run.params,
      thresholds: run.thresholds,
    },
    dutInfo: {
      dutInfoId: `host-${host.id}`,
      name: run.hostName,
      platformInfos: [host.vendor, host.product]
        .filter((text) => text !== null)
        .map((info) => ({ info })),
      softwareInfos: softwareInfos(input),
      hardwareInfos: hardware,
      metadata: { serial: host.serial, macs: host.macs, os: host.os, simulated: host.simulated },
    },
    metadata: { runId: run.id, operator, ticket, state: run.state, verdict: run.verdict },
  };
}

export const AGENT_SOFTWARE_ID = "vetting-agent";

/** Firmware as the run found it, then console, agent and the tools that were used. */
function softwareInfos({ run, firmware }: OcpInput): object[] {
  const tools = new Map(run.stages.flatMap(({ toolVersions }) => Object.entries(toolVersions)));
  return [
    ...(firmware ?? []).map(({ component, identifier, version }, index) => ({
      softwareInfoId: `firmware-${index + 1}`,
      name: identifier === "system" ? component : `${component} ${identifier}`,
      softwareType: "FIRMWARE",
      ...(version === null ? {} : { version }),
    })),
    application("vetting-console", "vetting console", run.consoleVersion),
    ...(run.agentVersion === null
      ? []
      : [application(AGENT_SOFTWARE_ID, "vetting agent", run.agentVersion)]),
    ...[...tools]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, version]) => application(`tool-${name}`, name, version)),
  ];
}

function application(softwareInfoId: string, name: string, version: string): object {
  return { softwareInfoId, name, version, softwareType: "APPLICATION" };
}
