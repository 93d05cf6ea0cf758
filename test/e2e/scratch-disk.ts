import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const SIZE_BYTES = 64 * 1024 * 1024;

/**
 * A block device of the test's own: a loop device over a file. The build machine lets nobody open its own disk, so
 * the storage stage gets this one to read with the real fio.
 */
export class ScratchDisk {
  /** Kernel name: `loop3`. */
  readonly name: string;
  readonly #device: string;
  readonly #image: string;

  constructor(folder: string) {
    this.#image = join(folder, "disk.img");
    writeFileSync(this.#image, "");
    truncateSync(this.#image, SIZE_BYTES);
    this.#device = execFileSync("losetup", ["--find", "--show", this.#image], {
      encoding: "utf8",
    }).trim();
    this.name = basename(this.#device);
  }

  /**
   * A program that shows the loop device as a disk, which it is to this host, and says of everything else what the
   * real lsblk says. The one tool of the whole run that is not entirely itself.
   */
  lsblk(): string {
    return `#!/usr/bin/env node
const { execFileSync } = require("node:child_process");
const text = execFileSync("/usr/bin/lsblk", process.argv.slice(2), { encoding: "utf8" });
if (!process.argv.includes("-J")) { process.stdout.write(text); process.exit(0); }
const listing = JSON.parse(text);
for (const device of listing.blockdevices) if (device.name === "${this.name}") device.type = "disk";
process.stdout.write(JSON.stringify(listing));
`;
  }

  /** Not a byte of it has been written. */
  isBlank(): boolean {
    execFileSync("blockdev", ["--flushbufs", this.#device]);
    return readFileSync(this.#image).every((byte) => byte === 0);
  }

  end(): void {
    execFileSync("losetup", ["--detach", this.#device]);
    rmSync(this.#image, { force: true });
  }
}
