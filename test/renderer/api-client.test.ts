import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { apiGet } from "../../renderer/api/client.ts";

afterEach(() => vi.unstubAllGlobals());

function answering(status: number, body: string): void {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
}
const failure = async () => {
  const answer = await apiGet("/hosts", z.object({}));
  return answer.ok ? null : answer.failure;
};

describe("an answer that is a refusal", () => {
  test("is told in the words of its problem document", async () => {
    const problem = { type: "about:blank", title: "Busy", status: 503, detail: "Too many reads." };
    answering(503, JSON.stringify(problem));
    expect(await failure()).toMatchObject({ kind: "problem", detail: "Too many reads." });
  });

  test("of a console that is about to close, which is no problem document, says so", async () => {
    answering(503, JSON.stringify({ statusCode: 503, error: "Service Unavailable" }));
    expect(await failure()).toMatchObject({
      kind: "unreachable",
      detail: "The console is being stopped.",
    });
  });

  test("without a document has its status, and without an answer says that there is none", async () => {
    answering(502, "<html>");
    expect(await failure()).toMatchObject({ detail: "The console answered with status 502." });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await failure()).toMatchObject({ detail: "The console does not answer." });
  });
});
