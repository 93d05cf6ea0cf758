/** A host as the console tells it. */
import type { HostSummary } from "../../../contract/console-api.ts";
import { at } from "./times.ts";

export function host(changes: Partial<HostSummary> = {}): HostSummary {
  return {
    id: 1,
    name: "orion",
    macs: ["52:54:00:12:34:56"],
    vendor: "Dell Inc.",
    product: "PowerEdge R640",
    serial: "7XK2P33",
    os: "Debian GNU/Linux 12",
    spec: "r640",
    notes: "",
    lastSeen: at(1284),
    online: true,
    secureBoot: "disabled",
    netbootMethod: "efibootmgr",
    netbootNote: null,
    run: null,
    boot: null,
    simulated: false,
    ...changes,
  };
}
