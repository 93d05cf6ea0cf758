import type { DoctorResponse } from "../../contract/console-api.ts";
import { checkAddress } from "./check-address.ts";
import { checkDisk } from "./check-disk.ts";
import { checkImage } from "./check-image.ts";
import { checkIperf } from "./check-iperf.ts";
import { checkLabPort, checkUdpPorts } from "./check-ports.ts";
import { checkVersions } from "./check-versions.ts";
import type { DoctorDeps } from "./doctor-deps.ts";

export type { DoctorDeps, OwnPorts } from "./doctor-deps.ts";

/** Looks at everything that can be in the way. Binds ports for an instant; changes nothing. */
export async function runDoctor(deps: DoctorDeps): Promise<DoctorResponse> {
  const checks = [
    checkAddress(deps),
    await checkLabPort(deps),
    ...(await checkUdpPorts(deps)),
    checkImage(deps.bootDir),
    checkIperf(deps),
    checkDisk(deps),
    checkVersions(deps.consoleVersion),
  ];
  return {
    ok: checks.every(({ status }) => status !== "fail"),
    checks,
    labUrl: deps.labUrl(),
    interfaces: deps.interfaces(),
  };
}
