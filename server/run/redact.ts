/**
 * Takes tokens out of text that comes from a host: dmesg and /proc/cmdline hold the kernel command line with its boot
 * token. The agent does the same before it sends; the server trusts no agent with it. It knows only hashes of tokens,
 * so it goes by where they stand.
 */
export function redactTokens(text: string): string {
  return text
    .replace(/\bvetting\.boot=[^\s"']+/g, "vetting.boot=[redacted]")
    .replace(/\bBearer\s+[A-Za-z0-9_-]{16,}/g, "Bearer [redacted]");
}
