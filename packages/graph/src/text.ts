import { below, type Graph, type GraphNode } from "./graph.js";

/** A tree of lines, with a column each for implementations, packages and notes. */
export function graphText(graph: Graph): string {
  const [root] = graph.nodes;
  const rows: string[][] = [];
  const seen = new Set<string>();

  function add(node: GraphNode, own: string, inherited: string): void {
    const children = below(graph, node.id);
    const isKnown = seen.has(node.id) && children.length > 0;
    seen.add(node.id);
    const label = isKnown ? `${node.label} (above)` : node.label;
    rows.push([own + label, node.detail ?? "", node.package ?? "", node.note ?? ""]);
    if (isKnown) return;
    for (const [index, child] of children.entries()) {
      const isLast = index === children.length - 1;
      add(child, `${inherited}${isLast ? "└─ " : "├─ "}`, `${inherited}${isLast ? "   " : "│  "}`);
    }
  }

  if (root) add(root, "", "");
  const packages = graph.packages.length === 0 ? [] : ["", `packages: ${graph.packages.join(" ")}`];
  return [`${graph.title}: ${graph.subtitle}`, "", ...columns(rows), ...packages].join("\n");
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .filter((_, column) => widths[column] !== 0)
      .join("  ")
      .trimEnd(),
  );
}
