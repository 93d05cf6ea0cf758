import { type HostFacts, logicalCpus } from "./facts.ts";

/** dmidecode 3.4 of the host, in the order and indentation of the real one. */
export function dmidecodeText(host: HostFacts): string {
  const { cpu } = host;
  const structures: string[] = [];
  const add = (type: number, length: number, title: string, fields: readonly string[]) => {
    const handle = structures.length.toString(16).toUpperCase().padStart(4, "0");
    structures.push(
      `Handle 0x${handle}, DMI type ${type}, ${length} bytes\n${title}\n${fields.map((field) => `\t${field}\n`).join("")}`,
    );
  };
  add(0, 26, "BIOS Information", [
    `Vendor: ${host.vendor}`,
    `Version: ${host.biosVersion}`,
    `Release Date: ${host.biosDate}`,
    "ROM Size: 32 MB",
    "Characteristics:",
    "\tPCI is supported",
    "\tUEFI is supported",
    "BIOS Revision: 2.19",
  ]);
  add(1, 27, "System Information", [
    `Manufacturer: ${host.vendor}`,
    `Product Name: ${host.product}`,
    "Version: Not Specified",
    `Serial Number: ${host.serial}`,
    `UUID: ${host.uuid}`,
    "Wake-up Type: Power Switch",
    `SKU Number: ${host.product}-DEMO`,
    "Family: Simulated",
  ]);
  add(2, 15, "Base Board Information", [
    `Manufacturer: ${host.vendor}`,
    `Product Name: ${host.board}`,
    "Version: A03",
    `Serial Number: ${host.serial}B`,
    "Asset Tag: Not Specified",
    "Type: Motherboard",
  ]);
  for (let socket = 1; socket <= cpu.sockets; socket += 1) {
    add(4, 48, "Processor Information", [
      `Socket Designation: CPU${socket}`,
      "Type: Central Processor",
      "Family: Xeon",
      "Manufacturer: Intel",
      `Version: ${cpu.model}`,
      "Voltage: 1.8 V",
      "External Clock: 100 MHz",
      `Max Speed: ${cpu.maxMHz} MHz`,
      "Status: Populated, Enabled",
      `Core Count: ${cpu.coresPerSocket}`,
      `Core Enabled: ${cpu.coresPerSocket}`,
      `Thread Count: ${cpu.coresPerSocket * cpu.threadsPerCore}`,
    ]);
  }
  add(16, 23, "Physical Memory Array", [
    "Location: System Board Or Motherboard",
    "Use: System Memory",
    "Error Correction Type: Multi-bit ECC",
    "Maximum Capacity: 2 TB",
    `Number Of Devices: ${host.dimms.length}`,
  ]);
  host.dimms.forEach((locator, index) => {
    add(17, 84, "Memory Device", [
      "Total Width: 72 bits",
      "Data Width: 64 bits",
      `Size: ${host.dimmGiB} GB`,
      "Form Factor: DIMM",
      "Set: 1",
      `Locator: ${locator}`,
      `Bank Locator: Node ${Math.floor((index * cpu.sockets) / host.dimms.length)}`,
      "Type: DDR4",
      "Type Detail: Synchronous Registered (Buffered)",
      "Speed: 2933 MT/s",
      "Manufacturer: Simulated Memory",
      `Serial Number: ${host.serial.slice(-3)}${String(index + 1).padStart(2, "0")}M`,
      `Part Number: SIM${host.dimmGiB}G2933R`,
      "Rank: 2",
      "Configured Memory Speed: 2933 MT/s",
    ]);
  });
  add(38, 18, "IPMI Device Information", [
    "Interface Type: KCS (Keyboard Control Style)",
    "Specification Version: 2.0",
    "I2C Slave Address: 0x10",
  ]);
  for (let slot = 1; slot <= host.psus; slot += 1) {
    add(39, 22, "System Power Supply", [
      `Power Unit Group: ${slot}`,
      `Location: PSU ${slot}`,
      "Name: SIM-PSU750",
      `Manufacturer: ${host.vendor}`,
      `Serial Number: ${host.serial}P${slot}`,
      "Model Part Number: SIM-PSU750",
      "Max Power Capacity: 750 W",
      "Status: Present, OK",
    ]);
  }
  const count = structures.length;
  return `# dmidecode 3.4\nGetting SMBIOS data from sysfs.\nSMBIOS 3.2.0 present.\n${count} structures occupying ${count * 96} bytes.\nTable at 0x6F3D1000.\n\n${structures.join("\n")}\n`;
}

/** `lscpu -J` with the fields of a capture: those that this host has differently are replaced, no others made up. */
export function lscpuJson(host: HostFacts, capture: string): string {
  const { cpu } = host;
  const threads = logicalCpus(cpu);
  const own: Readonly<Record<string, string>> = {
    "CPU(s):": `${threads}`,
    "On-line CPU(s) list:": `0-${threads - 1}`,
    "Vendor ID:": "GenuineIntel",
    "Model name:": cpu.model,
    "Thread(s) per core:": `${cpu.threadsPerCore}`,
    "Core(s) per socket:": `${cpu.coresPerSocket}`,
    "Socket(s):": `${cpu.sockets}`,
    "CPU max MHz:": `${cpu.maxMHz}.0000`,
  };
  const { lscpu } = JSON.parse(capture) as { lscpu: { field: string; data: string }[] };
  // The capture is of a virtual machine; what only such a one says is left out.
  const kept = lscpu.filter(({ field }) => !/^(Hypervisor|Virtualization)/.test(field));
  const named = new Set(kept.map(({ field }) => field));
  const fields = [
    ...kept.map(({ field, data }) => ({ field, data: own[field] ?? data })),
    ...Object.entries(own)
      .filter(([field]) => !named.has(field))
      .map(([field, data]) => ({ field, data })),
  ];
  return `${JSON.stringify({ lscpu: fields }, null, 3)}\n`;
}

/** `lspci -Dvmmnnk`: the devices that a stage or probe asks about. */
export function lspciText(host: HostFacts): string {
  const blocks: string[] = [];
  const add = (slot: string, lines: readonly string[]) =>
    blocks.push([`Slot:\t${slot}`, ...lines].join("\n"));
  add("0000:00:00.0", [
    "Class:\tHost bridge [0600]",
    "Vendor:\tIntel Corporation [8086]",
    "Device:\tSky Lake-E DMI3 Registers [2020]",
    "Rev:\t07",
  ]);
  add("0000:00:17.0", [
    "Class:\tSATA controller [0106]",
    "Vendor:\tIntel Corporation [8086]",
    "Device:\tC620 Series Chipset Family SATA Controller [AHCI mode] [a182]",
    "Rev:\t09",
    "ProgIf:\t01",
    "Driver:\tahci",
  ]);
  add("0000:02:00.0", [
    "Class:\tVGA compatible controller [0300]",
    "Vendor:\tASPEED Technology, Inc. [1a03]",
    "Device:\tASPEED Graphics Family [2000]",
    "Rev:\t41",
    "Driver:\tast",
  ]);
  for (const nic of host.nics) {
    add(nic.pciAddress, [
      "Class:\tEthernet controller [0200]",
      "Vendor:\tIntel Corporation [8086]",
      `Device:\t${nic.model} [159b]`,
      "Rev:\t02",
      `Driver:\t${nic.driver}`,
    ]);
  }
  for (const disk of host.disks.filter(({ transport }) => transport === "nvme")) {
    add(disk.pciAddress, [
      "Class:\tNon-Volatile memory controller [0108]",
      "Vendor:\tSimulated Disks [5e5e]",
      `Device:\t${disk.model} [0001]`,
      `PhySlot:\t${disk.slot}`,
      "Rev:\t01",
      "ProgIf:\t02",
      "Driver:\tnvme",
    ]);
  }
  return `${blocks.join("\n\n")}\n\n`;
}
