import type { FilePackage, TestTool } from "../../../build/test-tools.ts";
import { OVMF_CODE, OVMF_VARS } from "./firmware.ts";

/** What the lab is made of, beside what the image build wants. */
export const LAB_TOOLS: readonly TestTool[] = [
  { command: "qemu-system-x86_64", debianPackage: "qemu-system-x86" },
  { command: "dnsmasq", debianPackage: "dnsmasq-base" },
  { command: "tcpdump", debianPackage: "tcpdump" },
  { command: "ip", debianPackage: "iproute2" },
  { command: "iperf3", debianPackage: "iperf3" },
  { command: "mformat", debianPackage: "mtools" },
  { command: "ssh", debianPackage: "openssh-client" },
];

export const LAB_FILES: readonly FilePackage[] = [
  { file: OVMF_CODE, debianPackage: "ovmf" },
  { file: OVMF_VARS, debianPackage: "ovmf" },
  // The ROMs of QEMU's NICs are iPXE.
  { file: "/usr/lib/ipxe/qemu/efi-virtio.rom", debianPackage: "ipxe-qemu" },
];
