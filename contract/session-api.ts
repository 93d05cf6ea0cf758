import { z } from "zod";
import { timeSchema } from "./common.ts";

/** 256 bits in base64url. */
const secretSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, { error: "expected 256 bits" });

/** GET session: what an open window needs to be known again after the console was started anew. */
export const sessionResponseSchema = z.object({
  /** Kept in the page's memory only, and never sent back. */
  resumeKey: secretSchema,
  /** The key is good until then; a window that is open asks for a new one long before. */
  expiresAt: timeSchema,
});
export type SessionResponse = z.infer<typeof sessionResponseSchema>;

/** GET session/launch, without a token: which start of the console this is. Not secret. */
export const launchResponseSchema = z.object({ launch: secretSchema });

/** POST session, without a token: shows that the window holds a resume key; the answer sets this launch's cookie. */
export const resumeRequestSchema = z.strictObject({
  expiresAt: timeSchema,
  /** HMAC-SHA-256 of `resumeMessage` under the resume key. */
  proof: secretSchema,
});
export type ResumeRequest = z.infer<typeof resumeRequestSchema>;
export const resumeResponseSchema = z.object({ resumed: z.literal(true) });

/**
 * What a window signs. The launch makes a proof worthless for any other start of the console; the port makes one
 * worthless that a program took which sits on the console's old port while the console has another.
 */
export function resumeMessage(launch: string, port: number): string {
  return `vetting resume ${launch} ${port}`;
}
