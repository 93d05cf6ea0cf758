import type { DoctorCheck } from "../../contract/console-api.ts";
import { inSubnet } from "../netboot/ipv4.ts";
import type { DoctorDeps } from "./doctor-deps.ts";

/** A mask that leaves room for no neighbour. */
const ALONE = "255.255.255.255";

/** The interface behind the lab address: has it a link, is it a cable, is it the only way into its subnet? */
export async function checkInterface({
  config,
  interfaces,
  platform,
}: Pick<DoctorDeps, "config" | "interfaces" | "platform">): Promise<DoctorCheck> {
  const check = { id: "interface", title: "Lab interface" };
  const here = await interfaces();
  const lab = here.find((it) => it.address === config.lab.address);
  if (lab === undefined) {
    const detail = "Without a lab address on this machine there is no lab interface to look at.";
    return { ...check, status: "warn", detail, mend: null };
  }
  const { name, address, netmask } = lab;
  if (lab.internal) {
    return { ...check, status: "ok", detail: `${name} is loopback and has no cable.`, mend: null };
  }
  if (lab.link === "down") {
    const detail = `${name} has no link: the cable is out, or what it leads to is off.`;
    const mend =
      platform === "linux" ? `sudo ip link set ${name} up && ip link show ${name}` : null;
    return { ...check, status: "fail", detail, mend };
  }
  if (lab.wireless === true) {
    const detail = `${name} is Wi-Fi. Broadcasts get lost on it, access points often keep clients apart, and a host with a cable may be in another network. Use an interface with a cable.`;
    const wired = here.find((it) => !it.internal && it.wireless === false && it.link !== "down");
    const mend = wired === undefined ? null : `npm start -- --lab-address ${wired.address}`;
    return { ...check, status: "warn", detail, mend };
  }
  if (netmask === ALONE) {
    const detail = `${address} on ${name} has the netmask ${ALONE}: no host is its neighbour.`;
    const mend = platform === "linux" ? `sudo ip addr replace ${address}/24 dev ${name}` : null;
    return { ...check, status: "fail", detail, mend };
  }
  const twin = here.find(
    (it) =>
      it.name !== name &&
      !it.internal &&
      it.link !== "down" &&
      netmask !== undefined &&
      inSubnet(it.address, { address, netmask }),
  );
  if (twin !== undefined) {
    const detail = `${twin.name} (${twin.address}) lies in the same subnet as ${name} (${address}): answers to hosts may leave by the wrong interface. Keep only one of them in that subnet.`;
    const mend = platform === "linux" ? `sudo ip link set ${twin.name} down` : null;
    return { ...check, status: "warn", detail, mend };
  }
  const link = lab.link === "up" ? " has a link" : " is there";
  const speed = lab.speedMbps === undefined ? "" : ` at ${speedOf(lab.speedMbps)}`;
  const mask = netmask === undefined ? "" : `, netmask ${netmask}`;
  return { ...check, status: "ok", detail: `${name}${link}${speed}${mask}.`, mend: null };
}

function speedOf(mbps: number): string {
  return mbps >= 1000 ? `${mbps / 1000} Gbit/s` : `${mbps} Mbit/s`;
}
