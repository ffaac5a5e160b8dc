/**
 * What a node stands for: the application; a device that it is given; a functor that is applied, or
 * a plain module, between them; and, outside the program, a folder, a disk or a network.
 */
export type NodeKind = "application" | "device" | "functor" | "module" | "resource";

export interface GraphNode {
  /** Unique in its graph. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly label: string;
  /** What implements it. */
  readonly detail?: string;
  /** What is set about it, such as an address. */
  readonly note?: string;
  /** The package that it comes from. */
  readonly package?: string;
}

/** One node is built on another. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

/** An acyclic graph; its first node is the one on which none is built. */
export interface Graph {
  readonly title: string;
  readonly subtitle: string;
  /** The packages that it takes. */
  readonly packages: readonly string[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The nodes that a node is built on, in the order of the edges. */
export function below({ nodes, edges }: Graph, id: string): GraphNode[] {
  return edges
    .filter(({ from }) => from === id)
    .flatMap(({ to }) => nodes.filter((node) => node.id === to));
}
