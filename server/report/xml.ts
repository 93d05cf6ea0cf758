const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  // A parser makes a space of these in an attribute, unless they are written so [XML 1.0, 3.3.3].
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** All that is no `Char` of XML 1.0 (2.2): control characters, lone surrogates, U+FFFE and U+FFFF. */
const NO_XML_CHAR = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Text for element content or a quoted attribute. What XML cannot hold in any spelling becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(NO_XML_CHAR, "\u{FFFD}").replace(/[&<>"'\t\n\r]/g, (c) => ENTITIES[c] ?? c);
}

/** An element; an attribute that is undefined is left out. Children are XML already, text is not. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content: readonly string[] | string = [],
): string {
  const pairs = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  const inner = typeof content === "string" ? escapeXml(content) : content.join("");
  const open = `<${name}${pairs.join("")}`;
  return inner === ""
    ? `${open}/>\n`
    : `${open}>${typeof content === "string" ? "" : "\n"}${inner}</${name}>\n`;
}
