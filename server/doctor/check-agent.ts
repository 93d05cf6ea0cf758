import type { DoctorCheck } from "../../contract/console-api.ts";
import type { DoctorDeps } from "./doctor-deps.ts";

/** The agent's bundle, which the live image fetches and starts. */
export function checkAgent({ agentBuilt }: Pick<DoctorDeps, "agentBuilt">): DoctorCheck {
  const check = { id: "agent", title: "Agent" };
  if (agentBuilt()) {
    return { ...check, status: "ok", detail: "The agent is built and served.", mend: null };
  }
  const detail =
    "The agent has not been built, so a host that booted the live image finds nothing to run. npm start builds it.";
  return { ...check, status: "fail", detail, mend: "npm start" };
}
