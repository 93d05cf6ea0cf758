import type { DoctorCheck } from "../../contract/console-api.ts";
import { Copyable } from "../design/copyable.tsx";
import { Icon } from "../design/icon.tsx";
import { loadDoctor } from "../live/snapshot.ts";
import { useStore } from "../store/store.ts";

const LOOKS = {
  ok: { word: "In order", icon: "check", tone: "good" },
  warn: { word: "Warning", icon: "alert", tone: "gaps" },
  fail: { word: "In the way", icon: "cross", tone: "bad" },
} as const;

/** What is in the way of vetting, each with its mend. Warnings stay folded: the hosts are what the page is for. */
export function DoctorStrip() {
  const doctor = useStore((state) => state.doctor);
  if (doctor === null) return null;
  const worst = (status: DoctorCheck["status"]) => (status === "fail" ? 0 : 1);
  const wrong = doctor.checks
    .filter(({ status }) => status !== "ok")
    .sort((a, b) => worst(a.status) - worst(b.status));
  const fine = doctor.checks.length - wrong.length;
  const blocked = wrong.some(({ status }) => status === "fail");
  const looks = LOOKS[blocked ? "fail" : "warn"];
  return (
    <section className="doctor" aria-label="Checks of this console">
      <div className="row">
        <h2>Checks</h2>
        <span className={`badge ${wrong.length === 0 ? "good" : "quiet"}`}>
          <Icon name="check" />
          {fine} of {doctor.checks.length} in order
        </span>
        <span className="grow" />
        <button type="button" onClick={() => void loadDoctor(true)}>
          Check again
        </button>
      </div>
      {wrong.length > 0 && (
        <details open={blocked}>
          <summary>
            <span className={`badge ${looks.tone}`}>
              <Icon name={looks.icon} />
              {wrong.length} {looks.word.toLowerCase()}
              {!blocked && wrong.length > 1 ? "s" : ""}
            </span>
          </summary>
          <ul>
            {wrong.map((check) => (
              <li key={check.id}>
                <span className={`badge ${LOOKS[check.status].tone}`}>
                  <Icon name={LOOKS[check.status].icon} />
                  {LOOKS[check.status].word}
                </span>
                <span className="grow">
                  <strong>{check.title}.</strong> {check.detail}
                </span>
                {check.mend !== null && (
                  <Copyable text={check.mend} label={`the mend for ${check.title}`} />
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
