import { type BootAttempt, type BootStep, bootProgress } from "../../contract/boot-timeline.ts";

/** What a UEFI host's boot looked like on an emulated machine: step, seconds since its DISCOVER, detail. */
const UEFI_BOOT: readonly (readonly [BootStep, number, string])[] = [
  ["commanded", -48, "The reporter was told to reboot into the network"],
  ["discover", 0, "DISCOVER (UEFI x64)"],
  ["offer", 0.01, "snponly.efi (UEFI x64)"],
  ["boot_file", 4.6, "snponly.efi (TFTP)"],
  ["discover", 9.1, "DISCOVER (iPXE, UEFI x64)"],
  ["offer", 9.11, "http://192.0.2.10:8421/boot.ipxe (iPXE, UEFI x64)"],
  ["script", 12.4, "Boot script served (efi x86_64)"],
  ["kernel", 12.6, "Kernel fetched"],
  ["initrd", 13.5, "Initrd fetched"],
  ["image", 21.2, "Live image fetched"],
  ["agent", 39.8, "Agent fetched"],
  ["claim", 44.3, "Agent 0.1.0 claimed the run"],
];

/** A boot that came as far as `last`, looked at `laterS` seconds after that. */
export function bootUpTo(
  last: BootStep,
  { id = 1, runId = 9, discoverAt = Date.now(), laterS = 1 } = {},
): BootAttempt {
  const until = UEFI_BOOT.findLastIndex(([step]) => step === last);
  const events = UEFI_BOOT.slice(0, until + 1).map(([step, seconds, detail]) => ({
    at: discoverAt + seconds * 1000,
    step,
    detail,
  }));
  const now = (events.at(-1)?.at ?? discoverAt) + laterS * 1000;
  return {
    id,
    runId,
    startedAt: new Date(events[0]?.at ?? discoverAt).toISOString(),
    events: events.map((event) => ({ ...event, at: new Date(event.at).toISOString() })),
    progress: bootProgress(events, now, false),
  };
}
