import { expect } from "vitest";
import { type DoctorCheck, doctorResponseSchema } from "../../../contract/console-api.ts";
import { vettingConfigSchema } from "../../../contract/vetting-config.ts";
import type { BootFilesReport } from "../../../server/boot-files.ts";
import { type DoctorDeps, runDoctor } from "../../../server/doctor/doctor.ts";
import type { LabInterface } from "../../../server/lab/interfaces.ts";

export const MIB = 1024 * 1024;
export const LAB_ADDRESS = "10.20.0.1";

export const ETH1: LabInterface = {
  name: "eth1",
  address: LAB_ADDRESS,
  mac: "52:54:00:12:34:56",
  internal: false,
  netmask: "255.255.255.0",
  link: "up",
  speedMbps: 10_000,
  wireless: false,
  dynamic: false,
};
export const LO: LabInterface = {
  name: "lo",
  address: "127.0.0.1",
  mac: "00:00:00:00:00:00",
  internal: true,
};

export const WHOLE_IMAGE: BootFilesReport = {
  kind: "checked",
  manifest: {
    builtAt: "2026-11-01T10:00:00.000Z",
    distribution: "Debian 12 (bookworm)",
    files: ["vmlinuz", "initrd.img", "filesystem.squashfs", "undionly.kpxe", "snponly.efi"].map(
      (path) => ({ path, bytes: 10 * MIB, sha256: "a".repeat(64) }),
    ),
  },
  problems: [],
};

/** Facts of a machine and a console where nothing is in the way. */
export function healthy(config: Record<string, unknown> = {}): DoctorDeps {
  const { lab, ...rest } = config as { lab?: object };
  const vetting = { lab: { address: LAB_ADDRESS, ...lab }, ...rest };
  return {
    platform: "linux",
    config: vettingConfigSchema.parse({ vetting }).vetting,
    dataDir: "/var/lib/vetting",
    labUrl: () => `http://${LAB_ADDRESS}:8421`,
    interfaces: () => [ETH1, LO],
    bindError: async () => null,
    ownersOfPort: async () => [],
    privilege: () => ({
      ...{ platform: "linux", mayBindLowPorts: true, unprivilegedPortStart: 1024, unit: null },
    }),
    firewall: async () => ({ kind: "linux", manager: null, ruleset: null, zone: null }),
    clock: async () => ({
      ...{ platform: "linux", now: new Date("2026-11-24T10:00:00Z"), synchronized: true },
    }),
    wire: async () => ({
      kind: "listened",
      servers: [
        {
          address: "10.20.0.254",
          role: "dhcp",
          offers: [
            {
              client: "plain",
              address: "10.20.0.150",
              ...{ bootFile: null, nextServer: null, vendorClass: null },
            },
          ],
        },
      ],
      tftp: [],
    }),
    freeDiskBytes: () => 5000 * MIB,
    iperf3: () => "/usr/bin/iperf3",
    ownPorts: () => ({ lab: 8421, dhcp: 67, pxe: 4011, tftp: 69 }),
    otherConsole: () => null,
    bootFiles: async () => WHOLE_IMAGE,
    agentBuilt: () => true,
    consoleVersion: "0.1.0",
    patienceMs: 500,
  };
}

export interface Setting {
  readonly config?: Record<string, unknown>;
  readonly deps?: Partial<DoctorDeps>;
}

/** A console in good health, but for what is given. */
export async function doctorOf({ config, deps }: Setting = {}) {
  const response = await runDoctor({ ...healthy(config), ...deps });
  expect(() => doctorResponseSchema.parse(response)).not.toThrow();
  return response;
}

/** One row of it. */
export async function check(id: string, setting?: Setting): Promise<DoctorCheck> {
  const { checks } = await doctorOf(setting);
  const row = checks.find((it) => it.id === id);
  if (row === undefined) throw new Error(`There is no check ${id}.`);
  return row;
}
