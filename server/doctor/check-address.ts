import type { DoctorCheck } from "../../contract/console-api.ts";
import type { DoctorDeps } from "./doctor-deps.ts";

/** The lab address is set and lies on an interface of this machine. */
export function checkAddress({
  config,
  interfaces,
}: Pick<DoctorDeps, "config" | "interfaces">): DoctorCheck {
  const check = { id: "address", title: "Lab address" };
  const { address } = config.lab;
  const here = interfaces();
  const outside = here.filter(({ internal }) => !internal);
  const choices = outside.map((it) => `${it.address} (${it.name})`).join(", ");
  const example = outside[0]?.address ?? "IP";
  const mend = `npm start -- --lab-address ${example}`;
  if (address === null) {
    const detail = `No lab address is set, so no host can reach this console. Addresses of this machine: ${choices || "none but loopback"}.`;
    return { ...check, status: "fail", detail, mend };
  }
  const owner = here.find((it) => it.address === address);
  if (owner === undefined) {
    const detail = `The lab address ${address} is on no interface of this machine. Its addresses: ${choices || "none but loopback"}.`;
    return { ...check, status: "fail", detail, mend };
  }
  if (owner.internal) {
    const detail = `The lab address ${address} is this machine's own loopback: no other machine can reach it.`;
    return { ...check, status: "warn", detail, mend };
  }
  return { ...check, status: "ok", detail: `${address} on ${owner.name}.`, mend: null };
}
