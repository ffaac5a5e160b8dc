import type { Graph, GraphEdge, GraphNode } from "./graph.js";
import { fonts, textWidth } from "./text-width.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Where everything is, in pixels from the upper left corner. */
export interface LaidOut {
  readonly nodes: readonly { readonly node: GraphNode; readonly box: Box }[];
  /** From the upper end to the lower one. */
  readonly edges: readonly (readonly Point[])[];
  readonly size: { readonly width: number; readonly height: number };
}

/** Places the nodes in layers, each above those that it is built on (Sugiyama's method, by dagre). */
export async function layOut({ nodes, edges }: Graph): Promise<LaidOut> {
  const { Graph: DagreGraph, layout } = await import("@dagrejs/dagre");
  const graph = new DagreGraph();
  graph.setGraph({ rankdir: "TB", nodesep: 22, ranksep: 56, edgesep: 14 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, sizeOf(node));
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const boxOf = (id: string): Box => {
    const { x, y, width, height } = graph.node(id);
    return { x: x - width / 2, y: y - height / 2, width, height };
  };
  return {
    nodes: nodes.map((node) => ({ node, box: boxOf(node.id) })),
    edges: pathsOf(edges, boxOf, ({ from, to }) => graph.edge(from, to).points.slice(1, -1)),
    size: { width, height },
  };
}

/**
 * Lets the edges leave a box at its lower side and reach the next one at its upper side, next to each
 * other in the order in which they come from or go to their bends.
 */
function pathsOf(
  edges: readonly GraphEdge[],
  boxOf: (id: string) => Box,
  bendsOf: (edge: GraphEdge) => readonly Point[],
): Point[][] {
  const paths = edges.map((edge) => ({ edge, bends: bendsOf(edge) }));
  const place = (end: "from" | "to", path: (typeof paths)[number]): number => {
    const { x, width } = boxOf(path.edge[end]);
    const bend = end === "from" ? 0 : -1;
    const beside = paths
      .filter(({ edge }) => edge[end] === path.edge[end])
      .sort((a, b) => (a.bends.at(bend)?.x ?? 0) - (b.bends.at(bend)?.x ?? 0));
    return x + (width * (beside.indexOf(path) + 1)) / (beside.length + 1);
  };
  return paths.map((path) => {
    const { edge, bends } = path;
    const start = { x: place("from", path), y: boxOf(edge.from).y + boxOf(edge.from).height };
    const end = { x: place("to", path), y: boxOf(edge.to).y };
    return bends.length <= 1 ? [start, end] : [start, ...bends, end];
  });
}

function sizeOf({ kind, label, detail, note }: GraphNode): { width: number; height: number } {
  const lines = [detail, note].filter((line) => line !== undefined).length;
  const text = Math.max(
    textWidth(label, fonts.label),
    textWidth(detail ?? "", fonts.detail),
    textWidth(note ?? "", fonts.note),
  );
  const padding = kind === "resource" ? 40 : 30;
  return { width: Math.max(text + padding, 72), height: 36 + lines * 19 };
}
