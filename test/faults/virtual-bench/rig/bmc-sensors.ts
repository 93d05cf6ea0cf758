/**
 * The sensors of QEMU's simulated BMC: a repository of sensor data records (IPMI 2.0, tables 43-1 and 43-2) for its
 * `sdrfile`. Every sensor stands at a raw reading of 0 when the machine is switched on, so what 0 means is chosen to be
 * healthy; Set Sensor Reading moves it. QEMU 7.2 lets readings be set and no states, so a supply's failure is an event.
 */

/** A power rail: 12 V and 0.05 V a step. */
export const RAIL = { number: 1, name: "P12V", volts: 12, voltsAStep: 0.05 } as const;
/** A power supply's state: a bit for each that there is. */
const SUPPLY = { number: 2, name: "PS1 Status", states: 0x03, failed: 0x01 } as const;
const TYPE = { voltage: 0x02, powerSupply: 0x08 } as const;
const READING = { threshold: 0x01, sensorSpecific: 0x6f } as const;

/** Moves the rail. */
export function setRailCommand(volts: number): string {
  const raw = Math.round((volts - RAIL.volts) / RAIL.voltsAStep) & 0xff;
  // Sensor/Event, Set Sensor Reading: the sensor, "write the reading", the reading, no states, no event.
  return ["ipmitool raw 0x04 0x30", RAIL.number, 1, raw, 0, 0, 0, 0].join(" ");
}

/** Has the BMC log that the supply failed. */
export function logSupplyFailureCommand(): string {
  const event = [
    4,
    TYPE.powerSupply,
    SUPPLY.number,
    READING.sensorSpecific,
    SUPPLY.failed,
    255,
    255,
  ];
  // Storage, Add SEL Entry: a system event record without a time, made by the BMC.
  return ["ipmitool raw 0x0a 0x44", 0, 0, 2, 0, 0, 0, 0, OWNER_BMC, 0, ...event].join(" ");
}

const VERSION = 0x51;
const OWNER_BMC = 0x20;
const ENTITY = { board: 7, powerSupply: 10, powerUnit: 19 } as const;
/** Initialised, scanned, and with its events enabled. */
const SCANNING = 0x7f;

/** The bytes of the file. */
export function sensorDataRecords(): Buffer {
  return Buffer.concat([rail(1), railTwin(2), supply(3)]);
}

function rail(recordId: number): Buffer {
  const body = Buffer.alloc(43);
  head(body, RAIL.number, ENTITY.powerUnit, TYPE.voltage, READING.threshold);
  body[15] = 0x80; // readings are signed
  body[16] = 4; // volts
  // volts = (5 × raw + 120 × 10^1) × 10^-2
  body[19] = Math.round(RAIL.voltsAStep * 100);
  body[21] = RAIL.volts * 10;
  body[24] = 0xe1;
  return record(recordId, 0x01, body, RAIL.name);
}

/** QEMU takes a sensor for present only when a compact record tells of it, and those know no voltage. */
function railTwin(recordId: number): Buffer {
  const body = Buffer.alloc(27);
  head(body, RAIL.number, ENTITY.board, TYPE.voltage, READING.threshold);
  return record(recordId, 0x02, body, "Rails");
}

function supply(recordId: number): Buffer {
  const body = Buffer.alloc(27);
  head(body, SUPPLY.number, ENTITY.powerSupply, TYPE.powerSupply, READING.sensorSpecific);
  for (const mask of [9, 11, 13]) body.writeUInt16LE(SUPPLY.states, mask);
  return record(recordId, 0x02, body, SUPPLY.name);
}

/** What full and compact records have in common, from the owner on. */
function head(body: Buffer, number: number, entity: number, type: number, reading: number): void {
  body.set([OWNER_BMC, 0, number, entity, 1, SCANNING, 0, type, reading]);
}

function record(id: number, type: number, body: Buffer, name: string): Buffer {
  const text = Buffer.from(name, "latin1");
  const length = body.length + text.length;
  const header = Buffer.from([id & 0xff, id >> 8, VERSION, type, length]);
  // The last byte before the name says that it is Latin-1, and how long.
  body[body.length - 1] = 0xc0 | text.length;
  return Buffer.concat([header, body, text]);
}
