/** The settings screen over the real console: the forms write the file, the text is checked while it is typed. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { buildPage } from "./build-page.ts";
import { type RealConsole, startRealConsole } from "./real-console.ts";

const SHIPPED = readFileSync(join(import.meta.dirname, "../../vetting.yaml"), "utf8");

let console_: RealConsole;
let faults: string[];

test.beforeAll(async () => {
  await buildPage();
});
test.beforeEach(async ({ page }) => {
  console_ = await startRealConsole();
  faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
});
test.afterEach(async () => {
  await console_.stop();
  expect(faults).toEqual([]);
});

const ownFile = () => join(console_.dataDir, "vetting.yaml");
/** Empty until the first change makes the file. */
const written = () => (existsSync(ownFile()) ? readFileSync(ownFile(), "utf8") : "");
/** A field, and not the button that resets it. */
const field = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true });

async function open(page: Page, tab?: string): Promise<void> {
  await page.goto(`${console_.consoleUrl}#/settings`);
  if (tab !== undefined) await page.getByRole("tab", { name: tab }).click();
  await expect(page.getByRole("tabpanel")).toBeVisible();
}

test("a profile's value is changed beside its built-in one, and every comment stays", async ({
  page,
}) => {
  await open(page);
  const burn = field(page, "Burn: Burn");
  await expect(burn).toHaveValue("300");
  await burn.fill("60");
  await expect(page.getByRole("tab", { name: "Profiles 1 not saved" })).toBeVisible();
  await save(page).click();
  await expect(page.getByRole("region", { name: "Changes that are not saved" })).toHaveCount(0);
  expect(written()).toBe(SHIPPED.replace("Burn: { seconds: 300,", "Burn: { seconds: 60,"));
  // Back to the built-in one: the key goes.
  await page.getByRole("button", { name: "Reset Burn: Burn" }).click();
  await expect(burn).toHaveValue("300");
  await save(page).click();
  await expect.poll(written).toBe(SHIPPED.replace("Burn: { seconds: 300, ", "Burn: { "));
});

test("a profile is added, and a run can be started with it", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Add a profile…" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a profile" });
  await dialog.getByLabel("Name").fill("quick");
  await expect(dialog.getByRole("alert")).toContainText("There is a profile of this name");
  await dialog.getByLabel("Name").fill("smoke");
  await dialog.getByRole("button", { name: "Add" }).click();
  await field(page, "GPU: GPU burn").fill("5");
  await save(page).click();
  await expect(page.getByRole("radio", { name: /^smoke about/ })).toBeVisible();
  expect(written()).toContain("    smoke:\n      GPU: { seconds: 5 }\n");
});

test("the server's mistake stands at its field, and nothing is saved", async ({ page }) => {
  await open(page);
  const cpu = field(page, "CPU and memory: Processor pass");
  await cpu.fill("long");
  await save(page).click();
  await expect(cpu).toHaveAttribute("aria-invalid", "true");
  await expect(cpu).toHaveAccessibleDescription(/expected a number, found "long"/);
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(cpu).toHaveValue("180");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a threshold is added, changed and taken out", async ({ page }) => {
  await open(page, "Thresholds");
  const rows = page.getByRole("row");
  await expect(rows).toHaveCount(4);
  await page.getByRole("button", { name: "Add a threshold" }).click();
  await page.getByLabel("Sensor of threshold 4").fill("psu.power");
  await page.getByLabel("Maximum of psu.power").fill("450");
  await page.getByLabel("Severity of psu.power").selectOption("warn");
  await page.getByLabel("disk.temp: the sensor's own critical limit").uncheck();
  await page.getByLabel("Maximum of disk.temp").fill("70");
  await page.getByRole("button", { name: "Remove memory.edac.ue" }).click();
  await save(page).click();
  await expect(page.getByRole("region", { name: "Changes that are not saved" })).toHaveCount(0);
  const text = written();
  expect(text).toContain("- { sensor: disk.temp, max: 70, forSeconds: 10, severity: fail }");
  expect(text).toContain("sensor: psu.power, max: 450, forSeconds: 10, severity: warn");
  expect(text).not.toContain("sensor: memory.edac.ue");
  expect(text).toContain("# A list given here replaces the built-in one.");
});

test("a spec is made, with a match, an expectation and a pin", async ({ page }) => {
  await open(page, "Specs");
  await expect(page.getByText("No spec yet")).toBeVisible();
  await page.getByRole("button", { name: "Add a spec" }).click();
  const spec = page.getByRole("region", { name: /^Spec/ });
  await spec.getByLabel("Name").fill("r640");
  await spec.getByLabel("Matches the product").fill("PowerEdge R640");
  await spec.getByLabel("Memory (GiB)").fill("192");
  await spec.getByRole("button", { name: "Add a pin" }).click();
  await spec.getByLabel("Version of pin 1 of r640").fill("2.10");
  await save(page).click();
  await expect(page.getByRole("region", { name: "Changes that are not saved" })).toHaveCount(0);
  expect(written()).toContain(
    [
      "  specs:",
      "    - name: r640",
      "      match: { product: PowerEdge R640 }",
      "      expect: { memoryGiB: 192 }",
      "      firmware:",
      '        - { component: bios, version: "2.10" }',
    ].join("\n"),
  );
});

test("a general setting counts at once; a port waits for a start; the command line stays above", async ({
  page,
}) => {
  await open(page, "General");
  await field(page, "Runs at once").fill("3");
  await field(page, "iperf3 peer").fill("iperf.lab");
  await save(page).click();
  await expect.poll(written).toContain("maxConcurrentRuns: 3");
  expect(written()).toContain("iperfPeer: iperf.lab");
  // The spec's console was started with --console-port.
  await expect(field(page, "Page port")).toBeDisabled();
  await expect(page.getByRole("row", { name: /^Page port/ })).toContainText("--console-port");
});

test("what is not saved outlives a look elsewhere, and closing the window asks", async ({
  page,
}) => {
  await open(page, "General");
  await field(page, "Runs at once").fill("5");
  await page.getByRole("link", { name: "Hosts" }).click();
  await expect(page.getByRole("heading", { name: "Hosts", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("tab", { name: "General 1 not saved" }).click();
  await expect(field(page, "Runs at once")).toHaveValue("5");
  let asked = false;
  page.once("dialog", (dialog) => {
    asked = dialog.type() === "beforeunload";
    void dialog.accept();
  });
  await page.reload();
  expect(asked).toBe(true);
});

test.describe("the text", () => {
  const editor = (page: Page) => page.getByRole("textbox", { name: "Text of vetting.yaml" });
  const mistakes = (page: Page) => page.locator(".mistakes");

  test("is checked while it is typed, and a mistake leads to its line", async ({ page }) => {
    await open(page, "vetting.yaml");
    await expect(mistakes(page)).toContainText("No mistake");
    await editor(page).fill("vetting:\n  boot:\n    timeoutMinutes: soon\n  labb: {}\n");
    await expect(mistakes(page)).toContainText("2 mistakes");
    await mistakes(page)
      .getByRole("button", { name: /Line 3/ })
      .click();
    await expect(editor(page)).toBeFocused();
    const selected = await editor(page).evaluate((area) => {
      const { value, selectionStart, selectionEnd } = area as HTMLTextAreaElement;
      return value.slice(selectionStart, selectionEnd);
    });
    expect(selected).toBe("soon");
    await page.getByRole("button", { name: "Save the text" }).click();
    await expect(page.getByRole("alert")).toContainText("line 3");
    await editor(page).fill("# mine\nvetting:\n  boot: {timeoutMinutes: 20}\n");
    await expect(mistakes(page)).toContainText("No mistake");
    await editor(page).press("Control+s");
    await expect.poll(written).toContain("# mine");
    await page.getByRole("tab", { name: "General" }).click();
    await expect(field(page, "Boot time-out")).toHaveValue("20");
  });

  test("that somebody else changed meanwhile is shown before one of the two is lost", async ({
    page,
  }) => {
    await open(page, "vetting.yaml");
    await editor(page).fill("# typed here\n");
    writeFileSync(ownFile(), "# by hand\nvetting:\n  boot: {timeoutMinutes: 7}\n");
    await page.getByRole("button", { name: "Save the text" }).click();
    const dialog = page.getByRole("dialog", { name: "vetting.yaml was changed meanwhile" });
    await expect(dialog).toContainText("# by hand");
    await dialog.getByRole("button", { name: "Back to my text" }).click();
    await expect(editor(page)).toHaveValue("# typed here\n");
    await page.getByRole("button", { name: "Save the text" }).click();
    await dialog.getByRole("button", { name: "Overwrite the file" }).click();
    await expect(dialog).toHaveCount(0);
    expect(written()).toBe("# typed here\n");
  });

  test("that was broken by hand locks the forms, says the line, and is mended here", async ({
    page,
  }) => {
    writeFileSync(ownFile(), "vetting:\n  boot: {timeoutMinutes: soon}\n");
    await open(page, "General");
    await expect(page.getByRole("alert").first()).toContainText("line 2");
    await expect(field(page, "Runs at once")).toBeDisabled();
    await page.getByRole("button", { name: "Show it" }).click();
    await editor(page).fill("vetting:\n  boot: {timeoutMinutes: 9}\n");
    await page.getByRole("button", { name: "Save the text" }).click();
    await page.getByRole("tab", { name: "General" }).click();
    await expect(field(page, "Boot time-out")).toHaveValue("9");
    await expect(field(page, "Runs at once")).toBeEnabled();
  });
});
