import type { TestTool } from "../../../build/test-tools.ts";
import { OVMF_CODE, OVMF_VARS } from "./firmware.ts";

/** What the lab is made of, beside what the image build wants; a file stands for a package without a command. */
export const LAB_TOOLS: readonly TestTool[] = [
  { command: "qemu-system-x86_64", debianPackage: "qemu-system-x86" },
  { command: "dnsmasq", debianPackage: "dnsmasq-base" },
  { command: "tcpdump", debianPackage: "tcpdump" },
  { command: "ip", debianPackage: "iproute2" },
  { command: "iperf3", debianPackage: "iperf3" },
  { command: "mformat", debianPackage: "mtools" },
  { command: "ssh", debianPackage: "openssh-client" },
];

export const LAB_FILES: readonly { readonly file: string; readonly debianPackage: string }[] = [
  { file: OVMF_CODE, debianPackage: "ovmf" },
  { file: OVMF_VARS, debianPackage: "ovmf" },
  // The ROMs of QEMU's NICs are iPXE.
  { file: "/usr/lib/ipxe/qemu/efi-virtio.rom", debianPackage: "ipxe-qemu" },
];

/** What is missing: commands and files in one list, as `planTools` takes it. */
export function missingLabTools(
  hasCommand: (command: string) => boolean,
  hasFile: (file: string) => boolean,
): TestTool[] {
  return [
    ...LAB_TOOLS.filter(({ command }) => !hasCommand(command)),
    ...LAB_FILES.filter(({ file }) => !hasFile(file)).map(({ file, debianPackage }) => ({
      command: file,
      debianPackage,
    })),
  ];
}
