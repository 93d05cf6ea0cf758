import type { HostFiles } from "./command.ts";

const EDAC_MC = "/sys/devices/system/edac/mc";

export interface EdacDimmCounts {
  /** `mc0/dimm3`, or `mc0/csrow0/ch1` under drivers of the older layout. */
  readonly path: string;
  /** As the driver or the board's label file names it; null when it says nothing. */
  readonly label: string | null;
  readonly correctedErrors: number;
  /** Null where the layout counts these only per row. */
  readonly uncorrectedErrors: number | null;
}

export interface EdacController {
  /** `mc0`. */
  readonly name: string;
  /** The driver's own name: `skx_edac`, `amd64_edac`. */
  readonly driver: string | null;
  /** Null when the counter cannot be read: zero must not be claimed. */
  readonly correctedErrors: number | null;
  readonly uncorrectedErrors: number | null;
  readonly dimms: readonly EdacDimmCounts[];
}

/**
 * Memory error counts since boot, from sysfs. Empty when no EDAC driver is loaded:
 * then nobody counts, and zero errors must not be claimed.
 */
export async function readEdacCounts(files: HostFiles): Promise<readonly EdacController[]> {
  const names = (await files.list(EDAC_MC)).filter((name) => /^mc\d+$/.test(name));
  return Promise.all(names.map((name) => readController(files, name)));
}

async function readController(files: HostFiles, name: string): Promise<EdacController> {
  const folder = `${EDAC_MC}/${name}`;
  const entries = await files.list(folder);
  const dimmFolders = entries.filter((entry) => /^(dimm|rank)\d+$/.test(entry));
  const dimms =
    dimmFolders.length > 0
      ? await Promise.all(dimmFolders.map((dimm) => readDimm(files, name, dimm)))
      : await readRows(files, name, entries);
  return {
    name,
    driver: await readLine(files, `${folder}/mc_name`),
    correctedErrors: await readCount(files, `${folder}/ce_count`),
    uncorrectedErrors: await readCount(files, `${folder}/ue_count`),
    dimms,
  };
}

async function readDimm(files: HostFiles, mc: string, dimm: string): Promise<EdacDimmCounts> {
  const folder = `${EDAC_MC}/${mc}/${dimm}`;
  return {
    path: `${mc}/${dimm}`,
    label: await readLine(files, `${folder}/dimm_label`),
    correctedErrors: (await readCount(files, `${folder}/dimm_ce_count`)) ?? 0,
    uncorrectedErrors: await readCount(files, `${folder}/dimm_ue_count`),
  };
}

/** The layout of older drivers: chip-select rows with channels in them. */
async function readRows(
  files: HostFiles,
  mc: string,
  entries: readonly string[],
): Promise<readonly EdacDimmCounts[]> {
  const rows = entries.filter((entry) => /^csrow\d+$/.test(entry));
  const perRow = rows.map(async (row): Promise<EdacDimmCounts[]> => {
    const folder = `${EDAC_MC}/${mc}/${row}`;
    const channels = (await files.list(folder)).flatMap((file) => {
      const channel = /^(ch\d+)_ce_count$/.exec(file)?.[1];
      return channel === undefined ? [] : [channel];
    });
    return Promise.all(
      channels.map(async (channel) => ({
        path: `${mc}/${row}/${channel}`,
        label: await readLine(files, `${folder}/${channel}_dimm_label`),
        correctedErrors: (await readCount(files, `${folder}/${channel}_ce_count`)) ?? 0,
        uncorrectedErrors: null,
      })),
    );
  });
  return (await Promise.all(perRow)).flat();
}

async function readLine(files: HostFiles, path: string): Promise<string | null> {
  const text = (await files.readText(path))?.trim();
  return text === undefined || text === "" ? null : text;
}

async function readCount(files: HostFiles, path: string): Promise<number | null> {
  const text = await readLine(files, path);
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}
