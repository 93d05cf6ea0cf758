import type { DoctorCheck } from "../../contract/console-api.ts";
import type { DoctorDeps } from "./doctor-deps.ts";

/** The Network stage needs a far end: the lab's own server, or an iperf3 that the console can run. */
export function checkIperf({ config, iperf3 }: Pick<DoctorDeps, "config" | "iperf3">): DoctorCheck {
  const check = { id: "iperf3", title: "Network test peer" };
  const { iperfPeer, iperfPort } = config.network;
  if (iperfPeer !== null) {
    const detail = `Hosts test against ${iperfPeer}, which the configuration names.`;
    return { ...check, status: "ok", detail, mend: null };
  }
  const program = iperf3();
  if (program !== null) {
    const ports = iperfPort === 0 ? "a free port" : `TCP ${iperfPort} and up`;
    const detail = `The console runs ${program} for each run, on ${ports}.`;
    return { ...check, status: "ok", detail, mend: null };
  }
  const detail =
    "iperf3 is not installed and network.iperfPeer names no other: the Network stage has no far end and cannot pass.";
  return { ...check, status: "warn", detail, mend: INSTALL[process.platform] ?? null };
}

/** For a Debian-like Linux where nothing else is known of the system. */
const INSTALL: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "brew install iperf3",
  win32: "winget install iperf3",
  linux: "sudo apt install iperf3",
};
