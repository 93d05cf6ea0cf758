import type { VirtualRow } from "../rig/virtual-row.ts";

// A machine that is not what was ordered. Its parts are as QEMU was told to make them; the specification asks for more.

/** The host as it was ordered. */
export const ORDERED = {
  name: "as ordered",
  match: { product: "Netboot Bench" },
  expect: {
    cpuSockets: 2,
    memoryGiB: 4,
    dimms: 2,
    disks: 3,
    nics: 3,
    bmc: true,
    linkSpeedMbps: 10_000,
  },
  firmware: [
    { component: "bios", version: "2.19.1" },
    { component: "nvme", version: "GDC7302Q" },
  ],
};

/** What its SMBIOS tables say instead: an older BIOS, and one module with its label. */
export const DELIVERED_SMBIOS = [
  "type=0,vendor=Vetting,version=2.10.0,date=03/01/2021",
  "type=17,loc_pfx=DIMM_A,manufacturer=Vetting,serial=D1MM0001,part=4GB",
];

export const SPECIFICATION_ROWS: readonly VirtualRow[] = [
  {
    id: "bios-version",
    fault: "The BIOS is older than the one that was agreed on",
    how: "-smbios type=0 with another version than the pin",
    stage: "SpecValidate",
    comes: "fail",
    words: /firmware of bios: expected 2\.19\.1, found 2\.10\.0\./,
    part: /^bios firmware/,
  },
  {
    id: "drive-firmware",
    fault: "A drive has another firmware than the fleet",
    how: "QEMU's NVMe drive against a pin for all drives",
    stage: "SpecValidate",
    comes: "fail",
    words: /firmware of nvme \S+: expected GDC7302Q, found \S+\./,
    part: /^nvme firmware \S+/,
  },
  {
    id: "dimm-missing",
    fault: "A memory module is missing, or dead and not seen by the firmware",
    how: "one module in SMBIOS, by its label, where two were ordered",
    stage: "SpecValidate",
    comes: "fail",
    words: /memory modules: expected 2, found 1 \(DIMM_A\S* ?\d?\)\./,
    part: /^missing memory modules \(1\)/,
  },
  {
    id: "memory-short",
    fault: "The machine has half the memory that was paid for",
    how: "-m 2048 where 4 GiB were ordered",
    stage: "SpecValidate",
    comes: "fail",
    words: /memory: expected 4 GiB, found 2 GiB/,
    part: /^missing memory \(2 GiB\)/,
  },
  {
    id: "disk-missing",
    fault: "A disk is missing: not plugged in, or so dead that it does not appear",
    how: "two disks where three were ordered",
    stage: "SpecValidate",
    comes: "fail",
    words: /disks: expected 3, found 2 \(\S+, \S+\)\./,
    part: /^missing disks \(1\)/,
  },
  {
    id: "nic-missing",
    fault: "A network card is missing",
    how: "two ports where three were ordered",
    stage: "SpecValidate",
    comes: "fail",
    words: /network ports: expected 3, found 2 \(\S+, \S+\)\./,
    part: /^missing network ports \(1\)/,
  },
  {
    id: "cpu-missing",
    fault: "The second processor is missing or not recognised",
    how: "one socket where two were ordered",
    stage: "SpecValidate",
    comes: "fail",
    words: /CPU sockets: expected 2, found 1\./,
    part: /^missing CPU sockets \(1\)/,
  },
  {
    id: "bmc-missing",
    fault: "The BMC does not answer: dead, or its driver finds none",
    how: "a machine without an IPMI device",
    stage: "SpecValidate",
    comes: "fail",
    words: /BMC: expected a BMC, found no BMC\./,
    part: /^missing BMC/,
  },
  {
    id: "link-slow",
    fault: "A link negotiated a tenth of its speed: bad cable or wrong port",
    how: "an e1000e at 1 Gbit/s where 10 Gbit/s were ordered",
    stage: "SpecValidate",
    comes: "fail",
    words: /link speed of \S+: expected at least 10000 Mbit\/s, found 1000 Mbit\/s\./,
    part: /^network port \S+ \S+ 52:54:00:77:01/,
  },
];
