import { Bench, type BenchPlaces, type Vetted } from "./bench.ts";
import { FAULTS } from "./catalogue.ts";
import { CLEAN_MACHINES } from "./clean-machines.ts";

// One bench of the lab, as a process: to start a program, a process is copied, and the console's is a large one.

/** The places first, then a row each. */
export type BenchOrder =
  | { readonly kind: "places"; readonly places: BenchPlaces }
  | { readonly kind: "vet"; readonly id: string; readonly number: number };
export type BenchAnswer =
  | { readonly kind: "run"; readonly number: number; readonly vetted: Vetted }
  | { readonly kind: "broke"; readonly number: number; readonly why: string };

// Started by itself it has nothing to do: then it was only compiled, for those that are forked.
if (process.send === undefined) process.exit(0);

const rows = new Map([...FAULTS, ...CLEAN_MACHINES].map((row) => [row.id, row]));
let bench: Bench | null = null;

process.on("message", (order: BenchOrder) => {
  if (order.kind === "places") bench = new Bench(order.places);
  else void vet(order.id, order.number).then((answer) => process.send?.(answer));
});
// The lab is gone, however it ended.
process.on("disconnect", () => process.exit(0));

async function vet(id: string, number: number): Promise<BenchAnswer> {
  const row = rows.get(id);
  if (bench === null || row === undefined) return { kind: "broke", number, why: `no row ${id}` };
  try {
    return { kind: "run", number, vetted: await bench.vet(row, number) };
  } catch (error) {
    return {
      kind: "broke",
      number,
      why: error instanceof Error ? (error.stack ?? "") : `${error}`,
    };
  }
}
