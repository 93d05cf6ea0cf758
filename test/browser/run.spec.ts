/** The run's screen over a console whose data the spec decides: header, hold panel, stages, and what each tab can do. */
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { bootUpTo } from "../fakes/boot-data.ts";
import { detail, goodStages, runningRun } from "../fakes/console-data.ts";
import { type FakeConsole, startFakeConsole } from "../fakes/console-server.ts";
import { buildPage } from "./build-page.ts";
import { fakeLab } from "./fake-lab.ts";

let lab: FakeConsole;
let faults: string[];

test.beforeAll(async () => {
  await buildPage();
});
test.beforeEach(async ({ page }) => {
  lab = await startFakeConsole(join(import.meta.dirname, "../../dist/renderer"), fakeLab());
  faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
});
test.afterEach(async () => {
  await lab.stop();
  expect(faults).toEqual([]);
});

const open = (page: Page, runId: number, tab = "") => page.goto(`${lab.url}#/runs/${runId}${tab}`);
const state = (page: Page) => page.locator(".runhead .state");

test("a run under way says how far it is, in words and as a bar", async ({ page }) => {
  await open(page, 9);
  const head = page.getByRole("region", { name: "Run", exact: true });
  await expect(state(page)).toContainText("Testing");
  await expect(head).toContainText("Storage, stage 6 of 11");
  await expect(head).toContainText("about 12 min 00 left");
  await expect(head.getByRole("progressbar")).toBeVisible();
  const sizes = await page.evaluate(() =>
    [...document.querySelectorAll("main *")].map((element) =>
      Number.parseFloat(getComputedStyle(element).fontSize),
    ),
  );
  const largest = await state(page).evaluate((element) =>
    Number.parseFloat(getComputedStyle(element).fontSize),
  );
  expect(largest).toBe(Math.max(...sizes));
});

test("a hold names the part, what was captured, how to get in, who holds, and what to do", async ({
  page,
}) => {
  await open(page, 8);
  const hold = page.getByRole("region", { name: "Hold" });
  await expect(state(page)).toHaveText("Holding");
  await expect(hold.getByRole("list", { name: "Failing parts" })).toContainText(
    "CPU2Xeon Gold 6130",
  );
  await expect(hold).toContainText("CPU and memory failed on CPU2, Xeon Gold 6130:");
  await expect(hold).toContainText("a hold never expires");
  await expect(hold).toContainText("by M. Ortiz, ticket LAB-311");
  await expect(hold).toContainText("ssh root@10.0.0.7");
  await expect(
    hold.getByRole("button", { name: "Copy the SSH command for 10.0.0.7" }),
  ).toBeVisible();
  await expect(hold).toContainText(`SHA256:${"Ab+/".repeat(10)}abc`);
  await expect(hold).toContainText("Chassis LED Lit");
  await expect(hold.getByRole("listitem").filter({ hasText: "Look at CPU2" })).toBeVisible();
  await hold.getByRole("link", { name: "BMC event log" }).click();
  await expect(page).toHaveURL(/#\/runs\/8\/evidence$/);
  await expect(page.getByRole("region", { name: "Text of sel.txt" })).toContainText(
    "Upper Critical",
  );
  // Beside another tab the panel keeps what matters most.
  await expect(hold).toContainText("CPU2");
  await expect(hold.getByRole("button", { name: "Override…" })).toBeVisible();
  await expect(hold).not.toContainText("What to do now");
});

test("a hold without a way in says why, and what became of the LED", async ({ page }) => {
  const held = lab.data.runs.find(({ id }) => id === 8)!;
  const hold = { chassisLed: "no_bmc", noLogin: "No SSH keys are configured." } as const;
  lab.data.runs = [{ ...held, access: null, hold }];
  await open(page, 8);
  const panel = page.getByRole("region", { name: "Hold" });
  await expect(panel).toContainText("No SSH keys are configured.");
  await expect(panel).toContainText("no BMC that could light it");
});

test("an override needs a reason; Escape leaves it and gives the focus back", async ({ page }) => {
  await open(page, 8);
  const button = page.getByRole("button", { name: "Override…" });
  await button.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("is entered again as a new attempt");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Override" }).click({ force: true });
  expect(lab.posts).toEqual([]);
  await dialog.getByLabel("Reason").fill("Heat sink reseated.");
  await dialog.getByRole("button", { name: "Override" }).click();
  await expect(state(page)).toContainText("Testing");
  expect(lab.posts).toEqual([{ path: "runs/8/override", body: { reason: "Heat sink reseated." } }]);
});

test("Cancel & reboot says what will happen to the host", async ({ page }) => {
  await open(page, 8);
  await page.getByRole("button", { name: "Cancel & reboot…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("falls through to its local disk");
  await dialog.getByRole("button", { name: "Cancel & reboot" }).click();
  await expect(state(page)).toHaveText("Cancelled");
  await expect(page.getByRole("button", { name: /Cancel|Override/ })).toHaveCount(0);
});

test("a cancel in a destructive run warns of the disks", async ({ page }) => {
  lab.data.runs = [runningRun({ nonDestructive: false })];
  await open(page, 9);
  await expect(page.getByText("destructive", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Cancel…" }).click();
  await expect(page.getByRole("dialog")).toContainText(
    "may leave disks in an intermediate state. Recovery is manual.",
  );
});

test("all eleven stages are there, with proof; one with a gap is never green", async ({ page }) => {
  await open(page, 9);
  const stages = page.locator(".rail > li");
  await expect(stages).toHaveCount(11);
  await expect(stages.nth(4)).toContainText("cpu: 180.4 s of 180 s, 8.1 M bogo-ops");
  await expect(stages.nth(4)).toContainText("Not exercised: ECC counters");
  await expect(stages.nth(4)).toContainText("Pass with gaps");
  await expect(stages.nth(4)).not.toHaveClass(/good/);
  await expect(stages.nth(3)).toHaveClass(/good/);
  await expect(stages.nth(5)).toContainText("Running");
  await expect(stages.nth(6)).toContainText("To come");
});

test("a press on a stage filters what stands beside, and a second one takes it back", async ({
  page,
}) => {
  await open(page, 8, "/measurements");
  const rows = page.getByRole("table").getByRole("row");
  await expect(rows).toHaveCount(5);
  const smart = page.getByRole("button", { name: "SMART", exact: true });
  await smart.click();
  await expect(rows).toHaveCount(3);
  await page.getByRole("tab", { name: /^Graphs/ }).click();
  await expect(page.getByText(/Standing still/)).toBeVisible();
  await smart.click();
  await expect(page.getByText(/Standing still/)).toHaveCount(0);
});

test("the tab stands in the address, goes by keyboard, and is marked where something is wrong", async ({
  page,
}) => {
  await open(page, 8);
  await expect(page.getByRole("tab", { name: "Overview" })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await expect(page.getByRole("tab", { name: /Measurements.*1 beyond their limit/ })).toBeVisible();
  await expect(page.getByRole("tab", { name: /Graphs.*1 breaches of a threshold/ })).toBeVisible();
  await expect(page.getByRole("tab", { name: /Log.*1 error/ })).toBeVisible();
  await page.getByRole("tab", { name: "Overview" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/runs\/8\/graphs$/);
  await page.reload();
  await expect(page.getByRole("tab", { name: /^Graphs/ })).toHaveAttribute("aria-selected", "true");
});

test.describe("graphs", () => {
  const figure = (page: Page, name: string) => page.getByRole("figure", { name });

  test("draw the past and go on with live samples", async ({ page }) => {
    await open(page, 9, "/graphs");
    const power = figure(page, "Power");
    await expect(power.locator(".recharts-line-curve")).toHaveCount(1);
    await expect(power).toContainText("limit 500 W");
    lab.publish({ type: "samples", runId: 9, points: [["psu.power", "W", Date.now() + 9e5, 444]] });
    await expect(power.locator(".legend")).toContainText("444 W");
    lab.publish({
      type: "samples",
      runId: 9,
      points: [["fan.speed[7]", "{rpm}", Date.now(), 5100]],
    });
    await expect(figure(page, "Fans")).toContainText("5100 rpm");
  });

  test("one hover reads every chart at the same time; a breach is marked", async ({ page }) => {
    await open(page, 8, "/graphs");
    await expect(figure(page, "Temperature")).toContainText("breach");
    const box = (await figure(page, "Temperature").locator(".recharts-surface").boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 60);
    const time = /^(.+?) ·/;
    const read = async (name: string) =>
      time.exec((await figure(page, name).locator(".tooltip").textContent()) ?? "")?.[1];
    await expect(figure(page, "Power").locator(".tooltip")).toContainText("psu.power");
    expect(await read("Power")).toBe(await read("Temperature"));
  });

  test("zoom by dragging refetches that span, and there is a way back", async ({ page }) => {
    await open(page, 9, "/graphs");
    const chart = figure(page, "Temperature");
    await expect(chart.locator(".recharts-line-curve")).toHaveCount(2);
    const spans: URL[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.pathname.endsWith("/series/all")) spans.push(url);
    });
    const box = (await chart.locator(".recharts-surface").first().boundingBox())!;
    await page.mouse.move(box.x + 150, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + 260, box.y + 90, { steps: 4 });
    await page.mouse.up();
    await expect(page.getByText(/Standing still: .* into the run/)).toBeVisible();
    await expect.poll(() => spans.length).toBe(1);
    const asked =
      Number(spans[0]!.searchParams.get("to")) - Number(spans[0]!.searchParams.get("from"));
    expect(asked).toBeLessThan(15 * 60_000);
    await page.getByRole("button", { name: "Back to live" }).click();
    await expect(page.getByRole("button", { name: "Last 5 min" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
  });

  test("zoom by keyboard alone", async ({ page }) => {
    await open(page, 8, "/graphs");
    await page.getByRole("button", { name: "Zoom in" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText(/Standing still/)).toBeVisible();
    const before = (await page.getByText(/Standing still/).textContent()) ?? "";
    await page.getByRole("button", { name: "Earlier" }).press("Enter");
    await expect(page.getByText(/Standing still/)).not.toHaveText(before);
    await page.getByRole("button", { name: "Whole run", exact: true }).press("Enter");
    await expect(page.getByText(/Standing still/)).toHaveCount(0);
  });

  test("sensors are chosen, and read as a table with a CSV each", async ({ page }) => {
    await open(page, 8, "/graphs");
    const chart = figure(page, "Temperature");
    await chart.getByText("Sensors shown: 2 of 2").click();
    await chart.getByRole("checkbox", { name: "cpu.package.temp[0]" }).uncheck();
    await expect(chart.locator(".recharts-line-curve")).toHaveCount(1);
    await chart.getByText("Readings as a table").click();
    const row = chart.getByRole("row").filter({ hasText: "cpu.package.temp[1]" });
    await expect(row).toContainText("°C");
    await expect(row.getByRole("link", { name: "CSV of cpu.package.temp[1]" })).toHaveAttribute(
      "href",
      "/api/v1/runs/8/series.csv?sensor=cpu.package.temp%5B1%5D",
    );
  });
});

test.describe("the log", () => {
  const line = (sequence: number, text: string, level: "info" | "error" = "info") => ({
    ...{ sequence, stage: "Storage" as const, t: new Date().toISOString(), source: "fio" },
    ...{ level, text },
  });

  test("follows live lines, and filters by level and stage", async ({ page }) => {
    await open(page, 9, "/log");
    const log = page.getByRole("log");
    await expect(log).toContainText("64 processors online");
    const lines = [line(99, "<b>bold</b> verify ok")];
    lab.publish({ type: "log", runId: 9, lines });
    await expect(log).toContainText("<b>bold</b> verify ok");
    await page.getByLabel("Level").selectOption("error");
    await expect(log.locator("p")).toHaveCount(1);
    await page.getByLabel("Level").selectOption("debug");
    await page.getByLabel("Stage").selectOption("Storage");
    await expect(log.locator("p")).toHaveCount(1);
    await expect(log).toContainText("verify ok");
  });

  test("of thousands of lines has a few hundred in the page; older ones come when scrolled up", async ({
    page,
  }) => {
    lab.data.logs = Array.from({ length: 6000 }, (_, index) =>
      line(index + 1, `line ${index + 1}`),
    );
    await open(page, 9, "/log");
    const log = page.getByRole("log");
    await expect(log).toContainText("line 6000");
    expect(await log.locator("p").count()).toBeLessThan(1000);
    await expect(page.getByText("1000 lines. Older ones")).toBeVisible();
    await log.evaluate((box) => {
      box.scrollTop = 0;
    });
    await expect(page.getByText("3000 lines. Older ones")).toBeVisible();
    // Released: a new line does not pull it down.
    lab.publish({ type: "log", runId: 9, lines: [line(6001, "the newest")] });
    await expect(page.getByText("3001 lines.")).toBeVisible();
    await expect(log.getByText("the newest")).toHaveCount(0);
    await page.getByRole("button", { name: "Jump to end" }).click();
    // The box as a whole may reach below the window; within it the end is in sight.
    await page.mouse.wheel(0, 2000);
    await expect(log.getByText("the newest")).toBeInViewport();
    expect(await log.locator("p").count()).toBeLessThan(1000);
  });

  test("search marks and counts, and steps from hit to hit", async ({ page }) => {
    lab.data.logs = Array.from({ length: 900 }, (_, index) =>
      line(index + 1, index % 300 === 7 ? "a Needle in the hay" : "hay"),
    );
    await open(page, 9, "/log");
    const search = page.getByRole("searchbox", { name: "Search the log" });
    await search.fill("needle");
    await expect(page.getByText("3 lines", { exact: true })).toBeVisible();
    await search.press("Enter");
    await expect(page.getByText("1 of 3")).toBeVisible();
    const log = page.getByRole("log");
    await expect(log.locator("p.current")).toBeInViewport();
    await expect(log.locator("p.current mark")).toHaveText("Needle");
    await search.press("Shift+Enter");
    await expect(page.getByText("3 of 3")).toBeVisible();
    await search.press("Escape");
    await expect(search).toHaveValue("");
  });

  test("is copied as it is shown", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await open(page, 9, "/log");
    await page.getByLabel("Level").selectOption("error");
    await page.getByRole("button", { name: "Copy lines" }).click();
    await expect(page.getByText("Copied 1 lines")).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain("error agent CPUStress is ended");
  });
});

test("measurements: beyond first, then marginal, with the margin of each", async ({ page }) => {
  const stages = goodStages().map((one) =>
    one.stage === "PSU"
      ? {
          ...one,
          measurements: [
            { name: "psu.rail", item: "12 V", value: 11.41, unit: "V", min: 11.4, max: 12.6 },
            { name: "psu.rail", item: "5 V", value: 5, unit: "V", min: 4.75, max: 5.25 },
            { name: "psu.rail", item: "3.3 V", value: 3.6, unit: "V", min: 3.13, max: 3.46 },
          ],
        }
      : one,
  );
  lab.data.runs = [detail({ stages })];
  await open(page, 7, "/measurements");
  await page.getByLabel("Stage").selectOption("PSU");
  const rows = page.getByRole("table").getByRole("row");
  await expect(rows.nth(1)).toContainText(/Beyond limit.*3\.3 V.*beyond/);
  await expect(rows.nth(2)).toContainText(/Marginal.*12 V.*1\.7 % inside/);
  await expect(rows.nth(3)).toContainText(/Within.*5 V.*100 % inside/);
});

test("firmware beside pins and another run, what differs first; its versions become pins", async ({
  page,
}) => {
  await open(page, 8, "/firmware");
  const row = (name: RegExp) => page.getByRole("row", { name });
  await expect(page.getByText("3 of 4 stand out. Spec r640.")).toBeVisible();
  await expect(row(/^nic/)).toContainText(/22\.31\.6.*Changed.*22\.40\.1/);
  await expect(row(/^nvme/)).toContainText(/not found.*Missing.*E2MU200/);
  await expect(row(/^bmc/)).toContainText("Not readable");
  await expect(row(/^bios/)).toContainText("As pinned");
  await page.getByLabel("Compare with").selectOption("6");
  await expect(row(/^nic/)).toContainText("22.0.9");
  await page.getByRole("button", { name: "Pin these versions…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Spec")).toHaveValue("r640");
  await dialog.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(page.getByText("3 versions are pinned in spec r640")).toBeVisible();
  expect(lab.posts).toEqual([{ path: "runs/8/firmware/pin", body: { spec: "r640" } }]);
});

test("evidence is read and searched in place, and taken along", async ({ page }) => {
  await open(page, 8, "/evidence");
  await page.getByRole("button", { name: /Kernel log/ }).click();
  const text = page.getByRole("region", { name: "Text of dmesg.txt" });
  await expect(text).toContainText("line 0 of what the kernel had to say");
  expect(await text.locator("p").count()).toBeLessThan(1000);
  const search = page.getByRole("searchbox", { name: "Search dmesg.txt" });
  await search.fill("throttled");
  await search.press("Enter");
  await expect(text.locator("p.current")).toBeInViewport();
  await expect(page.getByRole("link", { name: "Download" })).toHaveAttribute(
    "href",
    "/api/v1/runs/8/evidence/1",
  );
});

test("the report is shown in place, and offered in every form", async ({ page }) => {
  await open(page, 8, "/report");
  await expect(page.frameLocator("iframe").getByText("What the report says")).toBeVisible();
  // To look into the frame the test itself runs a script there, which the sandbox notes.
  faults = faults.filter((fault) => !fault.includes("'allow-scripts' permission is not set"));
  await expect(page.getByRole("link", { name: "Open the report" })).toBeVisible();
  for (const name of ["Save HTML", "Save PDF", "Save OCP JSONL", "Save JUnit XML"]) {
    await expect(page.getByRole("button", { name })).toBeVisible();
  }
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save HTML" }).click();
  expect((await download).suggestedFilename()).toBe("vetting-run-8.html");
});

test("a full pass is green and asks for nothing", async ({ page }) => {
  lab.data.runs = [detail({ stages: goodStages().map((one) => ({ ...one, gaps: [] })) })];
  await open(page, 7);
  await expect(state(page)).toHaveText("Passed");
  await expect(page.locator(".runhead")).toHaveClass(/good/);
  await expect(page.getByRole("button", { name: /Cancel|Override/ })).toHaveCount(0);
});

test("a run that failed to boot shows at which step, and what usually causes it", async ({
  page,
}) => {
  const boots = [bootUpTo("offer", { runId: 7, laterS: 600 })];
  lab.data.runs = [
    detail({
      ...{ state: "Failed", verdict: "fail", failedStage: "boot", stages: [], sensors: [], boots },
      reason: "The host did not boot into the live image in time.",
    }),
  ];
  lab.data.series = [];
  await open(page, 7);
  await expect(state(page)).toHaveText("Could not begin");
  await expect(page.getByText("The host did not boot into the live image in time.")).toBeVisible();
  await expect(page.getByRole("list", { name: /^Boot of/ })).toContainText("Told where to boot");
  await expect(page.getByText(/a firewall on this machine blocks UDP 69/)).toBeVisible();
  await expect(page.locator(".rail > li").first()).toContainText("Not reached");
});
