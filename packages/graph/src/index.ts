export { graphDot } from "./dot.js";
export type { Graph, GraphEdge, GraphNode, NodeKind } from "./graph.js";
export { graphSvg } from "./svg.js";
export { graphText } from "./text.js";
