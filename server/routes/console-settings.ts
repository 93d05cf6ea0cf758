import { z } from "zod";
import {
  labRequestSchema,
  labResponseSchema,
  pinFirmwareRequestSchema,
  pinFirmwareResponseSchema,
  settingsCheckRequestSchema,
  settingsCheckResponseSchema,
  settingsPatchRequestSchema,
  settingsPutRequestSchema,
  settingsResponseSchema,
} from "../../contract/settings-api.ts";
import { pinEdit, pinsOf } from "../config/pin-firmware.ts";
import type { App } from "./base-app.ts";
import { PREFIX } from "./console-hosts.ts";
import type { ConsoleDeps } from "./deps.ts";
import { runOf, snapshotOf } from "./firmware-diff.ts";
import { ProblemError, type ProblemExtra, type ProblemKind, unwrap } from "./problems.ts";
import { idSchema } from "./validation.ts";

/** A vetting.yaml with hundreds of specs is some hundred kB; in JSON every quote takes two. */
const SETTINGS_BODY_BYTES = 4 * 1024 * 1024;

type SettingsDeps = Pick<ConsoleDeps, "service" | "store" | "settings" | "profiles" | "moveLab">;

/** vetting.yaml, the lab address, and the versions of a run as the pins of a spec. */
export async function consoleSettingsRoutes(app: App, deps: SettingsDeps): Promise<void> {
  const { settings, moveLab } = deps;
  app.route({
    method: "GET",
    url: `${PREFIX}/settings`,
    schema: {
      summary: "vetting.yaml as it stands, and what counts",
      response: { 200: settingsResponseSchema },
    },
    handler: async () => settings.view(),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/settings/check`,
    bodyLimit: SETTINGS_BODY_BYTES,
    schema: {
      summary: "The mistakes of a text that is not saved",
      body: settingsCheckRequestSchema,
      response: { 200: settingsCheckResponseSchema },
    },
    handler: async (request) => ({ problems: settings.check(request.body.text) }),
  });
  app.route({
    method: "PUT",
    url: `${PREFIX}/settings`,
    bodyLimit: SETTINGS_BODY_BYTES,
    schema: {
      summary: "Save the whole text; 409 when the file changed since `revision`, 422 with mistakes",
      body: settingsPutRequestSchema,
      response: { 200: settingsResponseSchema },
    },
    handler: async ({ body: { text, revision } }) => changed(settings.put(text, revision)),
  });
  app.route({
    method: "PATCH",
    url: `${PREFIX}/settings`,
    bodyLimit: SETTINGS_BODY_BYTES,
    schema: {
      summary: "Change single values; all else and every comment stays",
      body: settingsPatchRequestSchema,
      response: { 200: settingsResponseSchema },
    },
    handler: async (request) => changed(settings.patch(request.body)),
  });
  app.route({
    method: "PUT",
    url: `${PREFIX}/lab`,
    schema: {
      summary: "The lab address: written to vetting.yaml and opened at once",
      body: labRequestSchema,
      response: { 200: labResponseSchema },
    },
    handler: async (request) => changed(await moveLab(request.body.address)),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/runs/:id/firmware/pin`,
    schema: {
      summary: "Make the versions that this run found the pins of a spec",
      params: z.object({ id: idSchema }),
      body: pinFirmwareRequestSchema,
      response: { 200: pinFirmwareResponseSchema },
    },
    handler: async ({ params: { id }, body: { spec } }) => pinFirmware(deps, id, spec),
  });
}

function pinFirmware(
  { service, store, settings, profiles }: SettingsDeps,
  runId: number,
  spec: string,
): z.infer<typeof pinFirmwareResponseSchema> {
  const pins = pinsOf(snapshotOf(store, runId));
  if (pins.length === 0) {
    throw new ProblemError("not-found", `Run ${runId} could read no firmware version to pin.`);
  }
  const { hostId } = runOf(store, runId);
  const host = store.hosts.get(hostId);
  if (host === null) throw new Error(`run ${runId} belongs to no host`);
  const { revision, effective } = settings.view();
  const edit = pinEdit(effective.specs, spec, host, pins);
  changed(settings.patch({ revision, edits: [{ path: [...edit.path], value: edit.value }] }));
  // Another spec may match first, or be chosen, or nothing is known by which this one could match.
  if (profiles.specFor(host)?.name !== spec) unwrap(service.patchHost(hostId, { spec }));
  return { spec, pins: pins.length };
}

/** The value of a change; a refusal leaves the route as a problem document. */
function changed<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | ({ readonly ok: false; readonly kind: ProblemKind; readonly detail: string } & Pick<
        ProblemExtra,
        "problems"
      >),
): T {
  if (result.ok) return result.value;
  const { kind, detail, problems = [] } = result;
  throw new ProblemError(kind, detail, problems.length === 0 ? {} : { problems });
}
