import { beginWork, countBytes, readCapture, readFacts, work } from "./fake-host.ts";

// Fake iperf3 3.12, client only: takes its time, moves the kernel's counters of the NIC that it is bound to, and
// prints what the real one printed. Nothing is sent anywhere.

/** Link speeds by NIC, in Mbit/s; out/iperf3.json. */
export type IperfFacts = Readonly<Record<string, number>>;

/** TCP over Ethernet with an MTU of 1500: 1448 of 1538 bytes on the wire are payload. */
const PAYLOAD_SHARE = 1448 / 1538;

const args = process.argv.slice(2);
const option = (name: string) => {
  const at = args.indexOf(name);
  return at < 0 ? "" : (args[at + 1] ?? "");
};
if (args.includes("--version")) {
  console.log("iperf 3.12 (cJSON 1.7.15)");
  process.exit(0);
}
const seconds = Number(option("--time") || "10");
const nic = option("--bind").split("%")[1] ?? "";
const speedMbps = readFacts<IperfFacts>("iperf3.json")[nic];
if (speedMbps === undefined) {
  // As the real one with --json: exit 0, and the error in the document.
  console.log(
    JSON.stringify({
      start: { connected: [], version: "iperf 3.12", system_info: "Linux host" },
      intervals: [],
      end: {},
      error: "unable to connect to server: Cannot assign requested address",
    }),
  );
  process.exit(0);
}

const mode = args.includes("--bidir") ? "both" : args.includes("--reverse") ? "receive" : "send";
const bytesPerS = ((speedMbps * 1e6) / 8) * PAYLOAD_SHARE;
const sends = mode !== "receive";
const receives = mode !== "send";
beginWork(`nic ${nic}`);
let countedS = 0;
const elapsedS = await work(seconds, (nowS) => {
  const bytes = bytesPerS * (nowS - countedS);
  countedS = nowS;
  // Acknowledgements go the other way.
  countBytes(nic, receives ? bytes : bytes / 50, sends ? bytes : bytes / 50);
});

const bytes = Math.round(bytesPerS * elapsedS);
const report = JSON.parse(readCapture(`iperf3-${mode}.json`)) as {
  start: Record<string, unknown>;
  intervals: unknown[];
  end: Record<string, Record<string, unknown>>;
};
report.start.connecting_to = { host: option("--client"), port: Number(option("--port")) };
report.intervals = [];
for (const [name, sum] of Object.entries(report.end)) {
  if (!name.startsWith("sum")) continue;
  Object.assign(sum, {
    end: elapsedS,
    seconds: elapsedS,
    bytes,
    bits_per_second: (bytes * 8) / elapsedS,
    ...("retransmits" in sum ? { retransmits: 0 } : {}),
  });
}
// Each stream's own line repeats the sums; the real one prints one a stream.
report.end.streams = [] as unknown as Record<string, unknown>;
console.log(JSON.stringify(report, null, "\t"));
