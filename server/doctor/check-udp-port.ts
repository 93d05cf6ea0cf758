import type { DoctorCheck } from "../../contract/console-api.ts";
import type { DoctorDeps } from "./doctor-deps.ts";
import { inTheWay } from "./in-the-way.ts";
import { isConsole, portHolder } from "./port-holder.ts";
import { servicesOf, type UdpServiceKey } from "./services.ts";

const TITLES: Readonly<Record<UdpServiceKey, string>> = {
  dhcp: "ProxyDHCP port (UDP)",
  pxe: "PXE boot server port (UDP)",
  tftp: "TFTP port (UDP)",
};

type UdpPortDeps = Pick<
  DoctorDeps,
  "config" | "platform" | "ownPorts" | "otherConsole" | "bindError" | "ownersOfPort" | "privilege"
>;

/** A UDP service of the console has its port, or could have it. */
export function checkUdpPort(key: UdpServiceKey): (deps: UdpPortDeps) => Promise<DoctorCheck> {
  const check = { id: `port-udp-${key}`, title: TITLES[key] };
  return async ({
    config,
    platform,
    ownPorts,
    otherConsole,
    bindError,
    ownersOfPort,
    privilege,
  }) => {
    const ok = (detail: string): DoctorCheck => ({ ...check, status: "ok", detail, mend: null });
    const service = servicesOf(config).find((it) => it.key === key);
    if (service === undefined || !service.on) return ok("Switched off in the configuration.");
    const { port, name, shared, option, without } = service;
    const own = ownPorts();
    const bound = own?.[key] ?? null;
    if (bound !== null) return ok(`The console listens on UDP ${bound}.`);

    const address = shared ? ANY : (config.lab.address ?? ANY);
    // As the service does it: elsewhere two sockets on one port need no permission.
    const place = {
      protocol: "udp",
      port,
      address,
      shared: shared && platform === "linux",
    } as const;
    const tried = await bindError(place);
    // A port of 0 is nobody's.
    const owners = port === 0 ? [] : await ownersOfPort("udp", port);
    const other = otherConsole();
    if (owners.some(({ pid }) => pid === other)) {
      return ok(`The running console (process ${other}) listens on UDP ${port}.`);
    }
    // Another console shares the port with everybody but its like: both would answer the same hosts.
    const rival = owners.some(({ pid, ...it }) => pid !== process.pid && isConsole(it));
    const code = tried ?? (rival ? "EADDRINUSE" : null);
    if (code !== null) {
      const { detail, mend } = inTheWay(place, code, option, owners, privilege());
      return { ...check, status: "fail", detail: `${detail} Until then ${without}.`, mend };
    }
    if (own !== null && config.lab.address !== null) {
      const detail = `UDP ${port} is free now, but it was not when the console started, so ${name} does not run and ${without}. Restart the console.`;
      return { ...check, status: "warn", detail, mend: "npm start" };
    }
    if (port === 0) return ok("A free UDP port would be taken.");
    const [sharer] = shared ? owners : [];
    if (sharer === undefined) return ok(`UDP ${port} can be bound.`);
    const { who } = portHolder(sharer, "udp", port);
    return ok(`UDP ${port} can be bound, and is shared with ${who}.`);
  };
}

const ANY = "0.0.0.0";
