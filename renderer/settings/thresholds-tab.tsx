import type { SettingsResponse } from "../../contract/settings-api.ts";
import { STAGES } from "../../contract/stages.ts";
import { DEFAULT_THRESHOLDS, SENSOR_CRITICAL } from "../../contract/vetting-config.ts";
import { STAGE_TITLES } from "../../contract/wording/status-table.ts";
import { ChoiceField, Field } from "./field.tsx";
import { type ListDraft, useList } from "./use-list.ts";

/** Sensors that most hosts have; any name may be typed. */
const USUAL_SENSORS = [
  "cpu.package.temp",
  "cpu.clock",
  "disk.temp",
  "fan.speed",
  "gpu.temp",
  "memory.edac.ce",
  "memory.edac.ue",
  "psu.power",
];

/** The limits on sensors: what fails a stage, and what only warns. */
export function ThresholdsTab({ settings }: { settings: SettingsResponse }) {
  const list = useList(settings, "thresholds");
  return (
    <section className="sheet" aria-label="Thresholds">
      <p className="quiet">
        A sensor's name covers all of its instances: <code>cpu.package.temp</code> covers{" "}
        <code>cpu.package.temp[1]</code>, and <code>*</code> stands for any part. Values are in the
        sensor's own unit: °C, W, V, rpm. A run keeps the thresholds that it was started with.
      </p>
      <p>
        {list.builtIn
          ? "The built-in list counts; the first change writes it into the file."
          : "The list of the file counts in the place of the built-in one."}
      </p>
      <datalist id="usual-sensors">
        {USUAL_SENSORS.map((sensor) => (
          <option key={sensor} value={sensor} />
        ))}
      </datalist>
      <table className="thresholds">
        <thead>
          <tr>
            <th scope="col">Sensor</th>
            <th scope="col">At least</th>
            <th scope="col">At most</th>
            <th scope="col">Beyond it for</th>
            <th scope="col">Then</th>
            <th scope="col">In stages</th>
            <td />
          </tr>
        </thead>
        <tbody key={list.round}>
          {list.items.map((threshold, index) => (
            <ThresholdRow
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name, and move only with a new round.
              key={index}
              list={list}
              index={index}
              threshold={threshold}
            />
          ))}
        </tbody>
      </table>
      {list.items.length === 0 && <p>No threshold: no sensor can fail a stage.</p>}
      <div className="row">
        <button
          type="button"
          onClick={() => list.add({ sensor: "", max: 0, forSeconds: 10, severity: "fail" })}
        >
          Add a threshold
        </button>
        {!list.builtIn && (
          <button type="button" onClick={list.reset}>
            Back to the {DEFAULT_THRESHOLDS.length} built-in ones
          </button>
        )}
      </div>
    </section>
  );
}

function ThresholdRow({
  list,
  index,
  threshold,
}: {
  list: ListDraft;
  index: number;
  threshold: Record<string, unknown>;
}) {
  const { sensor, min, max, forSeconds, severity, stages } = threshold;
  const name = typeof sensor === "string" && sensor !== "" ? sensor : `threshold ${index + 1}`;
  const field = (key: string, label: string, value: unknown) => ({
    label: `${label} of ${name}`,
    hideLabel: true,
    path: ["vetting", "thresholds", index, key],
    value,
    onChange: (next: unknown) => list.set(index, [key], next),
  });
  const critical = max === SENSOR_CRITICAL;
  return (
    <tr>
      <td>
        <Field {...field("sensor", "Sensor", sensor)} kind="text" list="usual-sensors" />
      </td>
      <td>
        <Field {...field("min", "Minimum", min)} kind="number" placeholder="none" />
      </td>
      <td>
        <span className="withunit">
          <Field
            key={String(critical)}
            {...field("max", "Maximum", critical ? "" : max)}
            kind="number"
            placeholder={critical ? "its own" : "none"}
            disabled={critical}
          />
          <label className="check">
            <input
              type="checkbox"
              checked={critical}
              aria-label={`${name}: the sensor's own critical limit`}
              onChange={() => list.set(index, ["max"], critical ? 0 : SENSOR_CRITICAL)}
            />
            sensor-critical
          </label>
        </span>
      </td>
      <td>
        <span className="withunit">
          <Field {...field("forSeconds", "Seconds", forSeconds)} kind="number" placeholder="0" />
          <span className="quiet">s</span>
        </span>
      </td>
      <td>
        <ChoiceField
          {...field("severity", "Severity", severity ?? "fail")}
          choices={["fail", "warn"]}
        />
      </td>
      <td>
        <StagePicker
          name={name}
          stages={stages}
          onChange={(next) => list.set(index, ["stages"], next)}
        />
      </td>
      <td>
        <button type="button" aria-label={`Remove ${name}`} onClick={() => list.remove(index)}>
          Remove
        </button>
      </td>
    </tr>
  );
}

/** All stages, or some of them. */
function StagePicker({
  name,
  stages,
  onChange,
}: {
  name: string;
  stages: unknown;
  onChange: (stages: readonly string[] | undefined) => void;
}) {
  const picked: readonly unknown[] = Array.isArray(stages) ? stages : [];
  const toggle = (stage: string) => {
    const next = STAGES.filter((one) => (one === stage) !== picked.includes(one));
    onChange(next.length === 0 ? undefined : next);
  };
  const words = picked.length === 0 ? "all" : picked.join(", ");
  return (
    <details>
      <summary aria-label={`Stages of ${name}: ${words}`}>{words}</summary>
      {STAGES.map((stage) => (
        <label key={stage} className="check">
          <input type="checkbox" checked={picked.includes(stage)} onChange={() => toggle(stage)} />
          {STAGE_TITLES[stage]}
        </label>
      ))}
    </details>
  );
}
