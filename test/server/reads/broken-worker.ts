// A reading thread that is told how to break, by the name of the sensor it is asked for.
import { parentPort } from "node:worker_threads";
import type { ReadAnswer, ReadRequest } from "../../../server/reads/read-messages.ts";

function answer(id: number, text: string, last: boolean): void {
  const bytes = new TextEncoder().encode(text);
  parentPort?.postMessage({ id, type: "piece", bytes, last } satisfies ReadAnswer);
}

const WAYS: Readonly<Record<string, (id: number) => void>> = {
  die: () => {
    throw new Error("out of luck");
  },
  exit: () => process.exit(3),
  hang: () => {
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  },
  "break-off": (id) => answer(id, "the first half, ", false),
  grow: () => {
    const kept: string[][] = [];
    for (;;) kept.push(Array.from({ length: 100_000 }, (_, n) => `${n} ${kept.length}`));
  },
};

parentPort?.on("message", (request: ReadRequest) => {
  if (request.type === "forget") return;
  const how =
    request.type === "begin" && request.read.kind === "series" ? request.read.sensor : "die";
  const way = WAYS[how];
  if (way === undefined) answer(request.id, how, true);
  else way(request.id);
});
