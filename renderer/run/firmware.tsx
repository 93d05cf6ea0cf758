import { useMemo, useState } from "react";
import { z } from "zod";
import {
  firmwareDiffResponseSchema,
  firmwareResponseSchema,
  type RunDetail,
  runSummarySchema,
} from "../../contract/console-api.ts";
import type { IconName } from "../../contract/wording/icons.ts";
import { useGet } from "../api/use-get.ts";
import { Busy } from "../design/busy.tsx";
import { Empty } from "../design/empty.tsx";
import { Icon } from "../design/icon.tsx";
import { Problem } from "../design/problem.tsx";
import { Words } from "../design/words.tsx";
import { differs, type FirmwareLine, firmwareLines, type PinStanding } from "./firmware-rows.ts";
import { PinFirmware } from "./pin-firmware.tsx";

interface Look {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: string;
}
const PIN: Readonly<Record<PinStanding, Look>> = {
  match: { word: "As pinned", icon: "check", tone: "good" },
  mismatch: { word: "Changed", icon: "cross", tone: "bad" },
  missing: { word: "Missing", icon: "cross", tone: "bad" },
  unread: { word: "Not readable", icon: "gap", tone: "gaps" },
  unpinned: { word: "No pin", icon: "circle", tone: "quiet" },
};
const OTHER: Readonly<Record<NonNullable<FirmwareLine["other"]>["kind"], Look>> = {
  same: { word: "Same", icon: "check", tone: "quiet" },
  changed: { word: "Changed", icon: "alert", tone: "gaps" },
  added: { word: "Unexpected", icon: "alert", tone: "gaps" },
  removed: { word: "Missing", icon: "alert", tone: "gaps" },
};

const runsSchema = z.array(runSummarySchema);
/** Runs to compare with that the list offers. */
const MOST_RUNS = 200;

/** What firmware was found, beside the spec's pins and beside another run of this or another host. */
export function Firmware({ run }: { run: RunDetail }) {
  const [against, setAgainst] = useState<number | null>(null);
  // The snapshot comes in the Firmware stage: each stage that begins is a reason to look again.
  const version = run.stages.length;
  const base = `runs/${run.id}/firmware`;
  const snapshot = useGet(base, firmwareResponseSchema, version);
  const pins = useGet(
    run.spec === null ? null : `${base}/diff?against=spec`,
    firmwareDiffResponseSchema,
    version,
  );
  const other = useGet(
    against === null ? null : `${base}/diff?against=${against}`,
    firmwareDiffResponseSchema,
    version,
  );
  const components = snapshot.value?.components;
  const pinRows = run.spec === null ? null : (pins.value?.rows ?? null);
  const otherRows = against === null ? null : (other.value?.rows ?? null);
  const lines = useMemo(
    () => firmwareLines(components ?? [], pinRows, otherRows),
    [components, pinRows, otherRows],
  );
  if (components === undefined) {
    if (snapshot.failure === null) return <Busy what="Fetching the firmware…" />;
    return (
      <Empty title="No firmware snapshot yet">
        <p>{snapshot.failure.detail} The Firmware stage reads every version that it can find.</p>
      </Empty>
    );
  }
  const wrong = lines.filter(differs).length;
  return (
    <section aria-label="Firmware">
      <div className="row">
        <p className={wrong === 0 ? "quiet" : "badge bad"}>
          {wrong > 0 && <Icon name="alert" />}
          {wrong === 0
            ? `${components.length} items, none stands out.`
            : `${wrong} of ${lines.length} stand out.`}{" "}
          {run.spec === null ? "This host has no spec." : `Spec ${run.spec}.`}
        </p>
        <span className="grow" />
        <RunPicker run={run} against={against} onPick={setAgainst} />
        <PinFirmware run={run} />
      </div>
      <Problem failure={pins.failure ?? other.failure} />
      <table className="firmware">
        <thead>
          <tr>
            <th scope="col">Component</th>
            <th scope="col">Item</th>
            <th scope="col">Found</th>
            <th scope="col">Pinned by the spec</th>
            {against !== null && <th scope="col">In run {against}</th>}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <FirmwareTableRow key={line.key} line={line} compared={against !== null} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function FirmwareTableRow({ line, compared }: { line: FirmwareLine; compared: boolean }) {
  const { found, pin, other } = line;
  const what = [found?.vendor, found?.model].filter((word) => typeof word === "string").join(" ");
  return (
    <tr className={differs(line) ? "differs" : ""}>
      <th scope="row">{line.component}</th>
      <td>
        <Words text={line.identifier ?? "any"} />
        {what !== "" && (
          <span className="quiet">
            {" "}
            <Words text={what} />
          </span>
        )}
      </td>
      <td>
        {found === null ? (
          <span className="quiet">not found</span>
        ) : found.version === null ? (
          <span className="badge gaps">
            <Icon name="gap" />
            Not readable
          </span>
        ) : (
          <>
            <strong>
              <Words text={found.version} />
            </strong>
            {found.date !== null && <span className="quiet"> of {found.date}</span>}
          </>
        )}
        {found?.problem !== null && found?.problem !== undefined && (
          <p className="quiet">{found.problem}</p>
        )}
      </td>
      <td>
        {pin === null ? (
          <span className="quiet">–</span>
        ) : (
          <Compared look={PIN[pin.standing]} version={pin.version} />
        )}
      </td>
      {compared && (
        <td>
          {other === null ? (
            <span className="quiet">–</span>
          ) : (
            <Compared look={OTHER[other.kind]} version={other.version} />
          )}
        </td>
      )}
    </tr>
  );
}

function Compared({ look, version }: { look: Look; version: string | null }) {
  return (
    <>
      <span className={`badge ${look.tone}`}>
        <Icon name={look.icon} />
        {look.word}
      </span>
      {version !== null && (
        <span>
          {" "}
          <Words text={version} />
        </span>
      )}
    </>
  );
}

/** Which run to compare with: this host's own first, the newest before. */
function RunPicker({
  run,
  against,
  onPick,
}: {
  run: RunDetail;
  against: number | null;
  onPick: (runId: number | null) => void;
}) {
  const runs = useGet(`runs?limit=${MOST_RUNS}`, runsSchema);
  const others = (runs.value ?? []).filter(({ id }) => id !== run.id);
  const own = others.filter(({ hostId }) => hostId === run.hostId);
  const foreign = others.filter(({ hostId }) => hostId !== run.hostId);
  const option = ({ id, hostName, profile, createdAt }: (typeof others)[number]) => (
    <option key={id} value={id}>
      {hostName}, run {id} ({profile}, {new Date(createdAt).toLocaleDateString()})
    </option>
  );
  return (
    <label>
      Compare with{" "}
      <select
        value={against ?? ""}
        onChange={({ target }) => onPick(target.value === "" ? null : Number(target.value))}
      >
        <option value="">no other run</option>
        {own.length > 0 && <optgroup label="This host">{own.map(option)}</optgroup>}
        {foreign.length > 0 && <optgroup label="Other hosts">{foreign.map(option)}</optgroup>}
      </select>
    </label>
  );
}
