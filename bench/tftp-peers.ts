import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HostNamespace } from "../test/e2e/host-namespace.ts";
import { unpackedPackage } from "./debian-package.ts";

const PORT = 69;

/** A TFTP server at work in a host of its own, on the port that all of them can take. */
export interface BenchedServer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Whether it honours `windowsize`. */
  readonly windows: boolean;
  /** Every process of it. */
  pids(): number[];
  end(): void;
}

/** Ours and its peers, each serving the folder's files. */
export async function tftpServers(
  folder: string,
  files: readonly string[],
): Promise<BenchedServer[]> {
  const paths = files.map((file) => join(folder, file));
  const commands: [string, boolean, (address: string) => string[]][] = [
    [
      "ours",
      true,
      (address) => [
        process.execPath,
        join(import.meta.dirname, "tftp-serve.ts"),
        ...[address, `${PORT}`, ...paths],
      ],
    ],
    [
      "tftpd-hpa",
      false,
      (address) => [
        join(unpackedPackage("tftpd-hpa"), "usr/sbin/in.tftpd"),
        ...["--foreground", "--address", `${address}:${PORT}`, "--user", "root"],
        ...["--secure", folder],
      ],
    ],
    [
      "atftpd",
      true,
      (address) => [
        join(unpackedPackage("atftpd"), "usr/sbin/atftpd"),
        ...["--daemon", "--no-fork", "--no-multicast", "--maxthread", "200", "--verbose=0"],
        ...["--bind-address", address, "--port", `${PORT}`, "--user", "root", "--group", "root"],
        ...["--logfile", "/dev/null", folder],
      ],
    ],
    [
      "dnsmasq",
      false,
      (address) => [
        ...["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0"],
        ...["--enable-tftp", `--tftp-root=${folder}`, "--tftp-max=200", "--user=root"],
        ...[`--listen-address=${address}`, "--bind-interfaces", "--pid-file="],
      ],
    ],
  ];
  const servers: BenchedServer[] = [];
  for (const [index, [name, windows, command]] of commands.entries()) {
    const host = new HostNamespace(index);
    host.spawn(command(host.hostAddress), {});
    const address = host.hostAddress;
    servers.push({
      name,
      address,
      port: PORT,
      windows,
      pids: () => host.pids(),
      end: () => host.end(),
    });
    await answers(name, address, files[0] ?? "");
  }
  return servers;
}

async function answers(name: string, address: string, file: string): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    await sleep(250);
    try {
      const url = `tftp://${address}:${PORT}/${file}`;
      execFileSync("curl", ["-s", "-o", "/dev/null", "--max-time", "5", url], { stdio: "ignore" });
      return;
    } catch {
      // Not up yet.
    }
  }
  throw new Error(`${name} serves nothing.`);
}
