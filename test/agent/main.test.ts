import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, onTestFinished, test } from "vitest";
import { STAGES } from "../../contract/stages.ts";
import { eventually, temporaryFolder } from "./agent-rig.ts";
import { FakeConsole } from "./fake-console.ts";

/** The agent as a host runs it: one file, no packages beside it. */
async function bundle(folder: string): Promise<string> {
  const outfile = join(folder, "agent.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "../../agent/main.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    logLevel: "silent",
  });
  return outfile;
}

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

function start(file: string, env: Record<string, string>): Started {
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      output += String(chunk);
    });
  }
  const exit = once(child, "exit").then(([code]) => code as number | null);
  return { child, output: () => output, exit };
}

async function createHost() {
  const console = await new FakeConsole().start();
  onTestFinished(() => console.stop());
  const folder = temporaryFolder();
  const commandLine = join(folder, "cmdline");
  writeFileSync(commandLine, "quiet\n");
  const env = {
    VETTING_CMDLINE: commandLine,
    VETTING_CONSOLE: console.url,
    VETTING_BOOT_TOKEN: "boot-token-0001",
    VETTING_MAC: "52:54:00:12:34:56",
    VETTING_BOOT_ID: "boot-1",
    VETTING_STATE_DIR: join(folder, "state"),
  };
  return { console, folder, env, file: await bundle(folder) };
}

describe("the bundled agent", () => {
  test("claims with its catalogue, walks the real stages from the claimed one, and ends well", async () => {
    const { console, env, file } = await createHost();
    console.state = "Reporting";
    const agent = start(file, env);
    expect(await agent.exit, agent.output()).toBe(0);
    expect(console.results.map(({ stage }) => stage)).toEqual(["Reporting"]);
    const [claim] = console.posts("claim");
    const declared = claim?.body.catalogue.stages.map(({ name }: { name: string }) => name);
    expect(declared).toEqual([...STAGES]);
    expect(agent.output()).toContain("refused: not in the live image");
    expect(agent.output()).not.toContain("boot-token-0001");
    expect(agent.output()).not.toContain(console.runToken);
  });

  test("ends on SIGTERM with its programs, and on SIGKILL is taken up again where it was", async () => {
    const { console, env, file, folder } = await createHost();
    console.state = "CPUStress";
    // A stress tool that never ends, where the real one would be.
    const tools = join(folder, "bin");
    mkdirSync(tools);
    writeFileSync(
      join(tools, "stress-ng"),
      '#!/bin/sh\ntrap "" TERM\nwhile :; do sleep 0.2; done\n',
      {
        mode: 0o755,
      },
    );
    const faked = { ...env, PATH: `${tools}:${process.env.PATH}` };
    const first = start(file, faked);
    await eventually(() => console.samples.size).toBeGreaterThan(0);
    first.child.kill("SIGKILL");
    await first.exit;

    const second = start(file, faked);
    await eventually(() => console.posts("claim").length).toBe(2);
    expect(console.posts("claim")[1]?.bearer).toBe(console.runToken);
    expect(second.output()).toMatch(/Ended \d+ processes that an earlier agent had left running/);
    const before = console.posts("heartbeat").length;
    await eventually(() => console.posts("heartbeat").length).toBeGreaterThan(before + 3);
    second.child.kill("SIGTERM");
    expect(await second.exit, second.output()).toBe(0);
    expect(console.results).toEqual([]);
    expect(console.clashes).toEqual([]);
  });

  test("without a console to talk to says what is missing, and does not ask to be restarted", async () => {
    const { env, file } = await createHost();
    const { VETTING_CONSOLE: _gone, ...rest } = env;
    const agent = start(file, rest);
    expect(await agent.exit).toBe(2);
    expect(agent.output()).toContain("The agent does not know the console's URL");
  });
});
