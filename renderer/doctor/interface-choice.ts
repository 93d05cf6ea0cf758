import type { DoctorResponse } from "../../contract/console-api.ts";
import { formatQuantity } from "../../contract/wording/format.ts";

export type Interface = DoctorResponse["interfaces"][number];

/** Made by software on this machine: no cable leads out of it. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|tun|tap|wg|lxc|cni|podman|tailscale|zt)/i;

/** How well an interface serves as the lab's; the greatest first. */
function fitness(it: Interface): number {
  return (
    (it.internal ? -1000 : 0) +
    (it.link === "down" ? -200 : 0) +
    (VIRTUAL.test(it.name) ? -100 : 0) +
    (it.wireless === true ? -50 : 0) +
    (it.dynamic === true ? -20 : 0) +
    Math.min(10, (it.speedMbps ?? 0) / 10_000)
  );
}

/** The likeliest lab interface first; equals keep the system's order. */
export function byFitness(interfaces: readonly Interface[]): Interface[] {
  return interfaces.toSorted((a, b) => fitness(b) - fitness(a));
}

/** What is in hand for it and what is against it, each in a few words. */
export function factsOf(it: Interface): { readonly good: string[]; readonly against: string[] } {
  const good: string[] = [];
  const against: string[] = [];
  if (it.internal) against.push("this machine only: no host can reach it");
  if (!it.internal && it.link === "up") {
    const speed =
      it.speedMbps === undefined ? "" : ` at ${formatQuantity(it.speedMbps * 1e6, "bit/s")}`;
    good.push(it.wireless === true ? `connected${speed}` : `cable connected${speed}`);
  }
  if (it.link === "down") against.push("no link: the cable is out, or its far end is off");
  if (it.wireless === true) against.push("Wi-Fi: broadcasts get lost on it");
  if (!it.internal && VIRTUAL.test(it.name)) against.push("made by software: no cable leads out");
  if (it.dynamic === false && !it.internal) good.push("fixed address");
  if (it.dynamic === true) {
    against.push("leased address: when it changes, every enrolled host loses the console");
  }
  return { good, against };
}

/** 255.255.255.0 → 24; null for what is no mask. */
export function prefixLength(netmask: string | undefined): number | null {
  if (netmask === undefined) return null;
  const bits = netmask
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("");
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.replaceAll("0", "").length : null;
}
