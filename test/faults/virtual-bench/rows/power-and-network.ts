import type { VirtualRow } from "../rig/virtual-row.ts";

export const LINK_LOST: VirtualRow = {
  id: "link-lost",
  fault: "A cable comes loose in the middle of a transfer",
  how: "QMP set_link while iperf3 runs over that port",
  stage: "Network",
  comes: "fail",
  words: /lost its link during the test: (carrier_changes \+\d|there is none now)/,
  part: /^NIC \S+ \S+ 52:54:00:77:01/,
};

export const RAIL_SAGS: VirtualRow = {
  id: "rail-out-of-range",
  fault: "The 12 V rail sags under load",
  how: "Set Sensor Reading on QEMU's simulated BMC",
  stage: "PSU",
  comes: "fail",
  words: /P12V is 11 V, outside 11\.4 to 12\.6 V/,
  part: /^power rail P12V/,
};

export const SUPPLY_FAILED: VirtualRow = {
  id: "supply-failed",
  fault: "A power supply fails during the burn, and the BMC logs it",
  how: "a platform event in the simulated BMC while everything is under load",
  stage: "PSU",
  comes: "fail",
  words: /The BMC logged since the burn began: .*Failure detected/,
};
