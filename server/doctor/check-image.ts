import { readFileSync, statSync } from "node:fs";
import { join, normalize, sep } from "node:path";
import { z } from "zod";
import type { DoctorCheck } from "../../contract/console-api.ts";

/** `manifest.json` beside the boot files: what was built, so that a half-copied image is noticed. */
export const bootManifestSchema = z.object({
  files: z
    .array(
      z.object({
        /** Below the boot directory, with forward slashes. */
        path: z
          .string()
          .min(1)
          .refine((path) => staysInside(path), {
            error: "expected a path below the boot directory",
          }),
        bytes: z.int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1),
});
export type BootManifest = z.infer<typeof bootManifestSchema>;

function staysInside(path: string): boolean {
  const clean = normalize(path);
  return !clean.startsWith("..") && !clean.startsWith(sep) && !/^[A-Za-z]:/.test(clean);
}

/** The live image is there and complete by its sizes. Checksums take long and are not read here. */
export function checkImage(bootDir: string): DoctorCheck {
  const check = { id: "image", title: "Live image" };
  const file = join(bootDir, "manifest.json");
  const another = "npm start -- --boot-dir DIR";
  const text = readOrNull(file);
  if (text === null) {
    const detail = `There is no live image: ${file} is missing. Boot scripts are served all the same, but a host cannot load the image. This version does not build one.`;
    return { ...check, status: "warn", detail, mend: another };
  }
  const parsed = bootManifestSchema.safeParse(parsedOrNull(text));
  if (!parsed.success) {
    const detail = `${file} is not a manifest of boot files. Copy the image again.`;
    return { ...check, status: "fail", detail, mend: another };
  }
  const problems = parsed.data.files.flatMap(({ path, bytes }) => {
    const found = sizeOrNull(join(bootDir, path));
    if (found === null) return [`${path} is missing`];
    return found === bytes ? [] : [`${path} has ${found} bytes instead of ${bytes}`];
  });
  if (problems.length > 0) {
    const detail = `The live image in ${bootDir} is not complete: ${problems.join("; ")}. Copy it again.`;
    return { ...check, status: "fail", detail, mend: another };
  }
  const detail = `${parsed.data.files.length} boot files in ${bootDir}, all with the right size.`;
  return { ...check, status: "ok", detail, mend: null };
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function sizeOrNull(file: string): number | null {
  try {
    const stat = statSync(file);
    return stat.isFile() ? stat.size : null;
  } catch {
    return null;
  }
}
