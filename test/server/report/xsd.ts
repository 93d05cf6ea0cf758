/** As much of XML Schema 1.0 as the published JUnit schema uses; anything else in a schema is an error here. */
import { DOMParser } from "@xmldom/xmldom";

/** Parses well-formed XML 1.0; what is not is thrown with its place. */
export function parseXml(text: string): Element {
  const fail = (message: string) => {
    throw new Error(message);
  };
  const parser = new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } });
  return parser.parseFromString(text, "text/xml").documentElement;
}

export function children(node: Node, name?: string): Element[] {
  return Array.from(node.childNodes as unknown as Iterable<Node>)
    .filter((child): child is Element => child.nodeType === 1)
    .filter((child) => name === undefined || child.localName === name);
}

/** Every break of the schema, with the path of the element that breaks it. */
export function schemaErrors(schema: Element, root: Element): string[] {
  const named = (kind: string, name: string) => {
    const found = children(schema, kind).find((one) => one.getAttribute("name") === name);
    if (found === undefined) throw new Error(`The schema has no ${kind} ${name}.`);
    return found;
  };
  const local = (type: string) => type.replace(/^xs:/, "");

  const simple = (type: string, value: string): string | null => {
    if (!type.startsWith("xs:")) return restricted(named("simpleType", type), value);
    const pattern = BUILT_IN[local(type)];
    if (pattern === undefined) throw new Error(`Type ${type} is not known here.`);
    return pattern.test(value) ? null : `"${value}" is no ${type}`;
  };
  const restricted = (simpleType: Element, value: string): string | null => {
    const [restriction] = children(simpleType, "restriction");
    if (restriction === undefined) throw new Error("Only restrictions are known here.");
    const wrong = simple(restriction.getAttribute("base") ?? "", value);
    if (wrong !== null) return wrong;
    for (const facet of children(restriction)) {
      const limit = facet.getAttribute("value") ?? "";
      if (facet.localName === "whiteSpace") continue;
      const holds =
        facet.localName === "minLength"
          ? value.length >= Number(limit)
          : facet.localName === "pattern" && new RegExp(`^(?:${limit})$`, "u").test(value);
      if (!holds) return `"${value}" breaks ${facet.localName} ${limit}`;
    }
    return null;
  };

  const attributesOf = (type: Element): Element[] => {
    const [content] = [...children(type, "complexContent"), ...children(type, "simpleContent")];
    const [extension] = content === undefined ? [] : children(content, "extension");
    if (extension === undefined) return children(type, "attribute");
    const base = extension.getAttribute("base") ?? "";
    const inherited =
      content?.localName === "complexContent" ? attributesOf(named("complexType", base)) : [];
    return [...inherited, ...children(extension, "attribute")];
  };
  const particleOf = (type: Element): Element | undefined => {
    const [content] = children(type, "complexContent");
    const [extension] = content === undefined ? [] : children(content, "extension");
    if (extension !== undefined) {
      return particleOf(named("complexType", extension.getAttribute("base") ?? ""));
    }
    return [...children(type, "sequence"), ...children(type, "choice")][0];
  };

  const checkAttributes = (node: Element, type: Element, path: string): string[] => {
    const declared = attributesOf(type);
    const known = new Set(declared.map((one) => one.getAttribute("name")));
    const strange = Array.from(node.attributes as unknown as Iterable<Attr>)
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => `${path}: attribute ${name} is not in the schema`);
    const wrong = declared.flatMap((one): string[] => {
      const name = one.getAttribute("name") ?? "";
      if (!node.hasAttribute(name)) {
        const required = one.getAttribute("use") === "required";
        return required ? [`${path}: attribute ${name} is missing`] : [];
      }
      const value = node.getAttribute(name) ?? "";
      const [inline] = children(one, "simpleType");
      const error =
        inline === undefined
          ? simple(one.getAttribute("type") ?? "", value)
          : restricted(inline, value);
      return error === null ? [] : [`${path}@${name}: ${error}`];
    });
    return [...strange, ...wrong];
  };

  const checkChildren = (node: Element, particle: Element, path: string): string[] => {
    const rest = children(node);
    const errors: string[] = [];
    const alternatives = children(particle, "element");
    if (particle.localName === "choice") {
      const declaration = alternatives.find(
        (one) => one.getAttribute("name") === rest[0]?.localName,
      );
      const first = declaration === undefined ? undefined : rest.shift();
      if (first !== undefined && declaration !== undefined) {
        errors.push(...check(first, declaration, path));
      }
    } else {
      for (const declaration of alternatives) {
        const name = declaration.getAttribute("name");
        const most = declaration.getAttribute("maxOccurs") === "unbounded" ? Infinity : 1;
        const least = declaration.getAttribute("minOccurs") === "0" ? 0 : 1;
        let count = 0;
        for (; count < most && rest[0]?.localName === name; count += 1) {
          errors.push(...check(rest.shift()!, declaration, path));
        }
        if (count < least) errors.push(`${path}: ${name} is missing`);
      }
    }
    return [...errors, ...rest.map(({ localName }) => `${path}: ${localName} is out of place`)];
  };

  const check = (node: Element, declaration: Element, above: string): string[] => {
    const path = `${above}/${node.localName}`;
    const type = declaration.getAttribute("type");
    const [inline] = children(declaration, "complexType");
    const complex = inline ?? (type ? named("complexType", type) : undefined);
    if (complex === undefined) {
      const [restriction] = children(declaration, "simpleType");
      const wrong = restriction && restricted(restriction, node.textContent ?? "");
      const strange = children(node).map(({ localName }) => `${path}: ${localName} in plain text`);
      return wrong ? [`${path}: ${wrong}`, ...strange] : strange;
    }
    const particle = particleOf(complex);
    return [
      ...checkAttributes(node, complex, path),
      ...(particle === undefined ? [] : checkChildren(node, particle, path)),
    ];
  };
  return check(root, named("element", root.localName ?? ""), "");
}

const BUILT_IN: Readonly<Record<string, RegExp>> = {
  string: /^/,
  token: /^(?:\S+(?: \S+)*)?$/u,
  int: /^-?\d{1,10}$/,
  decimal: /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/,
  dateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/,
};
