import { describe, expect, test } from "vitest";
import { BUILT_IN_PROFILES } from "../../../contract/stage-params.ts";
import { STAGES } from "../../../contract/stages.ts";
import { parseConfig } from "../../../server/config/load-config.ts";
import { ProfileRegistry } from "../../../server/config/profile-registry.ts";

function registryOf(text: string): ProfileRegistry {
  const result = parseConfig(text, "vetting.yaml");
  if (!result.ok) throw new Error(result.message);
  return new ProfileRegistry(result.config);
}

const PROFILES = `
vetting:
  profiles:
    quick: {CPUStress: {cpuSeconds: 5}}
    smoke: {Burn: {seconds: 1}, SMART: {selfTest: none}}
`;

describe("profiles", () => {
  test("the built-in ones are always there", () => {
    const registry = registryOf("");
    expect(registry.names()).toEqual(["quick", "deep", "soak"]);
    expect(registry.get("deep")).toEqual(BUILT_IN_PROFILES.deep);
  });

  test("one of the file goes above the built-in one of its name, key by key", () => {
    const quick = registryOf(PROFILES).get("quick");
    expect(quick).toEqual({
      ...BUILT_IN_PROFILES.quick,
      CPUStress: { ...BUILT_IN_PROFILES.quick.CPUStress, cpuSeconds: 5 },
    });
  });

  test("a new one starts from the built-in quick and has all eleven stages", () => {
    const registry = registryOf(PROFILES);
    expect(registry.names()).toEqual(["quick", "deep", "soak", "smoke"]);
    const smoke = registry.get("smoke");
    expect(smoke?.Burn).toEqual({ ...BUILT_IN_PROFILES.quick.Burn, seconds: 1 });
    expect(smoke?.CPUStress).toEqual(BUILT_IN_PROFILES.quick.CPUStress);
    expect(Object.keys(smoke ?? {})).toEqual([...STAGES]);
  });

  test.each(["nope", "", "constructor", "__proto__"])("%j is none", (name) => {
    expect(registryOf(PROFILES).get(name)).toBeNull();
  });

  test("the built-in values are not touched by a file", () => {
    registryOf(PROFILES);
    expect(BUILT_IN_PROFILES.quick.CPUStress.cpuSeconds).toBe(180);
  });
});

describe("thresholds", () => {
  test("a list in the file replaces the built-in one", () => {
    expect(registryOf("").thresholds()).toHaveLength(3);
    expect(registryOf("vetting: {thresholds: []}").thresholds()).toEqual([]);
  });
});

describe("the spec of a host", () => {
  const registry = registryOf(`
vetting:
  specs:
    - {name: by-hand}
    - {name: empty-match, match: {}}
    - {name: dell-r640, match: {product: PowerEdge R640, vendor: Dell Inc.}}
    - {name: any-r640, match: {product: poweredge r640}}
    - {name: supermicro, match: {vendor: Supermicro}}
`);
  const host = { spec: null, vendor: null, product: null };
  test.each([
    ["the first that fits wins", { product: "PowerEdge R640", vendor: "Dell Inc." }, "dell-r640"],
    ["every name given must fit", { product: "PowerEdge R640", vendor: "Other" }, "any-r640"],
    ["letter case and blanks do not count", { product: " POWEREDGE R640 " }, "any-r640"],
    ["by vendor alone", { vendor: "Supermicro", product: "X11" }, "supermicro"],
    ["no fit, no spec", { product: "PowerEdge R640xd" }, null],
    ["an unknown host matches nothing, not even an empty match", {}, null],
    ["what the operator chose goes first", { spec: "by-hand", vendor: "Supermicro" }, "by-hand"],
    ["a choice that is gone is not replaced unseen", { spec: "gone", vendor: "Supermicro" }, null],
  ])("%s", (_, patch, name) => {
    expect(registry.specFor({ ...host, ...patch })?.name ?? null).toBe(name);
  });

  test("can be had by name", () => {
    expect(registry.specByName("supermicro")?.name).toBe("supermicro");
    expect(registry.specByName("nope")).toBeNull();
  });
});
