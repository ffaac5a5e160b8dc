/** A tree of XML: text, or elements by name; an array is a list of `item`s. */
export type Xml =
  | string
  | number
  | boolean
  | readonly Xml[]
  | { readonly [name: string]: Xml | undefined };

/** The elements of a tree, without a root of their own. */
export function toXml(value: Xml): string {
  if (Array.isArray(value)) return value.map((item) => `<item>${toXml(item)}</item>`).join("");
  if (typeof value !== "object") return escaped(String(value));
  return Object.entries(value)
    .map(([name, child]) => (child === undefined ? "" : `<${name}>${toXml(child)}</${name}>`))
    .join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
