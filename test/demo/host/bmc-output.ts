import type { HostFacts } from "./facts.ts";

/** What the BMC measures now. */
export interface BmcReadings {
  readonly cpuTempsC: readonly number[];
  readonly inletTempC: number;
  readonly fanRpm: number;
  readonly powerW: number;
}

interface Sensor {
  readonly name: string;
  readonly id: string;
  readonly entity: string;
  readonly value: number;
  readonly unit: string;
  /** Lower critical, lower non-critical, upper non-critical, upper critical. */
  readonly limits: readonly (number | null)[];
  readonly digits: number;
}

function sensorsOf(host: HostFacts, now: BmcReadings): Sensor[] {
  const rail = (name: string, id: string, value: number, nominal: number): Sensor => ({
    name,
    id,
    entity: "7.1",
    value,
    unit: "Volts",
    limits: [nominal * 0.93, nominal * 0.95, nominal * 1.05, nominal * 1.07],
    digits: 3,
  });
  // Under load a rail sags by a little.
  const sag = 1 - now.powerW / 100_000;
  const celsius = "degrees C";
  return [
    {
      name: "Inlet Temp",
      id: "04h",
      entity: "7.1",
      value: now.inletTempC,
      unit: celsius,
      limits: [-7, 3, 38, 42],
      digits: 3,
    },
    ...now.cpuTempsC.map((value, index) => ({
      name: `CPU${index + 1} Temp`,
      id: `0${index + 5}h`,
      entity: `3.${index + 1}`,
      value,
      unit: celsius,
      limits: [null, null, 92, 100],
      digits: 3,
    })),
    ...[1, 2, 3, 4].map((fan) => ({
      name: `Fan${fan}`,
      id: `${29 + fan}h`,
      entity: `29.${fan}`,
      value: Math.round((now.fanRpm + fan * 20) / 120) * 120,
      unit: "RPM",
      limits: [480, 720, null, null],
      digits: 3,
    })),
    rail("12V Rail", "60h", 12.1 * sag, 12),
    rail("5V Rail", "61h", 5.05 * sag, 5),
    rail("3.3V Rail", "62h", 3.33 * sag, 3.3),
    ...Array.from({ length: host.psus }, (_, index) => ({
      name: `PSU${index + 1} Power`,
      id: `7${index}h`,
      entity: `10.${index + 1}`,
      value: Math.round(now.powerW / host.psus),
      unit: "Watts",
      limits: [null, null, 700, 750],
      digits: 3,
    })),
  ];
}

const STATES = (host: HostFacts) => [
  ...Array.from({ length: host.psus }, (_, index) => ({
    name: `PSU${index + 1} Status`,
    id: `8${index}h`,
    entity: `10.${index + 1}`,
    words: "Presence detected",
    bits: "0x0180",
  })),
  {
    name: "PS Redundancy",
    id: "88h",
    entity: "21.1",
    words: "Fully Redundant",
    bits: "0x0180",
  },
];

/** ok, or which limit the value is beyond. */
function statusOf({ value, limits }: Sensor): string {
  const [lowCritical, low, high, highCritical] = limits;
  if (lowCritical != null && value < lowCritical) return "cr";
  if (highCritical != null && value > highCritical) return "cr";
  if (low != null && value < low) return "nc";
  return high != null && value > high ? "nc" : "ok";
}

/** `ipmitool sdr elist all`. */
export function sdrText(host: HostFacts, now: BmcReadings): string {
  const row = (name: string, id: string, status: string, entity: string, reading: string) =>
    `${name.padEnd(16)} | ${id} | ${status.padEnd(3)} | ${entity.padStart(4)} | ${reading}\n`;
  const analog = sensorsOf(host, now).map((sensor) => {
    const value = sensor.unit === "Volts" ? sensor.value.toFixed(2) : Math.round(sensor.value);
    return row(sensor.name, sensor.id, statusOf(sensor), sensor.entity, `${value} ${sensor.unit}`);
  });
  const discrete = STATES(host).map(({ name, id, entity, words }) =>
    row(name, id, "ok", entity, words),
  );
  return [...analog, ...discrete].join("");
}

/** `ipmitool sensor`: with six limits each, lowest first. */
export function sensorText(host: HostFacts, now: BmcReadings): string {
  const cell = (value: number | null | undefined) =>
    (value == null ? "na" : value.toFixed(3)).padEnd(9);
  const analog = sensorsOf(host, now).map((sensor) => {
    const [lowCritical, low, high, highCritical] = sensor.limits;
    const limits = [null, lowCritical, low, high, highCritical, null].map(cell).join(" | ");
    return `${sensor.name.padEnd(16)} | ${sensor.value.toFixed(sensor.digits).padEnd(10)} | ${sensor.unit.padEnd(10)} | ${statusOf(sensor).padEnd(6)}| ${limits} \n`;
  });
  const none = Array.from({ length: 6 }, () => cell(null)).join(" | ");
  const discrete = STATES(host).map(
    ({ name, bits }) =>
      `${name.padEnd(16)} | ${"0x0".padEnd(10)} | ${"discrete".padEnd(10)} | ${bits.padEnd(6)}| ${none} \n`,
  );
  return [...analog, ...discrete].join("");
}

/** `ipmitool dcmi power reading`; it begins and ends with an empty line. */
export function dcmiText(powerW: number, maxW: number, at: Date): string {
  const watts = (value: number) => String(Math.round(value)).padStart(8);
  return `
    Instantaneous power reading:              ${watts(powerW)} Watts
    Minimum during sampling period:           ${watts(Math.min(powerW, 118))} Watts
    Maximum during sampling period:           ${watts(maxW)} Watts
    Average power reading over sample period: ${watts(powerW)} Watts
    IPMI timestamp:                           ${at.toUTCString()}
    Sampling period:                          00000001 Seconds.
    Power reading state is:                   activated

`;
}

/** The answers of the BMC that stay the same. */
export function bmcTexts(host: HostFacts): Readonly<Record<string, string>> {
  const fru = (name: string, id: number, fields: readonly string[]) =>
    `FRU Device Description : ${name} (ID ${id})\n${fields.map((field) => ` ${field}\n`).join("")}\n`;
  return {
    "mc-info.txt": `Device ID                 : 32
Device Revision           : 1
Firmware Revision         : ${host.bmc.firmware}
IPMI Version              : 2.0
Manufacturer ID           : 24158
Manufacturer Name         : ${host.vendor}
Product ID                : 256 (0x0100)
Product Name              : Simulated BMC
Device Available          : yes
Provides Device SDRs      : yes
Additional Device Support :
    Sensor Device
    SDR Repository Device
    SEL Device
    FRU Inventory Device
    Chassis Device
`,
    "lan-print.txt": `Set in Progress         : Set Complete
IP Address Source       : Static Address
IP Address              : ${host.bmc.address}
Subnet Mask             : 255.255.255.0
`,
    "fru-print.txt": [
      fru("Builtin FRU Device", 0, [
        `Board Mfg             : ${host.vendor}`,
        `Board Product         : ${host.board}`,
        `Board Serial          : ${host.serial}B`,
        `Product Manufacturer  : ${host.vendor}`,
        `Product Name          : ${host.product}`,
        `Product Serial        : ${host.serial}`,
      ]),
      ...Array.from({ length: host.psus }, (_, index) =>
        fru(`PSU${index + 1} FRU`, index + 1, [
          `Product Manufacturer  : ${host.vendor}`,
          "Product Name          : SIM-PSU750",
          "Product Part Number   : SIM-PSU750",
          `Product Serial        : ${host.serial}P${index + 1}`,
        ]),
      ),
    ].join(""),
    "sel-info.txt": `SEL Information
Version          : 1.5 (v1.5, v2 compliant)
Entries          : 1
Free Space       : 16256 bytes
Percent Used     : 0%
Last Add Time    : 06/04/2026 08:00:00
Last Del Time    : Not Available
Overflow         : false
`,
    "sel-csv.txt":
      "1,06/04/2026,08:00:00,Event Logging Disabled #0x07,Log area reset/cleared,Asserted\n",
    "sel.txt":
      "   1 | 06/04/2026 | 08:00:00 | Event Logging Disabled SEL | Log area reset/cleared | Asserted\n",
  };
}
