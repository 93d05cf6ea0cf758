import type { SettingsResponse } from "../../contract/settings-api.ts";
import { Empty } from "../design/empty.tsx";
import { useStore } from "../store/store.ts";
import { ChoiceField, Field } from "./field.tsx";
import { PinTable } from "./pin-table.tsx";
import { type ListDraft, useList } from "./use-list.ts";

/** What a spec may ask of a host, each with its unit. */
const EXPECTATIONS: readonly {
  key: string;
  label: string;
  kind: "number" | "text";
  unit?: string;
}[] = [
  { key: "cpuSockets", label: "CPU sockets", kind: "number" },
  { key: "cpuCores", label: "Physical cores", kind: "number" },
  { key: "cpuModel", label: "CPU model", kind: "text" },
  { key: "memoryGiB", label: "Memory", kind: "number", unit: "GiB" },
  { key: "dimms", label: "DIMMs", kind: "number" },
  { key: "disks", label: "Disks", kind: "number" },
  { key: "nics", label: "NICs", kind: "number" },
  { key: "gpus", label: "GPUs", kind: "number" },
  { key: "psus", label: "Power supplies", kind: "number" },
  { key: "linkSpeedMbps", label: "Slowest link", kind: "number", unit: "Mbit/s" },
];

const NOT_ASKED = "not asked";

/** What hosts must be made of. */
export function SpecsTab({ settings }: { settings: SettingsResponse }) {
  const list = useList(settings, "specs");
  const add = (
    <button type="button" onClick={() => list.add({ name: `spec ${list.items.length + 1}` })}>
      Add a spec
    </button>
  );
  if (list.items.length === 0) {
    return (
      <Empty title="No spec yet">
        <p>
          A spec says what a kind of host must be made of and which firmware it must have. Without
          one a run measures, and compares with nothing.
        </p>
        <p>
          The quickest way to one: open a run of a good host, and pin its versions in the Firmware
          tab.
        </p>
        {add}
      </Empty>
    );
  }
  return (
    <div className="specs" key={list.round}>
      {list.items.map((spec, index) => (
        <Spec
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is edited; places move only with a new round.
          key={index}
          list={list}
          index={index}
          spec={spec}
        />
      ))}
      <div className="row">{add}</div>
    </div>
  );
}

function Spec({
  list,
  index,
  spec,
}: {
  list: ListDraft;
  index: number;
  spec: Record<string, unknown>;
}) {
  const name = typeof spec.name === "string" ? spec.name : `spec ${index + 1}`;
  const match = (spec.match ?? {}) as Record<string, unknown>;
  const expected = (spec.expect ?? {}) as Record<string, unknown>;
  const field = (path: string[], value: unknown) => ({
    path: ["vetting", "specs", index, ...path],
    value,
    onChange: (next: unknown) => list.set(index, path, next),
  });
  const changeMatch = (key: string, next: unknown) => {
    const entries = Object.entries({ ...match, [key]: next }).filter(([, it]) => it !== undefined);
    list.set(index, ["match"], entries.length === 0 ? undefined : Object.fromEntries(entries));
  };
  return (
    <section className="sheet" aria-label={`Spec ${name}`}>
      <div className="row">
        <h2>{name}</h2>
        <span className="grow" />
        <button type="button" onClick={() => list.remove(index)} aria-label={`Remove spec ${name}`}>
          Remove
        </button>
      </div>
      <div className="fields">
        <Field label="Name" kind="text" {...field(["name"], spec.name)} />
        <Field
          label="Matches the product"
          kind="text"
          placeholder="any"
          {...field(["match", "product"], match.product)}
          onChange={(next) => changeMatch("product", next)}
        />
        <Field
          label="Matches the vendor"
          kind="text"
          placeholder="any"
          {...field(["match", "vendor"], match.vendor)}
          onChange={(next) => changeMatch("vendor", next)}
        />
      </div>
      <Matching name={name} matched={Object.keys(match).length > 0} />
      <h3>Must have</h3>
      <div className="fields">
        {EXPECTATIONS.map(({ key, label, kind, unit }) => (
          <Field
            key={key}
            label={unit === undefined ? label : `${label} (${unit})`}
            kind={kind}
            placeholder={NOT_ASKED}
            {...field(["expect", key], expected[key])}
          />
        ))}
        <ChoiceField
          label="BMC"
          {...field(["expect", "bmc"], expected.bmc ?? NOT_ASKED)}
          onChange={(next) =>
            list.set(index, ["expect", "bmc"], next === NOT_ASKED ? undefined : next)
          }
          choices={[NOT_ASKED, true, false]}
        />
      </div>
      <h3>Firmware</h3>
      <PinTable list={list} index={index} spec={name} pins={spec.firmware} />
    </section>
  );
}

/** The hosts that have this spec now, whether chosen or matched. */
function Matching({ name, matched }: { name: string; matched: boolean }) {
  const hosts = useStore((state) => state.hosts);
  const having = [...(hosts?.values() ?? [])].filter(({ spec }) => spec === name);
  if (having.length > 0) {
    return (
      <p>
        {having.length} {having.length === 1 ? "host has" : "hosts have"} it:{" "}
        {having.map((host) => host.name).join(", ")}
      </p>
    );
  }
  return (
    <p className="quiet">
      No host has it.
      {!matched && " Without a match it counts only for hosts that it is chosen for."}
    </p>
  );
}
