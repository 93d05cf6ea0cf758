import { parentPort, workerData } from "node:worker_threads";
import { openReadOnly } from "../db/open.ts";
import { createStore } from "../db/store.ts";
import type { ReadRequest, ReadWorkerData } from "./read-messages.ts";
import { ReadServer } from "./read-server.ts";

// The reading thread: a connection of its own that cannot write, beside the console's. It reads what is committed,
// and neither waits for the writer nor makes it wait (WAL).

const { databaseFile } = workerData as ReadWorkerData;
const port = parentPort;
if (port === null) throw new Error("read-worker.ts runs as a worker thread only.");
const server = new ReadServer(createStore(openReadOnly(databaseFile)), Date.now);
port.on("message", (request: ReadRequest) => {
  const answer = server.handle(request);
  if (answer === null) return;
  port.postMessage(answer, answer.type === "piece" ? [answer.bytes.buffer] : []);
});
