import { useState } from "react";
import { Busy } from "../design/busy.tsx";
import { Icon } from "../design/icon.tsx";
import { CheckAgain } from "../doctor/check-again.tsx";
import { CheckList } from "../doctor/check-list.tsx";
import { LabChoice } from "../doctor/lab-choice.tsx";
import { LabFacts } from "../doctor/lab-facts.tsx";
import { HREF } from "../route.ts";
import { troubles } from "../shell/services.ts";
import { useStore } from "../store/store.ts";

/** What is in the way of vetting, and how to mend it; the first thing a new console shows. */
export function ChecksPage() {
  const doctor = useStore((state) => state.doctor);
  const stale = useStore((state) => state.connection !== "live");
  const [choosing, setChoosing] = useState(false);
  if (doctor === null) return <Busy what="Looking at this machine…" />;
  const { fail, warn } = troubles(doctor);
  const present = doctor.labUrl === null ? null : new URL(doctor.labUrl).hostname;
  return (
    <>
      <div className="row">
        <h1>Checks</h1>
        <Outcome fail={fail} warn={warn} />
        <span className="grow" />
        <CheckAgain checkedAt={doctor.checkedAt} />
      </div>
      <section aria-label="The lab" className={stale ? "stale" : ""}>
        <div className="row">
          <h2>{present === null ? "Choose the lab interface" : "The lab"}</h2>
          <span className="grow" />
          {present !== null && !choosing && (
            <button type="button" onClick={() => setChoosing(true)}>
              Use another interface…
            </button>
          )}
        </div>
        {present === null && (
          <p>Hosts boot from this console and report to it over one network. Which one is it?</p>
        )}
        {(present === null || choosing) && (
          <LabChoice
            key={present}
            interfaces={doctor.interfaces}
            present={present}
            onDone={() => setChoosing(false)}
          />
        )}
        {present !== null && <LabFacts doctor={doctor} />}
      </section>
      <section aria-label="Checks of this console" className={stale ? "stale" : ""}>
        <CheckList checks={doctor.checks} />
      </section>
      {present !== null && (
        <p>
          <a href={HREF.hosts}>To the hosts</a>
        </p>
      )}
    </>
  );
}

function Outcome({ fail, warn }: { fail: number; warn: number }) {
  if (fail > 0) {
    return (
      <span className="badge bad">
        <Icon name="cross" />
        {fail} in the way
      </span>
    );
  }
  if (warn > 0) {
    return (
      <span className="badge gaps">
        <Icon name="alert" />
        {warn} {warn === 1 ? "warning" : "warnings"}
      </span>
    );
  }
  return (
    <span className="badge good">
      <Icon name="check" />
      Everything in order
    </span>
  );
}
