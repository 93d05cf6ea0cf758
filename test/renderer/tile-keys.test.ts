import { describe, expect, test } from "vitest";
import { type TileKey, tileFrom } from "../../renderer/hosts/tile-keys.ts";

/** Rows of tiles as a grid of three columns puts them; the last row is not full, heights differ. */
const BOXES = [
  { left: 0, top: 0, width: 300, height: 200 },
  { left: 310, top: 0, width: 300, height: 200 },
  { left: 620, top: 0, width: 300, height: 200 },
  { left: 0, top: 210, width: 300, height: 120 },
  { left: 310, top: 210, width: 300, height: 120 },
  { left: 620, top: 210, width: 300, height: 120 },
  { left: 0, top: 340, width: 300, height: 260 },
];
const from = (index: number, key: TileKey) => tileFrom(BOXES, index, key);

describe("arrows between tiles", () => {
  test("up and down keep the column", () => {
    expect(from(1, "ArrowDown")).toBe(4);
    expect(from(5, "ArrowUp")).toBe(2);
    expect(from(0, "ArrowDown")).toBe(3);
    expect(from(6, "ArrowUp")).toBe(3);
  });

  test("down to a row that is not full takes its nearest tile", () => {
    expect(from(5, "ArrowDown")).toBe(6);
    expect(from(4, "ArrowDown")).toBe(6);
  });

  test("left and right go on into the next row", () => {
    expect(from(2, "ArrowRight")).toBe(3);
    expect(from(3, "ArrowLeft")).toBe(2);
  });

  test("at the edges the focus stays", () => {
    expect(from(0, "ArrowLeft")).toBe(0);
    expect(from(1, "ArrowUp")).toBe(1);
    expect(from(6, "ArrowDown")).toBe(6);
    expect(from(6, "ArrowRight")).toBe(6);
  });

  test("Home and End, and any key from nowhere, find the ends", () => {
    expect(from(4, "Home")).toBe(0);
    expect(from(0, "End")).toBe(6);
    expect(from(-1, "ArrowDown")).toBe(0);
    expect(tileFrom([], -1, "ArrowDown")).toBe(-1);
  });
});
