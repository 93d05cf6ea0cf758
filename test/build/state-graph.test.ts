import { describe, expect, test } from "vitest";
import { renderStateGraph } from "../../build/state-graph.ts";
import { RESUME_STAGE, RUN_STATES, TRANSITIONS, TRIGGERS } from "../../contract/run-state.ts";
import { STAGES } from "../../contract/stages.ts";

const text = renderStateGraph();
const graph = text.slice(text.indexOf("```mermaid"), text.lastIndexOf("```"));

/** What the drawn arrows say, with the box around the stages opened up again. */
function drawnEdges(): Set<string> {
  const edges = new Set<string>();
  const open = (name: string) => (name === "Stages" ? STAGES : [name]);
  for (const [, from, to, triggers] of graph.matchAll(/^ *(\w+) --> (\w+) : (.+)$/gm)) {
    for (const trigger of (triggers as string).split(", ")) {
      for (const state of open(from as string)) {
        edges.add(`${state} ${trigger} ${to === "Stages" ? RESUME_STAGE : to}`);
      }
    }
  }
  const loops = /note right of Stages\n *(.+) keep the stage/.exec(graph)?.[1] ?? "";
  for (const trigger of loops.split(" and ").filter((word) => word !== "")) {
    for (const stage of STAGES) edges.add(`${stage} ${trigger} ${stage}`);
  }
  return edges;
}

function tableEdges(): Set<string> {
  const edges = new Set<string>();
  for (const from of RUN_STATES) {
    for (const trigger of TRIGGERS) {
      const to = TRANSITIONS[from][trigger];
      if (to !== undefined) edges.add(`${from} ${trigger} ${to}`);
    }
  }
  return edges;
}

describe("docs/run-state.md", () => {
  test("the graph draws every legal transition and no other", () => {
    expect([...drawnEdges()].sort()).toEqual([...tableEdges()].sort());
  });

  test("the table has a row for every legal transition and for every end", () => {
    const rows = text.split("\n").filter((line) => /^\| [A-Z]/.test(line));
    const ends = RUN_STATES.filter((state) => Object.keys(TRANSITIONS[state]).length === 0);
    expect(rows).toHaveLength(tableEdges().size + ends.length);
    expect(rows).toContain("| FailedHolding | yes | yes | Override | the stage that failed |");
    expect(rows).toContain("| Passed | yes | no | (none) | |");
  });
});
