import { z } from "zod";

/** Names of the boot files in the boot directory and below `/boot/`, as the image build writes them. */
export const BOOT_FILES = {
  kernel: "vmlinuz",
  initrd: "initrd.img",
  image: "filesystem.squashfs",
} as const;

/**
 * `manifest.json` beside the boot files: what was built and of what, so that a half-copied image is noticed and a
 * report can name what a host booted.
 */
export const bootManifestSchema = z.object({
  /** When the image was built: ISO 8601 UTC. */
  builtAt: z.iso.datetime().optional(),
  /** The distribution that it was built of: `Debian 12 (bookworm)`. */
  distribution: z.string().max(128).optional(),
  /** Every Debian package in the image, with its version. */
  packages: z.array(z.object({ name: z.string(), version: z.string() })).optional(),
  /** Added by the operator with `--overlay`. */
  overlays: z.array(z.string()).optional(),
  /** What this build had to do without, each as a sentence for the operator: NIC firmware that the mirror lacks. */
  gaps: z.array(z.string()).optional(),
  /** Over all that the image was built of: tells whether another build would make the same. */
  inputsSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  files: z
    .array(
      z.object({
        /** Below the boot directory, with forward slashes. */
        path: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/, {
          error: "expected a path below the boot directory",
        }),
        bytes: z.int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1),
});
export type BootManifest = z.infer<typeof bootManifestSchema>;
