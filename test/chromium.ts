/** Debian's own browser, as Playwright starts it: its downloads are not to be had everywhere. */
export const CHROMIUM = {
  executablePath: process.env.VETTING_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
