import { type KeyboardEvent, useRef } from "react";
import type { ConfigProblem } from "../../contract/common.ts";
import { Icon } from "../design/icon.tsx";
import { lineStarts } from "./lines.ts";

/** A plain editor with line numbers; lines with a mistake are marked, and the list leads to them. */
export function YamlEditor({
  text,
  problems,
  readOnly,
  checking,
  onChange,
  onSave,
}: {
  text: string;
  problems: readonly ConfigProblem[];
  readOnly: boolean;
  /** The mistakes are of an older text; they are being looked for. */
  checking: boolean;
  onChange: (text: string) => void;
  onSave: () => void;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const starts = lineStarts(text);
  const wrong = new Set(problems.map(({ line }) => line));
  const jump = ({ line, column }: ConfigProblem) => {
    const element = area.current;
    if (element === null || line === null) return;
    const start = starts[line - 1] ?? 0;
    const end = (starts[line] ?? text.length + 1) - 1;
    element.focus();
    element.setSelectionRange(start + (column ?? 1) - 1, end);
    const height = element.scrollHeight / starts.length;
    element.scrollTop = Math.max(0, (line - 1) * height - element.clientHeight / 3);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    onSave();
  };
  return (
    <div className="yaml">
      <div className="yamlbox">
        <div className="gutter" ref={gutter} aria-hidden="true">
          {starts.map((start, index) => (
            <span key={start} className={wrong.has(index + 1) ? "bad" : ""}>
              {wrong.has(index + 1) && <Icon name="alert" />}
              {index + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          aria-label="Text of vetting.yaml"
          aria-describedby="yaml-mistakes"
          aria-invalid={problems.length > 0 || undefined}
          value={text}
          readOnly={readOnly}
          wrap="off"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          onScroll={(event) => {
            if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
      <div id="yaml-mistakes" className="mistakes" role="status" aria-busy={checking || undefined}>
        <h3>{problems.length === 0 ? "No mistake" : countOf(problems.length)}</h3>
        <ul>
          {problems.map((problem) => (
            <li key={`${problem.line} ${problem.column} ${problem.key} ${problem.detail}`}>
              <button type="button" className="plain" onClick={() => jump(problem)}>
                <span className="badge bad">
                  <Icon name="alert" />
                  {problem.line === null ? "File" : `Line ${problem.line}`}
                </span>
                <span>
                  {problem.key !== "" && <code>{problem.key.replace(/^vetting\./, "")}</code>}{" "}
                  {problem.detail}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function countOf(mistakes: number): string {
  return mistakes === 1 ? "1 mistake" : `${mistakes} mistakes`;
}
