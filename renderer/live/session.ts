import {
  launchResponseSchema,
  resumeMessage,
  resumeResponseSchema,
  type SessionResponse,
  sessionResponseSchema,
} from "../../contract/session-api.ts";
import { apiGet, apiPost } from "../api/client.ts";

/** In memory only: it goes with the window, and no file of the browser has it. */
let held: SessionResponse | null = null;

/** Fetches the key by which this window is known again after a restart. Called whenever the stream is up. */
export async function keepSession(): Promise<void> {
  const session = await apiGet("session", sessionResponseSchema);
  if (session.ok) held = session.value;
}

/** The console was started anew and asks for its new token: shows that this window was let in before. */
export async function resumeSession(port = Number(window.location.port || 80)): Promise<boolean> {
  if (held === null) return false;
  const launch = await apiGet("session/launch", launchResponseSchema);
  if (!launch.ok) return false;
  const proof = await sign(held.resumeKey, resumeMessage(launch.value.launch, port));
  const { expiresAt } = held;
  const resumed = await apiPost("session", resumeResponseSchema, { expiresAt, proof });
  return resumed.ok;
}

/** HMAC-SHA-256 in base64url, as `resumeRequestSchema` asks for it. */
export async function sign(key: string, message: string): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", bytes(key), algorithm, false, ["sign"]);
  const signed = new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes(message)));
  return btoa(String.fromCharCode(...signed))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
