import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** In the boot folder: the licences of everything in it. Whoever hands the folder on hands them on with it. */
export const BOOT_LICENCES = "licences.txt";

/** A package of Debian's whose files are in the boot folder. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
}

/** Where the packages' files came from: their copyright files are read there. */
export interface PackagesOfRoot {
  readonly rootDir: string;
  readonly packages: readonly DebianPackage[];
}

const PREFACE = `Licences of the boot folder: the live image and its kernel, and the iPXE boot loaders.

They are put together from packages of Debian, each listed below with its version and its own statement of
copyright and licence. The texts that these refer to under /usr/share/common-licenses follow at the end. The image
leaves out files of these packages and adds Vetting's own, which are under the MIT licence, and Node.js.

Source code

Many of these programs, among them the Linux kernel and iPXE, are under the GNU General Public License. Their
complete source is Debian's source package of the version listed:

    apt-get source PACKAGE=VERSION        or        https://snapshot.debian.org/

Whoever gives you these files in this form also offers, for three years from then, to give anyone the complete
corresponding source on a medium for no more than the cost of doing so. Ask where you had them from.
`;

/**
 * One text over all packages. Packages with the same statement share it.
 * @returns the text, and the packages that brought no statement
 */
export function bootLicences(roots: readonly PackagesOfRoot[]): {
  readonly text: string;
  readonly missing: readonly string[];
} {
  const namesByStatement = new Map<string, string[]>();
  const missing: string[] = [];
  for (const { rootDir, packages } of roots) {
    for (const { name, version } of packages) {
      const statement = statementOf(rootDir, name);
      if (statement === null) missing.push(name);
      const key = statement ?? "This package brought no statement of its licence.";
      namesByStatement.set(key, [...(namesByStatement.get(key) ?? []), `${name} ${version}`]);
    }
  }
  const sections = [...namesByStatement].map(([statement, names]) => section(names, statement));
  const [first] = roots;
  const common = first === undefined ? [] : commonLicences(first.rootDir);
  return { text: [PREFACE, ...sections, ...common].join("\n"), missing };
}

/** `/usr/share/doc/NAME/copyright`; the folder may be a link to another package's of the same source. */
function statementOf(rootDir: string, name: string): string | null {
  const file = join(rootDir, "usr/share/doc", name, "copyright");
  if (!existsSync(file) || !realpathSync(file).startsWith(realpathSync(rootDir))) return null;
  return readFileSync(file, "utf8");
}

/** The texts that statements refer to by path; links among them name another of the texts. */
function commonLicences(rootDir: string): string[] {
  const folder = join(rootDir, "usr/share/common-licenses");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => lstatSync(join(folder, name)).isFile())
    .sort()
    .map((name) =>
      section([`/usr/share/common-licenses/${name}`], readFileSync(join(folder, name), "utf8")),
    );
}

function section(titles: readonly string[], body: string): string {
  const line = "=".repeat(78);
  return `${line}\n${titles.join("\n")}\n${line}\n\n${body.trimEnd()}\n`;
}
