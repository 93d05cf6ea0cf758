import type { FaultRow } from "../fault-row.ts";
import { kernelSaysDuring, NIC, stressNgSays, when } from "./row-parts.ts";

const NIC_BLAME = { part: `NIC ${NIC}`, slot: "0000:04:00.0" };
const STATISTICS = `sys/class/net/${NIC}/statistics`;

/** NICs, and everything at once. */
export const NETWORK_BURN_FAULTS: readonly FaultRow[] = [
  {
    id: "net-other-nic",
    fault: "two NICs in one subnet: bytes left by the other one",
    how: "fake tool",
    stage: "Network",
    machine: "two-socket server",
    before: (host) =>
      // The counters stand still where they are looked for: those bytes were counted elsewhere.
      host.program("iperf3", {
        when: "--client",
        first:
          'before=$(cat "$FAKE_HOST_DIR/root/proc/net/dev"); "$fake" "$@"; echo "$before" >"$FAKE_HOST_DIR/root/proc/net/dev"',
      }),
    comes: "fail",
    says: ["the NIC counted", "the bytes left by another NIC"],
  },
  {
    id: "net-slow",
    fault: "a 10G link that carries 3 Gbit/s",
    how: "fake tool",
    stage: "Network",
    before: (host) =>
      host.alterJson("out/iperf3.json", (nics: Record<string, number>) => {
        nics[NIC] = 3000;
      }),
    comes: "fail",
    says: [`NIC ${NIC} send`, "below 70 % of its 10000 Mbit/s link"],
    blames: NIC_BLAME,
  },
  {
    id: "net-marginal",
    fault: "a 10G link barely above the floor of 7 Gbit/s",
    how: "fake tool",
    stage: "Network",
    before: (host) =>
      host.alterJson("out/iperf3.json", (nics: Record<string, number>) => {
        nics[NIC] = 7600;
      }),
    comes: "marginal",
    says: [`${NIC} is`, "marginal: 2.2 % inside"],
  },
  {
    id: "net-busy",
    fault: "iperf3 stays busy",
    how: "fake tool",
    stage: "Network",
    before: (host) =>
      host.program("iperf3", {
        when: "--client",
        stdout: `${JSON.stringify({ start: { connected: [], version: "iperf 3.12" }, intervals: [], end: {}, error: "the server is busy running a test. try again later" })}\n`,
      }),
    comes: "error",
    says: [`NIC ${NIC}: the iperf3 server stayed busy`],
  },
  {
    id: "net-refused",
    fault: "iperf3 finds nobody at the other end and exits 0",
    how: "fake tool",
    stage: "Network",
    before: (host) =>
      host.program("iperf3", {
        when: "--client",
        stdout: `${JSON.stringify({ start: { connected: [], version: "iperf 3.12" }, intervals: [], end: {}, error: "unable to connect to server: Connection refused" })}\n`,
      }),
    comes: "error",
    says: ["Connection refused"],
  },
  {
    id: "net-crc",
    fault: "CRC errors on the wire: cable or transceiver",
    how: "fake sysfs",
    stage: "Network",
    during: when("Network", "iperf3", (host) => host.kernelFile(`${STATISTICS}/rx_crc_errors`, 41)),
    comes: "fail",
    says: [`NIC ${NIC} counted errors on the wire: rx_crc_errors +41`],
    blames: NIC_BLAME,
  },
  {
    id: "net-flaps",
    fault: "the link goes down and up again under load",
    how: "fake sysfs",
    stage: "Network",
    during: when("Network", "iperf3", (host) =>
      host.kernelFile(`sys/class/net/${NIC}/carrier_changes`, 4),
    ),
    comes: "fail",
    says: ["carrier_changes +2"],
    blames: NIC_BLAME,
  },
  {
    id: "net-missed",
    fault: "the host was too slow for its NIC and missed packets",
    how: "fake sysfs",
    stage: "Network",
    during: when("Network", "iperf3", (host) =>
      host.kernelFile(`${STATISTICS}/rx_missed_errors`, 9),
    ),
    comes: "warning",
    says: [`NIC ${NIC} counted rx_missed_errors +9`],
  },
  {
    id: "net-no-link",
    fault: "no cable in the second port",
    how: "fake tool",
    stage: "Network",
    machine: "two-socket server",
    before: (host) => {
      host.alter("out/ethtool/ens3f1np1.txt", (text) =>
        text.replace("Link detected: yes", "Link detected: no"),
      );
      host.kernelFile("sys/class/net/ens3f1np1/carrier", 0);
    },
    comes: "gap",
    says: ["NIC ens3f1np1: It has no link"],
  },
  {
    id: "burn-disk-dies",
    fault: "a disk dies in the middle of the burn",
    how: "fake tool",
    stage: "Burn",
    during: when("Burn", "fio", (host) =>
      host.program("fio", {
        seconds: 1,
        exit: 1,
        first: '"$fake" "$@" | sed \'s/"error": 0/"error": 5/\'',
        stderr:
          "fio: io_u error on file /dev/nvme0n1: Input/output error: read offset=0, buflen=4096\n",
      }),
    ),
    comes: "fail",
    says: ["disks (nvme0n1) failed", "into the burn", "error 5"],
    blames: { part: "disk nvme0n1", slot: "PCI slot 1" },
  },
  {
    id: "burn-cpu-dies",
    fault: "stress-ng loses its workers in the burn",
    how: "fake tool",
    stage: "Burn",
    during: when("Burn", "stress-ng", (host) =>
      host.program("stress-ng", {
        when: "--cpu",
        seconds: 1,
        exit: 2,
        stderr: stressNgSays("cpu", 900, 1, ["error: [7002] cpu: 3 stressors killed by signal 9"]),
      }),
    ),
    comes: "fail",
    says: ["cpu failed", "into the burn", "killed by signal 9"],
  },
  {
    id: "burn-aer",
    fault: "AER uncorrected: a PCIe device loses its link in the burn",
    how: "kernel log",
    stage: "Burn",
    during: kernelSaysDuring(
      "Burn",
      "stress-ng",
      "nvme 0000:5e:00.0: PCIe Bus Error: severity=Uncorrected (Fatal), type=Transaction Layer, (Requester ID)",
    ),
    comes: "fail",
    says: ["reported a PCIe error", "0000:5e:00.0", "Uncorrected (Fatal)"],
    blames: { part: "PCIe device", slot: "0000:5e:00.0" },
  },
  {
    id: "burn-aer-corrected",
    fault: "AER corrected: the link repaired itself",
    how: "kernel log",
    stage: "Burn",
    during: kernelSaysDuring(
      "Burn",
      "stress-ng",
      "ixgbe 0000:04:00.0: PCIe Bus Error: severity=Corrected, type=Physical Layer, (Receiver ID)",
    ),
    comes: "warning",
    says: ["reported a PCIe error", "severity=Corrected"],
  },
];
