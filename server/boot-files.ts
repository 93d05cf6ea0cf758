import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type BootManifest, bootManifestSchema } from "../contract/boot-manifest.ts";

/** What the boot directory holds, held against its manifest. */
export type BootFilesReport =
  | { readonly kind: "missing"; readonly manifestFile: string }
  | { readonly kind: "unreadable"; readonly manifestFile: string; readonly why: string }
  | {
      readonly kind: "checked";
      readonly manifest: BootManifest;
      /** One sentence a file that is not what the manifest says; empty when all are. */
      readonly problems: readonly string[];
    };

/** Boot loaders are small: 16 MiB is many times the largest iPXE. Only they are kept in memory, for TFTP. */
const LARGEST_LOADER_BYTES = 16 * 1024 * 1024;
const LOADER = /\.(efi|k?kpxe|pxe|lkrn|0)$/i;
const SERVED = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/**
 * The boot directory: which names are served, and whether each file is what the image build wrote. Checksums are read
 * in the background and again when a file changes; a file that fails its checksum is not served. The directory may
 * come into being, or be replaced, while the console runs.
 */
export class BootFiles {
  readonly #dir: string;
  #listing: { readonly stamp: string; readonly names: ReadonlyMap<string, string> } | null = null;
  /** Lower-cased name to its bytes, with the stamp of the file that they were read from. */
  readonly #loaders = new Map<string, { readonly stamp: string; readonly bytes: Buffer }>();
  #checking: Promise<BootFilesReport> | null = null;
  /** What was hashed, by path and stamp: a file is read once as long as it does not change. */
  readonly #digests = new Map<string, string>();
  #damaged: ReadonlyMap<string, string> = new Map();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * The file that a request's name means: exactly so, or in another case, as some firmware asks. Null: not served.
   * Looks a name up in the directory's own listing, so that no path comes from a request.
   */
  resolve(name: string): string | null {
    const names = this.#names();
    return names.get(name) ?? names.get(name.toLowerCase()) ?? null;
  }

  /** Why a file is not served although it is there, or null. Known once the background check has read it. */
  damage(name: string): string | null {
    return this.#damaged.get(name) ?? null;
  }

  /** A boot loader's bytes for TFTP, or null when there is none of this name or it is damaged. */
  loader(name: string): Buffer | null {
    const file = this.resolve(name);
    if (file === null || !LOADER.test(file) || this.damage(file) !== null) return null;
    const path = join(this.#dir, file);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || stat.size > LARGEST_LOADER_BYTES) return null;
    const stamp = stampOf(stat);
    const known = this.#loaders.get(file);
    if (known?.stamp === stamp) return known.bytes;
    const bytes = readFileSync(path);
    this.#loaders.set(file, { stamp, bytes });
    return bytes;
  }

  /** Reads the manifest and every file's checksum; calls at the same time share one reading. */
  check(): Promise<BootFilesReport> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #check(): Promise<BootFilesReport> {
    const manifestFile = join(this.#dir, "manifest.json");
    const read = readManifest(manifestFile);
    if (read.kind !== "manifest") {
      this.#damaged = new Map();
      return read;
    }
    const damaged = new Map<string, string>();
    for (const file of read.manifest.files) {
      const why = await this.#problem(file);
      if (why !== null) damaged.set(file.path, why);
    }
    this.#damaged = damaged;
    return { kind: "checked", manifest: read.manifest, problems: [...damaged.values()] };
  }

  async #problem({ path, bytes, sha256 }: BootManifest["files"][number]): Promise<string | null> {
    const file = join(this.#dir, path);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return `${path} is missing`;
    if (stat.size !== bytes) return `${path} has ${stat.size} bytes instead of ${bytes}`;
    const key = `${path} ${stampOf(stat)}`;
    try {
      const digest = this.#digests.get(key) ?? (await digestOf(file));
      this.#digests.set(key, digest);
      return digest === sha256 ? null : `${path} does not have the checksum of its build`;
    } catch (error) {
      return `${path} cannot be read (${error instanceof Error ? error.message : String(error)})`;
    }
  }

  #names(): ReadonlyMap<string, string> {
    const stat = statSync(this.#dir, { throwIfNoEntry: false });
    if (stat === undefined) return new Map();
    const stamp = stampOf(stat);
    if (this.#listing?.stamp === stamp) return this.#listing.names;
    const files = readdirSync(this.#dir, { withFileTypes: true })
      .filter((entry) => entry.isFile() && SERVED.test(entry.name))
      .map(({ name }) => name);
    // An exact name wins over one that differs in case only.
    const names = new Map(files.map((name) => [name.toLowerCase(), name]));
    for (const name of files) names.set(name, name);
    this.#listing = { stamp, names };
    return names;
  }
}

function stampOf(stat: { mtimeMs: number; size: number; ino: number }): string {
  return `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
}

function readManifest(
  manifestFile: string,
): Exclude<BootFilesReport, { kind: "checked" }> | { kind: "manifest"; manifest: BootManifest } {
  let text: string;
  try {
    text = readFileSync(manifestFile, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      return { kind: "missing", manifestFile };
    return { kind: "unreadable", manifestFile, why: String((error as Error).message) };
  }
  try {
    const parsed = bootManifestSchema.safeParse(JSON.parse(text));
    if (parsed.success) return { kind: "manifest", manifest: parsed.data };
    const [issue] = parsed.error.issues;
    const why = `${issue?.path.join(".")}: ${issue?.message}`;
    return { kind: "unreadable", manifestFile, why };
  } catch {
    return { kind: "unreadable", manifestFile, why: "it is not JSON" };
  }
}
