interface Listening {
  readonly consoleUrl: string;
  readonly labUrl: string | null;
  /** UDP services: null for one that could not bind. */
  readonly ports: { readonly tftp: number | null; readonly dhcp: number | null };
}

/** One line of JSON for programs that start the console: everything listens, and where. */
export function readyLine({ consoleUrl, labUrl, ports }: Listening): string {
  const line = {
    event: "ready",
    consoleUrl,
    labUrl,
    tftpPort: ports.tftp,
    dhcpPort: ports.dhcp,
    pid: process.pid,
  };
  return `${JSON.stringify(line)}\n`;
}
