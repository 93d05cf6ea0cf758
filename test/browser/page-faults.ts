import type { Page } from "@playwright/test";

/** Errors that are not the page's. */
const NOT_OURS = [
  // A stopped console is refused connections.
  "net::ERR_",
  // The trace of a test looks into every frame, and into the report's no script may go.
  "Blocked script execution",
];

/** Everything that the page reports as wrong from now on, a broken policy above all; a test takes out what it provoked. */
export function watchFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !NOT_OURS.some((words) => text.includes(words))) {
      faults.push(text);
    }
  });
  return faults;
}
