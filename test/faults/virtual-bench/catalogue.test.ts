import { expect, test } from "vitest";
import { VIRTUAL_BENCH_ROWS } from "./catalogue.ts";

test("every row of the catalogue is a fault of its own", () => {
  for (const key of ["id", "fault", "how"] as const) {
    const all = VIRTUAL_BENCH_ROWS.map((row) => row[key]);
    expect(all.filter((one, index) => all.indexOf(one) !== index)).toEqual([]);
  }
  expect(VIRTUAL_BENCH_ROWS.length).toBeGreaterThanOrEqual(15);
});
