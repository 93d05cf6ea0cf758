import { stringify } from "yaml";
import { SPECS } from "./machines.ts";

/** A test network of the documentation (RFC 5737): nothing is ever sent there. */
const NOBODY = "192.0.2.254:5201";

/** One stress pass of the lab, in seconds. */
const PASS_S = 1;
/** Long enough that a pass which ends after a second is short by more than the tolerance. */
const LONG_PASS_S = 6;

/** The vetting.yaml of the lab: the built-in rules with passes of a second, free ports and loopback only. */
export function labConfig(runs: number): string {
  const vetting = {
    lab: { address: "127.0.0.1", httpPort: 0, tftp: false, proxyDhcp: false },
    console: { port: 0 },
    reporter: { heartbeatSeconds: 30, staleAfterSeconds: 600 },
    agent: { heartbeatSeconds: 1, lostAfterSeconds: 60, sshKeys: [LAB_KEY] },
    dispatcher: { maxConcurrentRuns: runs },
    network: { iperfPeer: NOBODY },
    profiles: { quick: profile(PASS_S), deep: profile(LONG_PASS_S), soak: impatient },
    thresholds: [
      { sensor: "cpu.package.temp", max: "sensor-critical", forSeconds: 2, severity: "fail" },
      { sensor: "disk.temp", max: "sensor-critical", forSeconds: 1, severity: "fail" },
      { sensor: "memory.edac.ue", max: 0, forSeconds: 0, severity: "fail" },
      { sensor: "fan", min: 500, max: 20_000, forSeconds: 0, severity: "fail", stages: ["Burn"] },
      // Longer than any stage of the lab: only a clock that jumps could make a breach of it.
      { sensor: "fan", max: 1, forSeconds: 1800, severity: "fail" },
      { sensor: "cpu.clock", min: 1000, forSeconds: 0, severity: "warn" },
    ],
    specs: SPECS,
  };
  return stringify({ vetting });
}

/** For a drive whose self-test never ends. */
const impatient = { ...profile(PASS_S), SMART: { selfTest: "short", selfTestTimeoutSeconds: 3 } };

const LAB_KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFaultLabFaultLabFaultLabFaultLabFaultLab0 fault-lab";

function profile(seconds: number) {
  return {
    SMART: { selfTest: "short", selfTestTimeoutSeconds: 90 },
    CPUStress: { cpuSeconds: seconds, ramSeconds: seconds, settleSeconds: 0 },
    Storage: { readSeconds: seconds, writeSeconds: seconds, badblocks: true },
    Network: { secondsPerDirection: seconds },
    Burn: { seconds, settleSeconds: 0 },
    GPU: { seconds },
  };
}
