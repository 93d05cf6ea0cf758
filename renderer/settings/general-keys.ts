export interface GeneralKey {
  /** Below `vetting`. */
  readonly path: readonly [string, string];
  readonly label: string;
  readonly kind: "number" | "text" | "switch" | "lines";
  readonly unit?: string;
  readonly means: string;
  /** An empty field means null, and this is what that does. */
  readonly none?: string;
}

export interface GeneralSection {
  readonly title: string;
  readonly keys: readonly GeneralKey[];
}

/** Everything of vetting.yaml beside profiles, thresholds and specs. */
export const GENERAL_SECTIONS: readonly GeneralSection[] = [
  {
    title: "Lab network",
    keys: [
      {
        path: ["lab", "httpPort"],
        label: "Lab port",
        kind: "number",
        unit: "TCP",
        means: "Boot files, agents, reporters",
      },
      { path: ["lab", "tftp"], label: "TFTP", kind: "switch", means: "Serve boot loaders" },
      { path: ["lab", "tftpPort"], label: "TFTP port", kind: "number", unit: "UDP", means: "" },
      {
        path: ["lab", "proxyDhcp"],
        label: "ProxyDHCP",
        kind: "switch",
        means: "Answer PXE clients beside the lab's own DHCP server",
      },
      {
        path: ["lab", "dhcpPort"],
        label: "ProxyDHCP port",
        kind: "number",
        unit: "UDP",
        means: "",
      },
      { path: ["lab", "pxePort"], label: "PXE port", kind: "number", unit: "UDP", means: "" },
      {
        path: ["console", "port"],
        label: "Page port",
        kind: "number",
        unit: "TCP",
        means: "Of this page, on loopback only",
      },
    ],
  },
  {
    title: "Hosts and their reporters",
    keys: [
      {
        path: ["reporter", "heartbeatSeconds"],
        label: "Reporter calls every",
        kind: "number",
        unit: "s",
        means: "Told to a reporter when it registers",
      },
      {
        path: ["reporter", "staleAfterSeconds"],
        label: "Offline after",
        kind: "number",
        unit: "s",
        means: "Without a call a host counts as offline",
      },
      {
        path: ["reporter", "enrolToken"],
        label: "Enrolment token",
        kind: "text",
        none: "anybody may register",
        means: "Only reporters that bring it may register",
      },
    ],
  },
  {
    title: "Runs",
    keys: [
      {
        path: ["dispatcher", "maxConcurrentRuns"],
        label: "Runs at once",
        kind: "number",
        means: "Further ones wait in the queue",
      },
      {
        path: ["boot", "timeoutMinutes"],
        label: "Boot time-out",
        kind: "number",
        unit: "min",
        means: "From the reboot command to the agent's claim",
      },
      {
        path: ["agent", "heartbeatSeconds"],
        label: "Agent calls every",
        kind: "number",
        unit: "s",
        means: "Told to an agent when it claims its run",
      },
      {
        path: ["agent", "lostAfterSeconds"],
        label: "Silent after",
        kind: "number",
        unit: "s",
        means: "Without a sign of life a host is shown as silent",
      },
      {
        path: ["agent", "sshKeys"],
        label: "SSH keys",
        kind: "lines",
        means: "Public keys that may log in to a held host, one a line",
      },
    ],
  },
  {
    title: "Network test and disk",
    keys: [
      {
        path: ["network", "iperfPeer"],
        label: "iperf3 peer",
        kind: "text",
        none: "the console starts its own",
        means: "host or host:port of a server that the lab runs",
      },
      {
        path: ["network", "iperfPort"],
        label: "First iperf3 port",
        kind: "number",
        unit: "TCP",
        means: "Of the console's own servers, one a run; 0 takes free ones",
      },
      {
        path: ["disk", "warnFreeMiB"],
        label: "Warn below",
        kind: "number",
        unit: "MiB free",
        means: "Below half of it no new run starts",
      },
    ],
  },
];
