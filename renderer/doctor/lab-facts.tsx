import type { DoctorResponse } from "../../contract/console-api.ts";
import { Copyable, QuickCommand } from "../design/copyable.tsx";
import { Icon } from "../design/icon.tsx";

/** Where hosts reach the console, what runs there, and what they boot. */
export function LabFacts({
  doctor: { labUrl, services, image, version },
}: {
  doctor: DoctorResponse;
}) {
  return (
    <dl className="facts">
      <dt>Lab address</dt>
      <dd>{labUrl === null ? "none yet" : <Copyable text={labUrl} label="the lab address" />}</dd>
      {labUrl !== null && (
        <>
          <dt>Bring a host in</dt>
          <dd>
            <QuickCommand labUrl={labUrl} />
          </dd>
        </>
      )}
      <dt>Services</dt>
      <dd>
        <ul className="servicelist">
          {services.map(({ id, name, protocol, port, on }) => {
            const runs = port !== null;
            const tone = runs ? "good" : on ? "bad" : "idle";
            return (
              <li key={id} className={`badge ${tone}`}>
                <Icon name={runs ? "check" : on ? "cross" : "skip"} />
                {name}{" "}
                {runs ? `${protocol.toUpperCase()} ${port}` : on ? "does not run" : "switched off"}
              </li>
            );
          })}
        </ul>
      </dd>
      <dt>Live image</dt>
      <dd>{image == null ? "none" : imageText(image)}</dd>
      <dt>Vetting</dt>
      <dd>{version}</dd>
    </dl>
  );
}

function imageText({ builtAt, distribution }: NonNullable<DoctorResponse["image"]>): string {
  const built = builtAt === null ? null : `built ${builtAt.slice(0, 10)}`;
  return [distribution, built].filter((part) => part !== null).join(", ") || "of an unknown build";
}
