import { connect } from "node:net";
import { pause } from "./clock.ts";

const WITHIN_MS = 10_000;
const POLL_MS = 100;

/** Does an SSH server answer on this host? Asked until one does, for ten seconds: a unit that has started may still fail. */
export async function sshAnswers(port: number, withinMs = WITHIN_MS): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if (await greets(port)) return true;
    await pause(POLL_MS);
  }
  return false;
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2000, () => end(false));
    socket.on("error", () => end(false));
    socket.on("close", () => end(false));
    socket.once("data", (data) => end(data.toString("latin1").startsWith("SSH-2.0")));
  });
}
