import type { DoctorCheck } from "../../contract/console-api.ts";
import { heardOnWire, listed, strangeBootFiles, type WireDeps } from "./wire-rows.ts";

/** A TFTP server at an address that a host may be sent to. By itself it is harmless. */
export async function checkRivalTftp(deps: WireDeps): Promise<DoctorCheck> {
  const check = { id: "rival-tftp", title: "Other TFTP servers" };
  const heard = await heardOnWire(check, deps);
  if ("status" in heard) return heard;
  const { report, labAddress } = heard;
  const { servers, tftp } = report;
  if (tftp.length === 0) {
    const asked =
      servers.length === 0
        ? "No other server was heard that could be asked"
        : "None of the servers that were heard speaks TFTP";
    return { ...check, status: "ok", detail: `${asked}.`, mend: null };
  }
  const where = listed(tftp);
  const boots = servers.some((server) => strangeBootFiles(server, labAddress).length > 0);
  if (!boots) {
    const detail = `A TFTP server answers at ${where}. Nobody sends hosts there, so it is in nobody's way.`;
    return { ...check, status: "ok", detail, mend: null };
  }
  const detail = `A TFTP server answers at ${where}, and hosts are sent to a boot file there: they load it and boot past Vetting. Remove the boot options that lead to it.`;
  return { ...check, status: "warn", detail, mend: null };
}
