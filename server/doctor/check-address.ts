import type { DoctorCheck } from "../../contract/console-api.ts";
import type { DoctorDeps } from "./doctor-deps.ts";

/** The lab address is set, lies on an interface of this machine, and stays. */
export async function checkAddress({
  config,
  interfaces,
}: Pick<DoctorDeps, "config" | "interfaces">): Promise<DoctorCheck> {
  const check = { id: "address", title: "Lab address" };
  const { address } = config.lab;
  const here = await interfaces();
  const outside = here.filter(({ internal }) => !internal);
  const choices = outside.map((it) => `${it.address} (${it.name})`).join(", ");
  // One that has a cable is the likelier one.
  const example = outside.find(({ link }) => link !== "down") ?? outside[0];
  const mend = `npm start -- --lab-address ${example?.address ?? "IP"}`;
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
  if (owner.dynamic === true) {
    const detail = `${address} on ${owner.name} was leased by a DHCP server and may change. Every host that is enrolled would then look for the console at an address that is no longer its own.`;
    return {
      ...check,
      status: "warn",
      detail,
      mend: `Reserve ${address} for ${owner.mac} in the DHCP server, or give ${owner.name} a fixed address`,
    };
  }
  const fixed = owner.dynamic === false ? ", a fixed address" : "";
  return { ...check, status: "ok", detail: `${address} on ${owner.name}${fixed}.`, mend: null };
}
