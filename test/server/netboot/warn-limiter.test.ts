import { expect, test } from "vitest";
import { limitRepeats } from "../../../server/netboot/warn-limiter.ts";

function limited() {
  const said: string[] = [];
  const clock = { nowMs: 0 };
  const warn = limitRepeats(
    (text) => said.push(text),
    () => clock.nowMs,
  );
  return { said, clock, warn };
}

test("a warning is said at once, its repeats once a minute with their number", () => {
  const { said, clock, warn } = limited();
  for (let time = 0; time < 5; time++) warn("no route");
  expect(said).toEqual(["no route"]);
  clock.nowMs = 60_000;
  warn("no route");
  expect(said).toEqual(["no route", "no route (4 times more since)"]);
  clock.nowMs = 180_000;
  warn("no route");
  expect(said.at(-1)).toBe("no route");
});

test("different warnings do not hold each other back", () => {
  const { said, warn } = limited();
  warn("one");
  warn("other");
  expect(said).toEqual(["one", "other"]);
});

test("only so many kinds are remembered", () => {
  const { said, warn } = limited();
  for (let kind = 0; kind < 1000; kind++) warn(`kind ${kind}`);
  warn("kind 0");
  expect(said).toHaveLength(1001);
});
