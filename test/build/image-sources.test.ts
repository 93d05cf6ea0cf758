import { describe, expect, test } from "vitest";
import { findMirrors, firmwareIndexUrl, sourceLines } from "../../build/image/apt-sources.ts";

const DEB822 = `Types: deb
# a snapshot was taken of http://example.invalid/snapshot
URIs: http://mirror.example/debian/
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: trixie-security
Components: main
`;

describe("where the image's packages come from", () => {
  test("the machine's own mirror, with the image's release instead of the machine's", () => {
    const mirrors = findMirrors([{ name: "debian.sources", text: DEB822 }]);
    expect(sourceLines(mirrors, false)).toEqual([
      "deb http://mirror.example/debian bookworm main",
      "deb http://mirror.example/debian bookworm-updates main",
      "deb http://mirror.example/debian-security bookworm-security main",
    ]);
  });

  test("one-line sources with options count as well, source packages and comments do not", () => {
    const text = `# deb http://old.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main contrib # ours
`;
    expect(findMirrors([{ name: "sources.list", text }])).toEqual([
      { uri: "http://mirror.example/debian", kind: "" },
    ]);
  });

  test("firmware comes from the main archive alone, when it is there", () => {
    const mirrors = findMirrors([{ name: "debian.sources", text: DEB822 }]);
    expect(sourceLines(mirrors, true).filter((line) => line.includes("non-free"))).toEqual([
      "deb http://mirror.example/debian bookworm main non-free-firmware",
    ]);
    expect(firmwareIndexUrl(mirrors)).toBe(
      "http://mirror.example/debian/dists/bookworm/non-free-firmware/binary-amd64/Packages.xz",
    );
  });

  test.each([
    ["no source at all", "", "sources.list"],
    ["another distribution's", "deb http://archive.example/ubuntu jammy main", "u.list"],
    ["a third party's", "deb http://packages.example/tool stable tool", "t.list"],
    ["a disabled one", DEB822.replaceAll("Types: deb", "Enabled: no\nTypes: deb"), "d.sources"],
  ])(
    "none where the machine names no Debian mirror, and the build says so: %s",
    (_what, text, name) => {
      expect(findMirrors([{ name, text }])).toEqual([]);
    },
  );
});
