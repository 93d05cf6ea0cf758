import { stringify } from "yaml";

/** A test network of the documentation (RFC 5737): nothing is ever sent there. */
const SIMULATED_PEER = "192.0.2.254:5201";

/**
 * The vetting.yaml of the demo: the built-in rules, with stages of seconds instead of minutes, free ports and
 * loopback only. Only durations are shorter; no clock runs faster.
 * @param seconds length of one stress pass.
 */
export function demoConfig(seconds: number): string {
  const vetting = {
    lab: { address: "127.0.0.1", httpPort: 0, tftp: false, proxyDhcp: false },
    console: { port: 0 },
    reporter: { heartbeatSeconds: 2, staleAfterSeconds: 10 },
    agent: { heartbeatSeconds: 1, lostAfterSeconds: 20 },
    network: { iperfPeer: SIMULATED_PEER },
    profiles: {
      quick: profile(seconds),
      deep: profile(seconds * 2),
      soak: profile(seconds * 5),
    },
    thresholds: [
      {
        sensor: "cpu.package.temp",
        max: "sensor-critical",
        forSeconds: Math.min(3, Math.floor(seconds / 4)),
        severity: "fail",
      },
      { sensor: "disk.temp", max: "sensor-critical", forSeconds: 10, severity: "fail" },
      { sensor: "memory.edac.ue", max: 0, forSeconds: 0, severity: "fail" },
    ],
    specs: [
      {
        name: "simulated rack server",
        match: { product: "SIM-R2U" },
        expect: {
          cpuSockets: 2,
          cpuCores: 32,
          memoryGiB: 256,
          dimms: 8,
          disks: 3,
          nics: 2,
          psus: 2,
          bmc: true,
          linkSpeedMbps: 25_000,
        },
        firmware: [
          { component: "bios", version: "2.19.1" },
          { component: "nvme", version: "E2MU200" },
          { component: "nic", version: "4.40 0x8001c7d4 1.3534.0" },
        ],
      },
      {
        name: "simulated edge node",
        match: { product: "SIM-E1" },
        expect: { cpuCores: 4, memoryGiB: 4, disks: 1, nics: 1, psus: 2, bmc: true },
        firmware: [
          { component: "bios", version: "2.19.1" },
          { component: "bmc", version: "1.17" },
        ],
      },
    ],
  };
  return `# The demo's own: everything here is simulated.\n${stringify({ vetting })}`;
}

function profile(seconds: number) {
  const short = Math.max(1, Math.round(seconds / 4));
  return {
    SMART: { selfTest: "short", selfTestTimeoutSeconds: 120 },
    CPUStress: { cpuSeconds: seconds, ramSeconds: seconds, settleSeconds: 0 },
    Storage: { readSeconds: short, writeSeconds: short, badblocks: false },
    Network: { secondsPerDirection: short },
    Burn: { seconds: Math.ceil(seconds * 1.5), settleSeconds: 0 },
    // No simulated host has one; the page reckons with it until the stage says so.
    GPU: { seconds: short },
  };
}
