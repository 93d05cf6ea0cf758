import type { DoctorCheck } from "../../contract/console-api.ts";
import type { DoctorDeps } from "./doctor-deps.ts";

/** This version was written then: a clock that shows an earlier year is wrong. */
const EARLIEST_YEAR = 2026;
const LATEST_YEAR = 2099;

/** Reports carry this machine's time, and hosts are judged by who spoke last. */
export async function checkClock({ clock }: Pick<DoctorDeps, "clock">): Promise<DoctorCheck> {
  const check = { id: "clock", title: "Clock" };
  const { now, synchronized, platform } = await clock();
  const year = now.getUTCFullYear();
  const shown = `${now.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const mend = platform === "linux" ? "sudo timedatectl set-ntp true" : SETTING[platform];
  if (year < EARLIEST_YEAR || year > LATEST_YEAR) {
    const detail = `The clock shows ${shown}, which cannot be. Every report would carry it.`;
    return { ...check, status: "fail", detail, mend: mend ?? null };
  }
  if (synchronized === false) {
    const detail = `The clock shows ${shown}, and no time server keeps it: times in reports may be off.`;
    return { ...check, status: "warn", detail, mend: mend ?? null };
  }
  const kept =
    synchronized === true
      ? "kept by a time server"
      : "whether a time server keeps it cannot be found out here";
  return { ...check, status: "ok", detail: `${shown}, ${kept}.`, mend: null };
}

const SETTING: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "sudo sntp -sS time.apple.com",
  win32: "w32tm /resync",
};
