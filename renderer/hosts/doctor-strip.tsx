import { CHECK_STATUS } from "../../contract/wording/check-status.ts";
import { Icon } from "../design/icon.tsx";
import { HREF } from "../route.ts";
import { useStore } from "../store/store.ts";

/** One line above the hosts while something is in the way of vetting; warnings wait on the checks' own screen. */
export function DoctorStrip() {
  const doctor = useStore((state) => state.doctor);
  const wrong = doctor?.checks.filter(({ status }) => status === "fail") ?? [];
  if (wrong.length === 0) return null;
  const { word, icon, tone } = CHECK_STATUS.fail;
  return (
    <section className="doctorstrip" aria-label="Checks of this console">
      <span className={`badge ${tone}`}>
        <Icon name={icon} />
        {word}
      </span>
      <span className="grow">{wrong.map(({ title }) => title).join(", ")}</span>
      <a className="button" href={HREF.checks}>
        What to do
      </a>
    </section>
  );
}
