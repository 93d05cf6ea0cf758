/** Where the packages of the image come from: the machine's own Debian mirror, whatever release it runs. */

export const IMAGE_SUITE = "bookworm";
export const IMAGE_DISTRIBUTION = "Debian 12 (bookworm)";
/** Since Debian 12 firmware has a component of its own, apart from non-free. */
export const FIRMWARE_COMPONENT = "non-free-firmware";

/** Releases of Debian that a machine's sources may name; another distribution's mirror has none of them. */
const DEBIAN_SUITE =
  /^(bullseye|bookworm|trixie|forky|sid|oldstable|stable|testing|unstable)(-updates|-security)?$/;

export interface Mirror {
  readonly uri: string;
  /** What follows the release's name in the suite. */
  readonly kind: "" | "-updates" | "-security";
}

export interface SourcesFile {
  readonly name: string;
  readonly text: string;
}

/** The Debian mirrors among a machine's apt sources, in both of apt's formats; empty where none carries a release. */
export function findMirrors(files: readonly SourcesFile[]): readonly Mirror[] {
  const found = files.flatMap(({ name, text }) =>
    name.endsWith(".sources") ? fromDeb822(text) : fromOneLine(text),
  );
  const distinct = new Map(found.map((mirror) => [`${mirror.uri} ${mirror.kind}`, mirror]));
  const mirrors = [...distinct.values()];
  return mirrors.some(({ kind }) => kind === "") ? mirrors : [];
}

/** The lines for mmdebstrap. Firmware is not security's business: its fixes come with point releases. */
export function sourceLines(mirrors: readonly Mirror[], withFirmware: boolean): string[] {
  return mirrors.map(({ uri, kind }) => {
    const components = kind === "" && withFirmware ? `main ${FIRMWARE_COMPONENT}` : "main";
    return `deb ${uri} ${IMAGE_SUITE}${kind} ${components}`;
  });
}

/**
 * The index whose presence tells that a mirror carries the firmware component.
 * @param mirrors as `findMirrors` found them, not empty
 */
export function firmwareIndexUrl(mirrors: readonly Mirror[]): string {
  const base = mirrors.find(({ kind }) => kind === "");
  return `${base?.uri}/dists/${IMAGE_SUITE}/${FIRMWARE_COMPONENT}/binary-amd64/Packages.xz`;
}

/** `deb [options] URI SUITE COMPONENT…` */
function fromOneLine(text: string): Mirror[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+?)\s*$/.exec(
      line.replace(/#.*$/, ""),
    );
    if (match === null) return [];
    const [, uri, suite, components] = match as unknown as [string, string, string, string];
    return toMirrors([uri], [suite], components.split(/\s+/));
  });
}

/** Stanzas of `Types`, `URIs`, `Suites`, `Components`, sources.list(5). */
function fromDeb822(text: string): Mirror[] {
  const withoutComments = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) =>
      new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, "im")
        .exec(stanza)?.[1]
        ?.trim()
        .split(/\s+/) ?? [];
    if (!field("Types").includes("deb") || field("Enabled").includes("no")) return [];
    return toMirrors(field("URIs"), field("Suites"), field("Components"));
  });
}

function toMirrors(
  uris: readonly string[],
  suites: readonly string[],
  components: readonly string[],
): Mirror[] {
  if (!components.includes("main")) return [];
  return suites.flatMap((suite) => {
    const match = DEBIAN_SUITE.exec(suite);
    if (match === null) return [];
    const kind = (match[2] ?? "") as Mirror["kind"];
    return uris.map((uri) => ({ uri: uri.replace(/\/+$/, ""), kind }));
  });
}
