import { showToast } from "../design/toasts.tsx";
import { HREF, navigate } from "../route.ts";
import { focusWhenThere } from "../shell/focus.ts";
import { useStore } from "../store/store.ts";
import { findHost, macOf } from "./find-host.ts";
import { useHostsView } from "./hosts-view.ts";

/** The link in a host's tile or row that the focus goes to. */
export function hostLinkId(hostId: number): string {
  return `host-${hostId}`;
}

/** To the host that a code names, on whatever screen one is; false when it names none. */
export function goToHost(code: string): boolean {
  const host = findHost(useStore.getState().hosts?.values() ?? [], code);
  if (host === null) return false;
  useHostsView.getState().showAll();
  navigate(HREF.hosts);
  focusWhenThere(`#${hostLinkId(host.id)}`);
  return true;
}

/** What a barcode scanner read. */
export function scanned(text: string): void {
  const code = text.trim();
  if (goToHost(code)) return;
  const view = useHostsView.getState();
  view.showAll();
  view.setQuery(code);
  navigate(HREF.hosts);
  focusWhenThere('main input[type="search"]');
  showToast({
    id: "scan",
    title: `No host is known by ${code}`,
    text:
      macOf(code) === null
        ? "It was looked for among serial numbers, MAC addresses, names and notes."
        : "It is a MAC address: the machine can be added by it.",
    icon: "alert",
    tone: "gaps",
    urgent: true,
    stays: false,
  });
}
