export interface DesktopFacts {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** Root on Linux and macOS. */
  readonly isRoot: boolean;
}

/** `headless-wanted` needs no word; `headless-because` carries the one line that says why. */
export type DesktopChoice =
  | { readonly kind: "desktop-wanted" }
  | { readonly kind: "headless-wanted" }
  | { readonly kind: "headless-because"; readonly reason: string; readonly hasDisplay: boolean };

/** How a start shows itself: in a window wherever one can be seen. Whether the runtime for it is here is asked next. */
export function chooseDesktop(facts: DesktopFacts): DesktopChoice {
  // What prints and ends shows no window.
  const wanted = ["--headless", "--doctor", "--help"].some((flag) => facts.args.includes(flag));
  if (wanted || isOn(facts.env.VETTING_HEADLESS)) {
    return { kind: "headless-wanted" };
  }
  if (!hasDisplay(facts)) {
    return {
      kind: "headless-because",
      reason:
        "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so the console runs headless.",
      hasDisplay: false,
    };
  }
  // Chromium refuses to run as root with its sandbox, and without it a page is not fenced in.
  if (facts.isRoot && facts.platform === "linux") {
    return headlessBecause("The desktop window does not run as root");
  }
  return { kind: "desktop-wanted" };
}

/** @param why the first half of the sentence */
export function headlessBecause(why: string): DesktopChoice & { kind: "headless-because" } {
  return {
    kind: "headless-because",
    reason: `${why}, so the console runs headless, for your browser.`,
    hasDisplay: true,
  };
}

function hasDisplay(facts: DesktopFacts): boolean {
  if (facts.platform !== "linux") return true;
  return Boolean(facts.env.DISPLAY) || Boolean(facts.env.WAYLAND_DISPLAY);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false", "no", "off"].includes(value.toLowerCase());
}

/** The console's address in what it printed, or null while there is none. */
export function consoleUrlIn(printed: string): string | null {
  return (
    /\bhttp:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+[^\s"'<>]*(?=[\s"'<>])/.exec(printed)?.[0] ??
    null
  );
}

/** The command that opens a URL in the user's browser. */
export function browserCommand(platform: string, url: string): readonly [string, ...string[]] {
  if (platform === "darwin") return ["open", url];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", url];
  return ["xdg-open", url];
}
