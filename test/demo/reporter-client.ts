import type {
  RegisterRequest,
  RegisterResponse,
  ReporterHeartbeatRequest,
  ReporterHeartbeatResponse,
} from "../../contract/reporter-api.ts";
import type { HostFacts } from "./host/facts.ts";
import { pause } from "./pause.ts";

/** The reporter's side of the real API, for a host that has no shell of its own. */
export interface Reporter {
  readonly hostId: number;
  readonly heartbeatSeconds: number;
  /** `none` too when the console does not answer: a reporter only tries again. */
  heartbeat(bootId: string, uptimeSeconds: number): Promise<ReporterHeartbeatResponse["command"]>;
}

const TOO_MANY = 429;
const RETRY_MS = 1000;
const ATTEMPTS = 20;

export async function registerReporter(
  labUrl: string,
  host: HostFacts,
  signal: AbortSignal,
): Promise<Reporter> {
  const request: RegisterRequest = {
    hostname: host.hostname,
    macs: host.nics.map(({ mac }) => mac),
    uuid: host.uuid,
    serial: host.serial,
    vendor: host.vendor,
    product: host.product,
    os: "Debian GNU/Linux 12 (simulated)",
    reporterVersion: "demo",
    secureBoot: "disabled",
    netbootMethod: "efibootmgr",
  };
  const post = (path: string, body: object, token?: string) =>
    fetch(`${labUrl}/api/reporter/v1/${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      signal,
    });
  let answer = await post("register", request);
  for (let attempt = 1; answer.status === TOO_MANY && attempt < ATTEMPTS; attempt += 1) {
    await pause(RETRY_MS, signal);
    answer = await post("register", request);
  }
  if (!answer.ok) throw new Error(`${host.hostname} was not registered: ${await answer.text()}`);
  const { hostId, reporterToken, heartbeatSeconds } = (await answer.json()) as RegisterResponse;
  return {
    hostId,
    heartbeatSeconds,
    async heartbeat(bootId, uptimeSeconds) {
      const body: ReporterHeartbeatRequest = { bootId, uptimeSeconds };
      try {
        const beat = await post("heartbeat", body, reporterToken);
        return beat.ok ? ((await beat.json()) as ReporterHeartbeatResponse).command : "none";
      } catch {
        return "none";
      }
    },
  };
}
