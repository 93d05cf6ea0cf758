import { beginWork, readCapture, readFacts, SCENARIO, work } from "./fake-host.ts";

// Fake fio 3.33: takes its time and prints what the real one printed, with this host's disks and numbers.

/** Speeds of a disk, by kernel name; out/fio.json. */
export type FioFacts = Readonly<
  Record<string, { readonly iops: number; readonly sequentialBytesPerS: number }>
>;

interface Capture {
  timestamp: number;
  timestamp_ms: number;
  time: string;
  "global options": Record<string, string>;
  jobs: CapturedJob[];
}
interface CapturedJob {
  jobname: string;
  error: number;
  elapsed: number;
  "job options": Record<string, string>;
  read: Direction;
  write: Direction;
}
interface Direction {
  io_bytes: number;
  io_kbytes: number;
  bw_bytes: number;
  bw: number;
  iops: number;
  runtime: number;
  total_ios: number;
}

/** What the fake's job is asked for: one a `--name`. */
interface Job {
  name: string;
  path: string;
}

const options = new Map<string, string>();
const jobs: Job[] = [];
for (const argument of process.argv.slice(2)) {
  const [, key = "", value = ""] = /^--([^=]+)(?:=(.*))?$/.exec(argument) ?? [];
  if (key === "version") {
    console.log("fio-3.33");
    process.exit(0);
  }
  const job = jobs.at(-1);
  if (key === "name") jobs.push({ name: value, path: "" });
  else if (key === "filename" && job !== undefined) job.path = value;
  else options.set(key, value);
}

const facts = readFacts<FioFacts>("fio.json");
const pattern = options.get("rw") ?? "read";
const seconds = Number(options.get("runtime") ?? "1");
const missing = jobs.find(({ path }) => facts[path.replace("/dev/", "")] === undefined);
if (jobs.length === 0 || missing !== undefined) {
  console.error(`fio: failed to open ${missing?.path ?? "no file"}: No such file or directory`);
  process.exit(1);
}

beginWork(`disk ${jobs.map(({ name }) => name).join(" ")}`);
const elapsedS = await work(seconds);

// The verify failure is one that fio found in a file of ours in which one byte had been changed; with
// continue_on_error=verify it ends 0 all the same.
const fails = SCENARIO === "verify-failure";
if (fails) {
  const path = jobs[0]?.path ?? "";
  process.stderr.write(readCapture("fio-verify-continued.err").replaceAll("/tmp/disk", path));
}
const captures = { randread: "fio-randread.json", read: "fio-read.json" };
const name = captures[pattern as keyof typeof captures] ?? "fio-write.json";
const captured = JSON.parse(readCapture(name)) as Capture;
const [template] = captured.jobs as [CapturedJob];
const now = new Date();
const report: Capture = {
  ...captured,
  timestamp: Math.floor(now.getTime() / 1000),
  timestamp_ms: now.getTime(),
  time: now.toUTCString(),
  "global options": Object.fromEntries(options),
  jobs: jobs.map((job, index) => ({
    ...template,
    jobname: job.name,
    error: fails && index === 0 ? 84 : 0,
    elapsed: Math.ceil(elapsedS) + 1,
    "job options": { name: job.name, filename: job.path },
    read: direction(template.read, job, pattern !== "randwrite" || options.has("verify")),
    write: direction(template.write, job, pattern === "randwrite"),
  })),
};
console.log(JSON.stringify(report, null, 2));

function direction(template: Direction, { path }: Job, active: boolean): Direction {
  if (!active) return template;
  const disk = facts[path.replace("/dev/", "")];
  const blockBytes = { "4k": 4096, "64k": 65536, "1m": 1048576 }[options.get("bs") ?? "4k"] ?? 4096;
  const perS =
    pattern === "randread" ? (disk?.iops ?? 0) * blockBytes : (disk?.sequentialBytesPerS ?? 0);
  const ios = Math.floor((perS * elapsedS) / blockBytes);
  return {
    ...template,
    io_bytes: ios * blockBytes,
    io_kbytes: Math.floor((ios * blockBytes) / 1024),
    bw_bytes: Math.round(perS),
    bw: Math.round(perS / 1024),
    iops: perS / blockBytes,
    runtime: Math.round(elapsedS * 1000),
    total_ios: ios,
  };
}
