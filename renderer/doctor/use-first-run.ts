import { useEffect } from "react";
import { HREF, navigate, type Route } from "../route.ts";
import { useStore } from "../store/store.ts";

/** Once a window: whoever goes back to the hosts means it. */
let led = false;

/** A console without a lab address and without a host begins at the checks, where the interface is chosen. */
export function useFirstRun({ page }: Route): void {
  const fresh = useStore(
    ({ doctor, hosts }) => doctor !== null && doctor.labUrl === null && hosts?.size === 0,
  );
  useEffect(() => {
    if (!fresh || led || page !== "hosts") return;
    led = true;
    navigate(HREF.checks, { replace: true });
  }, [fresh, page]);
}
