import {
  type Catalogue,
  type ClaimRequest,
  type ClaimResponse,
  claimResponseSchema,
} from "../contract/agent-api.ts";
import { type ApiAnswer, isPassing, type Post } from "./api-client.ts";
import type { FetchBootToken } from "./boot-token.ts";
import { backoffMs, pause, type Timing } from "./clock.ts";
import type { AgentConfig } from "./config.ts";
import { AGENT_VERSION } from "./version.ts";

export type ClaimOutcome =
  | { readonly kind: "claimed"; readonly claim: ClaimResponse }
  /** 410: the run is over, and the host should do this. */
  | { readonly kind: "dead"; readonly do: "power_off" | "reboot"; readonly detail: string }
  | { readonly kind: "stopped" };

export interface ClaimDeps {
  readonly post: Post;
  readonly config: AgentConfig;
  readonly catalogue: Catalogue;
  readonly timing: Timing;
  readonly print: (line: string) => void;
  /** A new boot token, for when ours is spent and its answer never came. */
  readonly fetchBootToken: FetchBootToken;
}

/** Asks for the run once. With the run token as bearer it is taken up again in the same boot. */
export function claimOnce(
  { post, config, catalogue }: Pick<ClaimDeps, "post" | "config" | "catalogue">,
  bearer: string | null,
  signal?: AbortSignal,
  bootToken = config.bootToken,
): Promise<ApiAnswer<ClaimResponse>> {
  const request: ClaimRequest = {
    bootToken,
    mac: config.mac,
    bootId: config.bootId,
    agentVersion: AGENT_VERSION,
    catalogue,
  };
  const options = { bearer, ...(signal === undefined ? {} : { signal }) };
  return post("claim", JSON.stringify(request), claimResponseSchema, options);
}

/**
 * Asks until the console answers: it may be down, and a refusal may be mended by a human (a new boot script,
 * a restored database), so neither ends the agent.
 */
export async function claimRun(
  deps: ClaimDeps,
  bearer: string | null,
  signal: AbortSignal,
): Promise<ClaimOutcome> {
  const { timing, print } = deps;
  let said = "";
  let bootToken: string | undefined;
  for (let failures = 1; !signal.aborted; failures += 1) {
    const answer = await claimOnce(deps, bearer, signal, bootToken);
    if (answer.kind === "ok") return { kind: "claimed", claim: answer.body };
    if (signal.aborted) break;
    const refused = answer.kind === "problem" && !isPassing(answer.status);
    if (answer.kind === "problem" && answer.status === 410) {
      return { kind: "dead", do: answer.do ?? "power_off", detail: answer.detail };
    }
    const words =
      answer.kind === "unreachable"
        ? `The console cannot be reached: ${answer.message}`
        : `The console refuses the claim (HTTP ${answer.status}): ${answer.detail}`;
    if (words !== said) print(words);
    said = words;
    // Only who has no run token: an agent whose token was replaced is not the one that the console talks to now.
    const fresh =
      answer.kind === "problem" && answer.status === 401 && bearer === null
        ? await deps.fetchBootToken(signal)
        : null;
    bootToken = fresh ?? bootToken;
    const wait = refused && fresh === null;
    await pause(wait ? timing.refusedRetryMs : backoffMs(failures, timing), signal);
  }
  return { kind: "stopped" };
}
