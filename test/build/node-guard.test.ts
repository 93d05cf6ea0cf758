import { describe, expect, test } from "vitest";
import { bootstrapNodeProblem, nodeProblem } from "../../build/node-guard.mjs";

describe("which Node can run Vetting", () => {
  test.each(["v24.21.0", "24.0.0", "v22.18.0", "v22.21.1", "v23.6.0", "v26.1.0", "v100.0.0"])(
    "%s is fit",
    (version) => {
      expect(nodeProblem(version)).toBeNull();
    },
  );

  test.each([
    ["v20.20.2", "the system Node of Debian machines"],
    ["v18.0.0", "an old one"],
    ["v22.13.9", "better-sqlite3 ends in a segmentation fault"],
    ["v22.14.0", "does not strip types by itself"],
    ["v22.17.1", "does not strip types by itself"],
    ["v23.5.0", "does not strip types by itself"],
    ["v4.9.1", "ancient"],
  ])("%s is not: %s", (version) => {
    expect(nodeProblem(version)).toBe(
      `Vetting needs Node 22.18 or newer, best Node 24, and this is Node ${version.slice(1)}.`,
    );
  });

  test.each(["", "latest", "v24"])("%j is no version and is refused", (version) => {
    expect(nodeProblem(version)).toBe(`"${version}" is not a Node version.`);
  });
});

describe("which Node can install Vetting", () => {
  test.each(["v20.0.0", "v20.20.2", "v21.5.0", "v24.21.0"])("%s is enough", (version) => {
    expect(bootstrapNodeProblem(version)).toBeNull();
  });

  test.each(["v18.19.0", "v0.10.0", ""])("%j is refused with what to do", (version) => {
    const problem = bootstrapNodeProblem(version);
    expect(problem).toContain("Node 20 or newer");
    expect(problem).toContain("https://nodejs.org");
  });
});
