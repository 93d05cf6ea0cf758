import { Fragment, type ReactNode } from "react";

/** A word as long as that is a path, a serial number, the name of a measurement or the like. */
const LONG = 20;

/**
 * Text of a table's cell: a word in it stays whole. Only a long one is broken where the column ends, after a sign if
 * it has one.
 */
export function Words({ text }: { text: string }) {
  return pieces(text, /(\S+)/, (word) =>
    word.length <= LONG ? (
      word
    ) : (
      <span className="breaks">
        {pieces(word, /([^._:/-]*[._:/-]+)/, (part) => (
          <>
            {part}
            <wbr />
          </>
        ))}
      </span>
    ),
  );
}

/** The text with what matches the pattern's group shown otherwise. */
function pieces(text: string, pattern: RegExp, show: (piece: string) => ReactNode) {
  return text.split(pattern).map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text are never moved
    <Fragment key={index}>{index % 2 === 0 ? piece : show(piece)}</Fragment>
  ));
}
