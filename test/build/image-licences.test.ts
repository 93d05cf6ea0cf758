import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bootLicences } from "../../build/image/licences.ts";

let rootDir: string;
beforeEach(() => {
  rootDir = mkdtempSync(join(tmpdir(), "vetting-licences-"));
});
afterEach(() => rmSync(rootDir, { recursive: true, force: true }));

function put(path: string, text: string): void {
  const file = join(rootDir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
const statement = (name: string, text: string) => put(`usr/share/doc/${name}/copyright`, text);
const of = (...names: string[]) =>
  bootLicences([{ rootDir, packages: names.map((name) => ({ name, version: "1.0-2" })) }]);

describe("the licences of the boot folder", () => {
  test("are each package's own statement under its name and version", () => {
    statement("fio", "Copyright Jens Axboe\nLicense: GPL-2");
    const { text, missing } = of("fio");
    expect(text).toMatch(/^=+\nfio 1\.0-2\n=+\n\nCopyright Jens Axboe\nLicense: GPL-2\n/m);
    expect(missing).toEqual([]);
  });

  test("say where the source is to be had, and offer it for three years", () => {
    const { text } = of();
    expect(text).toContain("apt-get source PACKAGE=VERSION");
    expect(text).toContain("also offers, for three years from then");
    expect(text).toMatch(/iPXE, are under the GNU General Public License/);
  });

  test("name packages of one statement together", () => {
    statement("udev", "systemd's statement");
    statement("systemd", "systemd's statement");
    const { text } = of("systemd", "udev");
    expect(text).toContain("\nsystemd 1.0-2\nudev 1.0-2\n");
    expect(text.split("systemd's statement")).toHaveLength(2);
  });

  test("follow a package's link to the folder of another", () => {
    statement("gcc-12-base", "GCC's statement");
    symlinkSync("gcc-12-base", join(rootDir, "usr/share/doc/libgcc-s1"));
    expect(of("libgcc-s1").text).toContain("GCC's statement");
  });

  test("never come from outside the system that they belong to", () => {
    mkdirSync(join(rootDir, "usr/share/doc"), { recursive: true });
    symlinkSync("/usr/share/doc/dpkg", join(rootDir, "usr/share/doc/stray"));
    expect(of("stray").missing).toEqual(["stray"]);
  });

  test("close with the texts that statements refer to, each once", () => {
    put("usr/share/common-licenses/GPL-2", "the GPL's version 2");
    symlinkSync("GPL-2", join(rootDir, "usr/share/common-licenses/GPL"));
    const { text } = of();
    expect(text).toContain("\n/usr/share/common-licenses/GPL-2\n");
    expect(text.split("the GPL's version 2")).toHaveLength(2);
  });

  test("name a package that brought none, in the text and to the one who builds", () => {
    const { text, missing } = of("vendor-tool");
    expect(missing).toEqual(["vendor-tool"]);
    expect(text).toMatch(/vendor-tool 1\.0-2\n=+\n\nThis package brought no statement/);
  });
});
