import type { HostFiles } from "./command.ts";

/** UEFI's own global variable; the GUID is EFI_GLOBAL_VARIABLE of the UEFI specification. */
const SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

/** `unsupported`: the host was booted through BIOS, or its UEFI has no such variable. */
export async function readSecureBoot(
  files: HostFiles,
): Promise<"enabled" | "disabled" | "unsupported" | "unknown"> {
  if ((await files.list("/sys/firmware/efi")).length === 0) return "unsupported";
  const variables = await files.list("/sys/firmware/efi/efivars");
  // Booted through UEFI, but efivarfs is not mounted.
  if (variables.length === 0) return "unknown";
  const value = await files.readText(SECURE_BOOT);
  if (value === null) return "unsupported";
  // Four bytes of attributes, then the value.
  const byte = value.charCodeAt(4);
  return byte === 1 ? "enabled" : byte === 0 ? "disabled" : "unknown";
}
