// Stands for an agent that is about to be shot: starts a stress tool that hides its environment, as stress-ng
// does with its workers', says its session's number, and waits.
import { SessionLedger } from "../../agent/leftovers.ts";
import { createRunCommand } from "../../agent/tools/run-command.ts";

const [stateDir = ""] = process.argv.slice(2);
const run = new SessionLedger(stateDir).recording(createRunCommand({ owner: "shot-agent" }));
await run("env", ["-i", "/bin/sh", "-c", "/bin/sleep 300 & echo $$; wait"], {
  expendable: true,
  onLine: (line) => process.stdout.write(`${line}\n`),
});
