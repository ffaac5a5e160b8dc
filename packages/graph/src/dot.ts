import type { Graph, GraphNode, NodeKind } from "./graph.js";

const shapes: Readonly<Record<NodeKind, string>> = {
  application: 'shape=box, style="rounded,bold"',
  device: 'shape=box, style="rounded"',
  functor: "shape=box",
  module: "shape=plaintext",
  resource: "shape=cylinder",
};

/** The graph in the language of Graphviz. */
export function graphDot({ title, subtitle, packages, nodes, edges }: Graph): string {
  const caption = [`${title}: ${subtitle}`, packages.join(" ")].join("\n");
  return [
    `digraph ${quote(title)} {`,
    `  label=${quote(caption)};`,
    '  node [fontname="sans-serif"];',
    ...nodes.map(
      (node) => `  ${quote(node.id)} [label=${quote(text(node))}, ${shapes[node.kind]}];`,
    ),
    ...edges.map(({ from, to }) => `  ${quote(from)} -> ${quote(to)};`),
    "}",
  ].join("\n");
}

function text({ label, detail, note }: GraphNode): string {
  return [label, detail, note].filter((line) => line !== undefined).join("\n");
}

/** A quoted string of DOT: only the quote and the backslash mean something in it. */
function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
