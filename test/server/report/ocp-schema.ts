/** The published schemas of the OCP output. They lie beside the checkout, not in it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const FOLDER = join(import.meta.dirname, "../../../../shared/data/ocp-diag-schema/output");
const ROOT = "https://github.com/opencomputeproject/ocp-diag-core/output";

export const hasOcpSchemas = existsSync(FOLDER);

/** Checks one line of output against the schema of all lines. */
export function ocpValidator(): ValidateFunction {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allErrors: true,
  });
  addFormats.default(ajv);
  for (const name of readdirSync(FOLDER)) {
    ajv.addSchema(JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as object);
  }
  const validate = ajv.getSchema(ROOT);
  if (validate === undefined) throw new Error(`${FOLDER} has no schema ${ROOT}`);
  return validate;
}
