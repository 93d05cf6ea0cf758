import type { DoctorCheck } from "../../contract/console-api.ts";
import type { DoctorDeps } from "./doctor-deps.ts";
import { inTheWay } from "./in-the-way.ts";

/** The port on which hosts reach the console. */
export async function checkLabPort({
  config,
  ownPorts,
  otherConsole,
  bindError,
  ownersOfPort,
  privilege,
}: Pick<
  DoctorDeps,
  "config" | "ownPorts" | "otherConsole" | "bindError" | "ownersOfPort" | "privilege"
>): Promise<DoctorCheck> {
  const check = { id: "port-tcp-lab", title: "Lab port (TCP)" };
  const { address, httpPort } = config.lab;
  const own = ownPorts();
  if (own !== null && own.lab !== null) {
    return { ...check, status: "ok", detail: `The console listens on TCP ${own.lab}.`, mend: null };
  }
  if (address === null) {
    const detail = "Without a lab address the console does not listen for hosts.";
    return { ...check, status: "warn", detail, mend: null };
  }
  const place = { protocol: "tcp", port: httpPort, address } as const;
  const code = await bindError(place);
  if (code === null && own === null) {
    const free =
      httpPort === 0
        ? "A free TCP port would be taken."
        : `TCP ${httpPort} on ${address} can be bound.`;
    return { ...check, status: "ok", detail: free, mend: null };
  }
  if (code === null) {
    const detail = `TCP ${httpPort} on ${address} is free, but the console does not listen on it: restart it.`;
    return { ...check, status: "warn", detail, mend: "npm start" };
  }
  const owners = await ownersOfPort("tcp", httpPort);
  const other = otherConsole();
  if (owners.some(({ pid }) => pid === other)) {
    const detail = `The running console (process ${other}) listens on TCP ${httpPort}.`;
    return { ...check, status: "ok", detail, mend: null };
  }
  return { ...check, status: "fail", ...inTheWay(place, code, "--lab-port", owners, privilege()) };
}
