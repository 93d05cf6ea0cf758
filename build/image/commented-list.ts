/** The entries of a list file: one a line, `#` begins a comment, empty lines separate. */
export function readCommentedList(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/#.*$/, "").trim())
    .filter((line) => line !== "");
}
