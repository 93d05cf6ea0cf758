import { Icon } from "../design/icon.tsx";
import { HREF } from "../route.ts";
import { useStore } from "../store/store.ts";
import { servicesOf, troubles } from "./services.ts";

/** Lab address, services and image, as the doctor last found them; a press leads to the checks. */
export function LabState() {
  const doctor = useStore((state) => state.doctor);
  if (doctor === null) return null;
  const { fail, warn } = troubles(doctor);
  return (
    <a className="labstate" href={HREF.checks} title="To the checks">
      <span>
        Lab <strong>{doctor.labUrl ?? "no address"}</strong>
      </span>
      <span className="services">
        {servicesOf(doctor).map(({ name, word, icon, tone }) => (
          <span key={name} className={tone}>
            <Icon name={icon} />
            {name}
            <span className="unseen"> {word}</span>
          </span>
        ))}
      </span>
      {fail > 0 && (
        <span className="badge bad">
          <Icon name="cross" />
          {fail} in the way
        </span>
      )}
      {fail === 0 && warn > 0 && (
        <span className="badge gaps">
          <Icon name="alert" />
          {warn} {warn === 1 ? "warning" : "warnings"}
        </span>
      )}
    </a>
  );
}
