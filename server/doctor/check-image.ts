import { BOOT_FILES } from "../../contract/boot-manifest.ts";
import type { DoctorCheck } from "../../contract/console-api.ts";
import type { DoctorDeps } from "./doctor-deps.ts";
import { inTime } from "./patience.ts";

/** What a boot script names; without one of them no host reaches the agent. */
const NEEDED = Object.values(BOOT_FILES);
const BUILD = "npm run image";

/** The live image is there, whole, and what its build wrote. */
export async function checkImage({
  bootFiles,
  patienceMs,
}: Pick<DoctorDeps, "bootFiles" | "patienceMs">): Promise<DoctorCheck> {
  const check = { id: "image", title: "Live image" };
  const report = await inTime(bootFiles(), patienceMs);
  if (report === null) {
    const detail = "Checksums of the image are still being read. Check again in a moment.";
    return { ...check, status: "warn", detail, mend: null };
  }
  if (report.kind === "missing") {
    const detail = `There is no live image: ${report.manifestFile} is missing. Boot scripts are served all the same, but a host cannot load the image. Build it, or name where it lies with --boot-dir.`;
    return { ...check, status: "warn", detail, mend: BUILD };
  }
  if (report.kind === "unreadable") {
    const detail = `${report.manifestFile} is not a manifest of boot files (${report.why}). Build the image again, or copy it again.`;
    return { ...check, status: "fail", detail, mend: BUILD };
  }
  const { manifest, problems } = report;
  const listed = new Set(manifest.files.map(({ path }) => path));
  const absent = NEEDED.filter((name) => !listed.has(name)).map(
    (name) => `${name} is not in its manifest`,
  );
  const wrong = [...problems, ...absent];
  if (wrong.length > 0) {
    const detail = `The live image is not whole: ${wrong.join("; ")}. Damaged files are not served. Build it again, or copy it again.`;
    return { ...check, status: "fail", detail, mend: BUILD };
  }
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const of = manifest.distribution === undefined ? "" : `, ${manifest.distribution}`;
  const built = manifest.builtAt === undefined ? "" : `, built ${manifest.builtAt.slice(0, 10)}`;
  const whole = `${manifest.files.length} boot files of ${Math.round(bytes / MIB)} MiB in all, every checksum right${of}${built}.`;
  const gaps = manifest.gaps ?? [];
  if (gaps.length === 0) return { ...check, status: "ok", detail: whole, mend: null };
  const detail = `${whole} It was built without something that hosts may need: ${gaps.join(" ")}`;
  return { ...check, status: "warn", detail, mend: `${BUILD} -- --force` };
}

const MIB = 1024 * 1024;
