/** How a network boot is shown: on the host's tile while a run waits for it, and as a timeline on the run's page. */
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { bootUpTo } from "../fakes/boot-data.ts";
import { detail, host, summaryOf } from "../fakes/console-data.ts";
import { type FakeConsole, startFakeConsole } from "../fakes/console-server.ts";
import { buildPage } from "./build-page.ts";
import { fakeLab } from "./fake-lab.ts";

let lab: FakeConsole;

test.beforeAll(async () => {
  await buildPage();
});
test.beforeEach(async () => {
  lab = await startFakeConsole(join(import.meta.dirname, "../../dist/renderer"), fakeLab());
});
test.afterEach(() => lab.stop());

/** Run 10 of a host that is told to reboot, and how its boot stands. */
function booting(boot: ReturnType<typeof bootUpTo>, state: "WaitingReboot" | "Inventory") {
  const run = detail({
    id: 10,
    hostId: 4,
    hostName: "altair",
    state,
    verdict: null,
    endedAt: null,
    stages: [],
    boots: [boot],
    canCancel: true,
  });
  const summary = host({ id: 4, name: "altair", run: summaryOf(run), boot });
  lab.data.runs = [...lab.data.runs.filter(({ id }) => id !== 10), run];
  lab.data.hosts = lab.data.hosts.map((it) => (it.id === 4 ? summary : it));
  return { run, summary };
}

test("a boot that stopped says on the tile at which step, and what usually causes it", async ({
  page,
}) => {
  booting(bootUpTo("offer", { runId: 10, laterS: 600 }), "WaitingReboot");
  await page.goto(lab.url);
  const tile = page.getByRole("article").filter({ hasText: "altair" });
  await expect(tile).toContainText("The boot stopped after “Told where to boot from”");
  await expect(tile).toContainText("a firewall on this machine blocks UDP 69");
});

test("the run's page has every step with its time, live, and folds them away once it has booted", async ({
  page,
}) => {
  booting(bootUpTo("boot_file", { runId: 10 }), "WaitingReboot");
  await page.goto(`${lab.url}#/runs/10`);
  const steps = page.getByRole("list", { name: /^Boot of/ }).getByRole("listitem");
  await expect(steps).toHaveCount(4);
  await expect(steps.nth(1)).toContainText("Asked for a network boot");
  await expect(steps.nth(1)).toContainText("DISCOVER (UEFI x64)");
  await expect(steps.nth(3)).toContainText("+52.6 s");

  const { run, summary } = booting(bootUpTo("claim", { runId: 10 }), "Inventory");
  lab.publish({ type: "run", run: summaryOf(run) });
  lab.publish({ type: "host", host: summary });
  const fold = page.getByRole("heading", { name: "Network boot" });
  await expect(page.getByText(/took 1 min 32/)).toBeVisible();
  await fold.click();
  await expect(page.getByText("Agent 0.1.0 claimed the run")).toBeVisible();
});
