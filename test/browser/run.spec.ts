/** The run's screen in states that the demo does not come to; demo-run.spec.ts has the rest. */
import type { Page } from "@playwright/test";
import { bootUpTo } from "../fakes/boot-data.ts";
import { detail, goodStages } from "../fakes/console-data.ts";
import { expect, test } from "./lab-test.ts";

const state = (page: Page) => page.locator(".runhead .state");

test("a run under way says how far it is, in words and as a bar", async ({ page, openRun }) => {
  await openRun(9);
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
  openRun,
}) => {
  await openRun(8);
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

test("a hold without a way in says why, and what became of the LED", async ({
  page,
  lab,
  openRun,
}) => {
  const held = lab.data.runs.find(({ id }) => id === 8)!;
  const hold = { chassisLed: "no_bmc", noLogin: "No SSH keys are configured." } as const;
  lab.data.runs = [{ ...held, access: null, hold }];
  await openRun(8);
  const panel = page.getByRole("region", { name: "Hold" });
  await expect(panel).toContainText("No SSH keys are configured.");
  await expect(panel).toContainText("no BMC that could light it");
});

test("the tab stands in the address, goes by keyboard, and is marked where something is wrong", async ({
  page,
  openRun,
}) => {
  await openRun(8);
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

test("measurements: beyond first, then marginal, with the margin of each", async ({
  page,
  lab,
  openRun,
}) => {
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
  await openRun(7, "/measurements");
  await page.getByRole("combobox", { name: "Stage" }).selectOption("PSU");
  const rows = page.getByRole("table").getByRole("row");
  await expect(rows.nth(1)).toContainText(/Beyond limit.*3\.3 V.*beyond/);
  await expect(rows.nth(2)).toContainText(/Marginal.*12 V.*1\.7 % inside/);
  await expect(rows.nth(3)).toContainText(/Within.*5 V.*100 % inside/);
});

test("firmware beside pins and another run, what differs first; its versions become pins", async ({
  page,
  lab,
  openRun,
}) => {
  await openRun(8, "/firmware");
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

test("a full pass is green and asks for nothing", async ({ page, lab, openRun }) => {
  lab.data.runs = [detail({ stages: goodStages().map((one) => ({ ...one, gaps: [] })) })];
  await openRun(7);
  await expect(state(page)).toHaveText("Passed");
  await expect(page.locator(".runhead")).toHaveClass(/good/);
  await expect(page.getByRole("button", { name: /Cancel|Override/ })).toHaveCount(0);
});

test("a run that failed to boot shows at which step, and what usually causes it", async ({
  page,
  lab,
  openRun,
}) => {
  const boots = [bootUpTo("offer", { runId: 7, laterS: 600 })];
  lab.data.runs = [
    detail({
      ...{ state: "Failed", verdict: "fail", failedStage: "boot", stages: [], sensors: [], boots },
      reason: "The host did not boot into the live image in time.",
    }),
  ];
  lab.data.series = [];
  await openRun(7);
  await expect(state(page)).toHaveText("Could not begin");
  await expect(page.getByText("The host did not boot into the live image in time.")).toBeVisible();
  await expect(page.getByRole("list", { name: /^Boot of/ })).toContainText("Told where to boot");
  await expect(page.getByText(/a firewall on this machine blocks UDP 69/)).toBeVisible();
  await expect(page.locator(".rail > li").first()).toContainText("Not reached");
});
