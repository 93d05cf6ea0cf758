import { checkLayers } from "../layers.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";

// Checks who imports whom (.dependency-cruiser.mjs) and that every module was looked at.

const report = checkLayers(ROOT_DIR, inRoot(".dependency-cruiser.mjs"));
for (const { rule, from, to } of report.violations) console.error(`${rule}: ${from} → ${to}`);
for (const file of report.unseen) console.error(`not looked at: ${file}`);
if (report.moduleCount === 0) console.error("The checker saw no module at all.");
console.log(`${report.moduleCount} modules, ${report.violations.length} violations.`);
if (report.violations.length + report.unseen.length > 0 || report.moduleCount === 0) {
  process.exitCode = 1;
}
