/** What the console tells of itself: its checks and its settings. */
import { load } from "js-yaml";
import type { DoctorResponse } from "../../../contract/console-api.ts";
import type { SettingsResponse } from "../../../contract/settings-api.ts";
import { vettingConfigSchema } from "../../../contract/vetting-config.ts";
import { at } from "./times.ts";

export const DOCTOR: DoctorResponse = {
  ok: false,
  checkedAt: at(900),
  labUrl: "http://192.0.2.10:8421",
  image: { builtAt: "2026-03-01T22:10:00.000Z", distribution: "Debian 12 (bookworm)" },
  services: [
    { id: "http", name: "Lab listener", protocol: "tcp", port: 8421, on: true },
    { id: "dhcp", name: "ProxyDHCP", protocol: "udp", port: 67, on: true },
    { id: "pxe", name: "PXE boot server", protocol: "udp", port: 4011, on: true },
    { id: "tftp", name: "TFTP", protocol: "udp", port: 69, on: true },
  ],
  version: "0.1.0",
  interfaces: [
    { name: "enp3s0", address: "192.0.2.10", mac: "52:54:00:aa:bb:cc", internal: false },
  ],
  checks: [
    {
      id: "lab-address",
      title: "Lab address",
      status: "ok",
      detail: "192.0.2.10 on enp3s0.",
      mend: null,
    },
    {
      id: "image",
      title: "Live image",
      status: "fail",
      detail: "No live image has been built; a host that netboots gets nowhere.",
      mend: "npm run image",
    },
    {
      id: "port-67",
      title: "ProxyDHCP",
      status: "warn",
      detail: "UDP port 67 could not be bound: permission denied.",
      mend: "sudo setcap cap_net_bind_service=+ep $(command -v node)",
    },
  ],
};

const SETTINGS_TEXT = `vetting:
  specs:
    - name: r640
      match: {product: "PowerEdge R640"}
    - name: storage-node
      match: {product: "SYS-6029P-TR"}
`;

/** vetting.yaml with two specs, as the settings routes tell it. */
export const SETTINGS: SettingsResponse = {
  file: "/etc/vetting/vetting.yaml",
  exists: true,
  readOnly: null,
  text: SETTINGS_TEXT,
  revision: "1",
  problems: [],
  written: { specs: [] },
  effective: vettingConfigSchema.parse(load(SETTINGS_TEXT)).vetting,
  overridden: [],
  restartNeeded: [],
};
