import { z } from "zod";
import { sentenceSchema, timeSchema } from "./common.ts";

/** How long a step may take before its boot counts as stopped, what it is called, and what usually stops it there. */
interface StepFacts {
  readonly title: string;
  /** Seconds until the next step is overdue; null: nothing is waited for after it. */
  readonly patienceS: number | null;
  /** What usually keeps a host from going on after this step, and what to do. */
  readonly cause: string;
}

const POST =
  "Servers take minutes for their self-test. After that: network boot is not in its boot order or is switched off for this port, or the cable is in another port";

/**
 * The steps of a network boot, in the order in which they happen. `local_disk` ends a boot without a run; `problem`
 * may come at any time. Patience: generous against slow firmware (a server's POST takes up to ten minutes, an
 * emulated one fetches its image in one), short against the console's own boot timeout.
 */
const STEPS = {
  commanded: {
    title: "Told to reboot",
    patienceS: 600,
    cause: `It has asked for no network boot since it was told to reboot. ${POST}.`,
  },
  wake_sent: {
    title: "Wake-up sent",
    patienceS: 600,
    cause: `It has asked for no network boot since it was woken. Power it on and choose network boot in its boot menu. ${POST}.`,
  },
  discover: {
    title: "Asked for a network boot",
    patienceS: 15,
    cause:
      "It asked (DHCP DISCOVER) and got no answer from this console. The boot files are missing, there is none for its architecture, or the answer could not be sent: see the doctor.",
  },
  offer: {
    title: "Told where to boot from",
    patienceS: 60,
    cause:
      "It was told where to boot from and fetched nothing. Usual causes: no DHCP server gives it an address on this network; a firewall on this machine blocks UDP 69, UDP 4011 or the lab port; another boot server answered first; with UEFI HTTP boot, plain HTTP is not allowed in its setup.",
  },
  boot_file: {
    title: "Boot loader fetched",
    patienceS: 90,
    cause:
      "It fetched the boot loader, which then never asked for its script. Usual causes: Secure Boot refused it (switch Secure Boot off for the test); the switch port takes half a minute until it forwards (set it to edge or portfast); the loader got no address.",
  },
  script: {
    title: "Boot script fetched",
    patienceS: 60,
    cause:
      "It has its script and fetched no kernel. Usual causes: the live image has not been built (npm run image), or a firewall blocks the lab port.",
  },
  local_disk: {
    title: "Sent to its local disk",
    patienceS: null,
    cause: "No run waited for it.",
  },
  kernel: {
    title: "Kernel fetched",
    patienceS: 120,
    cause:
      "The kernel came, the initrd did not. Usual causes: the link went down, or the host has too little memory (2 GiB are needed).",
  },
  initrd: {
    title: "Initrd fetched",
    patienceS: 240,
    cause:
      "Kernel and initrd came, but the started kernel never fetched the live image: look at its monitor. Usual causes: Secure Boot refused the kernel; the live image has no driver or firmware for this network card; no address was given to it.",
  },
  image: {
    title: "Live image fetched",
    patienceS: 240,
    cause:
      "The live image came, but it never asked for the agent: look at its monitor. Usual causes: too little memory (2 GiB are needed), or a kernel that crashed on this hardware.",
  },
  agent: {
    title: "Agent fetched",
    patienceS: 90,
    cause:
      "The agent was fetched and never claimed the run: look at its monitor. Usual cause: the agent's checksum is not the one in the boot script, as after an upgrade of the console in the middle of a boot.",
  },
  claim: { title: "Run claimed", patienceS: null, cause: "The agent is at work." },
  problem: { title: "Problem", patienceS: null, cause: "" },
} as const satisfies Record<string, StepFacts>;

export type BootStep = keyof typeof STEPS;
export const BOOT_STEPS = Object.keys(STEPS) as [BootStep, ...BootStep[]];

export const bootEventSchema = z.object({
  at: timeSchema,
  step: z.enum(BOOT_STEPS),
  detail: sentenceSchema,
});
export type BootEvent = z.infer<typeof bootEventSchema>;

/** Where a boot stands. `stopped`: the next step is overdue, or a later boot has begun. */
export const bootProgressSchema = z.object({
  kind: z.enum(["under_way", "claimed", "local_disk", "stopped"]),
  /** The last step that was reached; null before the first. */
  step: z.enum(BOOT_STEPS).nullable(),
  /** For people: how far it came and, when it stopped, what usually causes it. */
  sentence: sentenceSchema,
});
export type BootProgress = z.infer<typeof bootProgressSchema>;

/** One boot of a host over the network. */
export const bootAttemptSchema = z.object({
  id: z.int(),
  /** Null: no run waited for the host. */
  runId: z.int().nullable(),
  startedAt: timeSchema,
  events: z.array(bootEventSchema),
  progress: bootProgressSchema,
});
export type BootAttempt = z.infer<typeof bootAttemptSchema>;

export function bootStepTitle(step: BootStep): string {
  return STEPS[step].title;
}

const rank = (step: BootStep) => BOOT_STEPS.indexOf(step);
const passed = (steps: readonly BootStep[], mark: BootStep) =>
  steps.some((step) => step !== "problem" && rank(step) >= rank(mark));

/** Who speaks: the machine's own firmware, the iPXE that it loaded, or the live image. */
export type BootSpeaker = "firmware" | "ipxe" | "system";

/**
 * Does this step begin another boot? Firmware asks several times over several protocols in one boot, and iPXE asks
 * again after it: only a step that cannot follow those that were reached means that the machine was started anew.
 */
export function beginsNewBoot(
  reached: readonly BootStep[],
  step: BootStep,
  speaker: BootSpeaker,
): boolean {
  if (reached.length === 0) return true;
  switch (step) {
    case "commanded":
    case "wake_sent":
      return passed(reached, "discover");
    case "discover":
      return passed(reached, speaker === "ipxe" ? "local_disk" : "script");
    case "script":
    case "local_disk":
      return speaker !== "system" && passed(reached, "local_disk");
    default:
      return false;
  }
}

/**
 * How far a boot came and whether it goes on.
 * @param events oldest first
 * @param superseded a later boot of the same host has begun
 */
export function bootProgress(
  events: readonly { readonly at: number; readonly step: BootStep }[],
  nowMs: number,
  superseded: boolean,
): BootProgress {
  const last = events.findLast(({ step }) => step !== "problem");
  if (last === undefined) {
    return { kind: superseded ? "stopped" : "under_way", step: null, sentence: "Nothing yet." };
  }
  const { step } = last;
  const { title, patienceS, cause } = STEPS[step];
  if (step === "claim") return { kind: "claimed", step, sentence: `${title}. ${cause}` };
  if (step === "local_disk") return { kind: "local_disk", step, sentence: `${title}. ${cause}` };
  const overdue = patienceS !== null && nowMs - last.at > patienceS * 1000;
  if (!overdue && !superseded) return { kind: "under_way", step, sentence: `${title}.` };
  return { kind: "stopped", step, sentence: `The boot stopped after “${title}”. ${cause}` };
}
