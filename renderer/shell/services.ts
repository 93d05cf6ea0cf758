import type { DoctorCheck, DoctorResponse } from "../../contract/console-api.ts";
import type { IconName } from "../../contract/wording/icons.ts";
import type { Tone } from "../../contract/wording/status-table.ts";

/** How something that a lab needs of the console stands, as the bar shows it. */
export interface ServiceState {
  readonly name: string;
  readonly word: string;
  readonly icon: IconName;
  readonly tone: Tone;
}

const RUNS = { word: "runs", icon: "check", tone: "good" } as const;
const OFF = { word: "is switched off", icon: "ban", tone: "idle" } as const;
const DOWN = { word: "does not run", icon: "cross", tone: "bad" } as const;

/** Those that the bar has room for. A PXE boot server comes and goes with ProxyDHCP. */
const SHOWN: Readonly<Record<string, string>> = { http: "HTTP", dhcp: "ProxyDHCP", tftp: "TFTP" };

const IMAGE: Readonly<Record<DoctorCheck["status"], Omit<ServiceState, "name">>> = {
  ok: { word: "is whole", icon: "check", tone: "good" },
  warn: { word: "has a warning", icon: "alert", tone: "gaps" },
  fail: { word: "is not whole", icon: "cross", tone: "bad" },
};

/** The services, and the image that they hand out with the day it was built. */
export function servicesOf({
  services,
  checks,
  image,
}: Pick<DoctorResponse, "services" | "checks" | "image">): ServiceState[] {
  const check = checks.find(({ id }) => id === "image");
  const built = image?.builtAt?.slice(0, 10);
  return [
    ...services.flatMap(({ id, on, port }) => {
      const name = SHOWN[id];
      return name === undefined ? [] : [{ name, ...(port !== null ? RUNS : on ? DOWN : OFF) }];
    }),
    ...(check === undefined
      ? []
      : [{ name: built === undefined ? "Image" : `Image ${built}`, ...IMAGE[check.status] }]),
  ];
}

/** How many checks fail, and how many only warn. */
export function troubles({ checks }: Pick<DoctorResponse, "checks">): {
  readonly fail: number;
  readonly warn: number;
} {
  const count = (status: DoctorCheck["status"]) => checks.filter((c) => c.status === status).length;
  return { fail: count("fail"), warn: count("warn") };
}
