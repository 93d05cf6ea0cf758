import { describe, expect, test } from "vitest";
import { newHost, openStore } from "./temp-store.ts";

describe("a transaction", () => {
  test("commits what its work did and hands back its value", () => {
    const { store, db } = openStore();
    const host = store.transaction(() => store.hosts.create(newHost()));
    expect(store.hosts.get(host.id)).toEqual(host);
    expect(db.inTransaction).toBe(false);
  });

  test("that throws leaves everything as before, and the next one works", () => {
    const { store } = openStore();
    const failing = () =>
      store.transaction(() => {
        store.hosts.create(newHost());
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    expect(store.hosts.list()).toEqual([]);
    store.transaction(() => store.hosts.create(newHost()));
    expect(store.hosts.list()).toHaveLength(1);
  });

  test("inside another joins it: both or neither", () => {
    const { store } = openStore();
    const outer = () =>
      store.transaction(() => {
        store.transaction(() => store.hosts.create(newHost()));
        throw new Error("outer");
      });
    expect(outer).toThrow("outer");
    expect(store.hosts.list()).toEqual([]);
  });

  test("dooms the outer one when it throws, even if the outer work catches it", () => {
    const { store } = openStore();
    const outer = () =>
      store.transaction(() => {
        store.hosts.create(newHost());
        try {
          store.transaction(() => {
            throw new Error("inner");
          });
        } catch {
          // Swallowed: half of the work must not be committed all the same.
        }
      });
    expect(outer).toThrow("inner");
    expect(store.hosts.list()).toEqual([]);
    store.transaction(() => store.hosts.create(newHost()));
    expect(store.hosts.list()).toHaveLength(1);
  });

  test("takes no asynchronous work", () => {
    const { store, db } = openStore();
    expect(() => store.transaction(async () => {})).toThrow(TypeError);
    expect(db.inTransaction).toBe(false);
  });
});
