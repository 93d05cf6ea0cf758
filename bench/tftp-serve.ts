import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { startTftpServer } from "../server/netboot/tftp-server.ts";

/** Our TFTP server as a process of its own, as its peers are: `node tftp-serve.ts ADDRESS PORT FILE…`. */
const [address = "", port, ...paths] = process.argv.slice(2);
const files = new Map(paths.map((path) => [basename(path), readFileSync(path)]));
const server = await startTftpServer({
  address,
  port: Number(port),
  file: (name) => files.get(name) ?? null,
  onEvent: () => {},
  warn: (text) => process.stderr.write(`${text}\n`),
});
if (server.port === null) throw new Error(`port ${port}: ${server.failure}`);
