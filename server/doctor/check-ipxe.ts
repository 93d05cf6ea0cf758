import { basename } from "node:path";
import type { DoctorCheck } from "../../contract/console-api.ts";
import type { DoctorDeps } from "./doctor-deps.ts";
import { inTime } from "./patience.ts";

/** One of each line is what firmware of that kind is told to load. */
const LOADERS = [
  { firmware: "BIOS", anyOf: ["undionly.kpxe"] },
  { firmware: "UEFI", anyOf: ["snponly.efi", "ipxe.efi"] },
] as const;

/** The boot loaders that go over TFTP and UEFI HTTP boot lie beside the image. */
export async function checkIpxe({
  bootFiles,
  patienceMs,
}: Pick<DoctorDeps, "bootFiles" | "patienceMs">): Promise<DoctorCheck> {
  const check = { id: "ipxe", title: "Boot loaders (iPXE)" };
  const report = await inTime(bootFiles(), patienceMs);
  if (report === null) {
    const detail = "The boot files are still being read. Check again in a moment.";
    return { ...check, status: "warn", detail, mend: null };
  }
  if (report.kind !== "checked") {
    const detail =
      "Without a manifest of boot files there are no boot loaders to hand to firmware. They come with the image.";
    return { ...check, status: "warn", detail, mend: "npm run image" };
  }
  const there = new Set(report.manifest.files.map(({ path }) => basename(path)));
  const missing = LOADERS.filter(({ anyOf }) => !anyOf.some((name) => there.has(name)));
  if (missing.length > 0) {
    const names = missing.map(({ firmware, anyOf }) => `${anyOf.join(" or ")} for ${firmware}`);
    const detail = `Missing beside the image: ${names.join(", ")}. Hosts with that firmware cannot netboot.`;
    return { ...check, status: "fail", detail, mend: "npm run image" };
  }
  const found = LOADERS.flatMap(({ anyOf }) => anyOf.filter((name) => there.has(name)));
  return { ...check, status: "ok", detail: `${found.join(", ")}.`, mend: null };
}
