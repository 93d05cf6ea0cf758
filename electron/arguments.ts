/**
 * Switches that are Chromium's or Electron's own, not the console's: launchers and packages add them (an AppImage's
 * menu entry carries `--no-sandbox` where the kernel has no user namespaces).
 */
const RUNTIME_SWITCH =
  /^--(no-sandbox|disable-|enable-|force-|ozone-|remote-debugging-|inspect|gtk-version|class|name|lang|log-|v=|user-data-dir|use-gl|use-angle|in-process-gpu|password-store|original-process-start-time|allow-file-access)/;

/**
 * The console's own arguments in those of the process.
 * @param argv of the process: the program first, and when run from a checkout the folder of the app after it;
 *   switches of the runtime may stand before that folder, as a debugger or a test puts them
 */
export function consoleArguments(argv: readonly string[], isPackaged: boolean): string[] {
  return argv
    .slice(1)
    .filter((arg) => !RUNTIME_SWITCH.test(arg) && !arg.startsWith("vetting:"))
    .slice(isPackaged ? 0 : 1);
}
