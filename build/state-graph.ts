import {
  isTerminal,
  occupiesHost,
  RESUME_STAGE,
  RUN_STATES,
  type RunState,
  TRANSITIONS,
  TRIGGERS,
  type Trigger,
} from "../contract/run-state.ts";
import { STAGES } from "../contract/stages.ts";

export const STATE_GRAPH_PATH = "docs/run-state.md";

interface Edge {
  readonly from: RunState;
  readonly trigger: Trigger;
  readonly to: string;
}

/**
 * The document that draws the run state table: a graph that can be read, and the full table.
 * The graph draws each way out that all stages share once, from the composite state around them.
 */
export function renderStateGraph(): string {
  return `${[
    "# The states of a run",
    "",
    "Generated from `contract/run-state.ts`; `npm test` fails when it is not fresh.",
    "Write it anew with `node build/bootstrap.mjs state-graph`.",
    "",
    "```mermaid",
    ...graphLines(),
    "```",
    "",
    "Every stage state shares the ways out of the box around the stages. " +
      "A pair that is not in the table below is illegal.",
    "",
    "| state | terminal | occupies the host | trigger | next state |",
    "|---|---|---|---|---|",
    ...tableLines(),
  ].join("\n")}\n`;
}

function allEdges(): Edge[] {
  return RUN_STATES.flatMap((from) =>
    TRIGGERS.flatMap((trigger) => {
      const to = TRANSITIONS[from][trigger];
      return to === undefined ? [] : [{ from, trigger, to }];
    }),
  );
}

function graphLines(): string[] {
  const stages = new Set<string>(STAGES);
  const edges = allEdges();
  const shared = sharedStageEdges(edges.filter((edge) => stages.has(edge.from)));
  const isShared = (edge: Edge) =>
    stages.has(edge.from) &&
    shared.some((s) => s.trigger === edge.trigger && (s.to === edge.to || s.to === edge.from));
  const inside = edges.filter((edge) => stages.has(edge.from) && stages.has(edge.to));
  const own = (edge: Edge) => !isShared(edge);
  const lines = ["stateDiagram-v2", "  [*] --> Queued", "  state Stages {"];
  for (const line of merged(inside.filter((edge) => own(edge) && edge.from !== edge.to))) {
    lines.push(`    ${line}`);
  }
  lines.push("  }");
  const outside = edges.filter((edge) => !inside.includes(edge) && own(edge));
  for (const line of merged([
    ...outside,
    ...shared.filter((edge) => !stages.has(edge.to)).map((edge) => ({ ...edge, from: "Stages" })),
  ])) {
    lines.push(`  ${line}`);
  }
  for (const state of RUN_STATES.filter((s) => isTerminal(s) && !occupiesHost(s))) {
    lines.push(`  ${state} --> [*]`);
  }
  const loops = inside.filter((edge) => edge.from === edge.to && edge.from === STAGES[0]);
  if (loops.length > 0) {
    lines.push("  note right of Stages");
    lines.push(`    ${loops.map((edge) => edge.trigger).join(" and ")} keep the stage it is in`);
    lines.push("  end note");
  }
  return lines;
}

/** The edges that every single stage has to the same target, or to itself. */
function sharedStageEdges(stageEdges: readonly Edge[]): Edge[] {
  const first = stageEdges.filter((edge) => edge.from === STAGES[0]);
  return first.filter((candidate) =>
    STAGES.every((stage) =>
      stageEdges.some(
        (edge) =>
          edge.from === stage &&
          edge.trigger === candidate.trigger &&
          (candidate.to === candidate.from ? edge.to === stage : edge.to === candidate.to),
      ),
    ),
  );
}

/** One arrow for all triggers between the same two states. */
function merged(edges: readonly { from: string; trigger: string; to: string }[]): string[] {
  const triggers = new Map<string, string[]>();
  for (const { from, trigger, to } of edges) {
    const arrow = `${from} --> ${to === RESUME_STAGE ? "Stages" : to}`;
    triggers.set(arrow, [...(triggers.get(arrow) ?? []), trigger]);
  }
  return [...triggers].map(([arrow, names]) => `${arrow} : ${names.join(", ")}`);
}

function tableLines(): string[] {
  return RUN_STATES.flatMap((state) => {
    const edges = allEdges().filter((edge) => edge.from === state);
    const facts = `${isTerminal(state) ? "yes" : "no"} | ${occupiesHost(state) ? "yes" : "no"}`;
    if (edges.length === 0) return [`| ${state} | ${facts} | (none) | |`];
    return edges.map((edge) => `| ${state} | ${facts} | ${edge.trigger} | ${edge.to} |`);
  });
}
