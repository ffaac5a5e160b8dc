import assert from "node:assert/strict";
import { type Graph, graphDot, graphSvg, graphText } from "@mirage/graph";

const nodes = [
  { id: "app", kind: "application", label: "Site.Main" },
  { id: "net", kind: "device", label: "net" },
] as const;
const edges = [{ from: "app", to: "net" }];
const graph: Graph = { title: "www", subtitle: "a process", packages: [], nodes, edges };
assert.match(graphText(graph), /Site\.Main/);
assert.match(graphDot(graph), /digraph/);
assert.match(await graphSvg(graph), /<svg/);
