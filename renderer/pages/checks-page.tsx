import { DoctorStrip } from "../hosts/doctor-strip.tsx";

/** What is in the way of vetting, and how to mend it; the first thing a new console shows. */
export function ChecksPage() {
  return <DoctorStrip />;
}
