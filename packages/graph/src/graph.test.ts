import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Graph, type GraphNode, graphDot, graphSvg, graphText } from "./index.js";
import { layOut } from "./lay-out.js";

const site: Graph = {
  title: "www",
  subtitle: 'a "site" & more',
  packages: ["lwt", "cohttp"],
  nodes: [
    { id: "app", kind: "application", label: "Site.Main" },
    { id: "http", kind: "device", label: "http", detail: "Http.Make", note: "port 80" },
    { id: "stack", kind: "device", label: "stack", detail: "Stack.Make", package: "tcpip" },
    { id: "net", kind: "device", label: "net", detail: "Netif" },
    { id: "eth", kind: "functor", label: "Ethif.Make" },
    { id: "tap", kind: "resource", label: "a <TAP> device" },
  ],
  edges: [
    { from: "app", to: "http" },
    { from: "app", to: "stack" },
    { from: "http", to: "stack" },
    { from: "stack", to: "net" },
    { from: "stack", to: "eth" },
    { from: "eth", to: "net" },
    { from: "net", to: "tap" },
  ],
};

/** Any acyclic graph in which everything is reached from the first node. */
const anyGraph: fc.Arbitrary<Graph> = fc
  .array(fc.tuple(fc.string({ maxLength: 30 }), fc.array(fc.nat(), { maxLength: 3 })), {
    minLength: 1,
    maxLength: 14,
  })
  .map((parts) => {
    const nodes: GraphNode[] = parts.map(([label], index) => ({
      id: `n${index}`,
      kind:
        (["application", "device", "functor", "module", "resource"] as const)[index % 5] ??
        "device",
      label,
      ...(index % 2 === 0 ? { detail: label } : {}),
    }));
    const edges = parts.slice(1).flatMap(([, from], index) => {
      const sources = new Set([...from, 0].map((number) => number % (index + 1)));
      return [...sources].map((source) => ({ from: `n${source}`, to: `n${index + 1}` }));
    });
    return { title: "any", subtitle: "", packages: [], nodes, edges };
  });

test("text: what was shown above is not shown again, nor is what has nothing below", () => {
  expect(graphText(site)).toBe(
    [
      'www: a "site" & more',
      "",
      "Site.Main",
      "├─ http                     Http.Make          port 80",
      "│  └─ stack                 Stack.Make  tcpip",
      "│     ├─ net                Netif",
      "│     │  └─ a <TAP> device",
      "│     └─ Ethif.Make",
      "│        └─ net (above)     Netif",
      "└─ stack (above)            Stack.Make  tcpip",
      "",
      "packages: lwt cohttp",
    ].join("\n"),
  );
});

test("DOT: every node and edge, with quotes and backslashes that mean themselves", () => {
  const nodes = [{ id: 'a"\\', kind: "device", label: 'say "hi"\\n', detail: "x" }] as const;
  const dot = graphDot({ ...site, nodes, edges: [{ from: 'a"\\', to: 'a"\\' }] });
  expect(dot).toContain('"a\\"\\\\" [label="say \\"hi\\"\\\\n\\nx", shape=box');
  expect(dot).toContain('"a\\"\\\\" -> "a\\"\\\\";');
  expect(graphDot(site).match(/ -> /g)).toHaveLength(site.edges.length);
});

test("SVG: is XML that another program reads, with every label", async () => {
  const svg = await graphSvg(site);
  const script =
    "import sys, xml.dom.minidom as d; t=d.parse(sys.stdin); print('\\n'.join(e.firstChild.data for e in t.getElementsByTagName('text')))";
  const texts = execFileSync("python3", ["-c", script], { input: svg, encoding: "utf8" });
  for (const { label } of site.nodes) expect(texts.split("\n")).toContain(label);
  expect(svg).toContain("prefers-color-scheme: dark");
  expect(svg).not.toContain("NaN");
});

test("the layout: no boxes overlap, and each edge goes down from one to the other", async () => {
  await fc.assert(
    fc.asyncProperty(anyGraph, async (graph) => {
      const { nodes, edges, size } = await layOut(graph);
      for (const [index, { box: a }] of nodes.entries()) {
        expect(a.x).toBeGreaterThanOrEqual(-0.5);
        expect(a.x + a.width).toBeLessThanOrEqual(size.width + 0.5);
        for (const { box: b } of nodes.slice(index + 1)) {
          const apartX = a.x + a.width < b.x || b.x + b.width < a.x;
          const apartY = a.y + a.height < b.y || b.y + b.height < a.y;
          expect(apartX || apartY).toBe(true);
        }
      }
      for (const [index, points] of edges.entries()) {
        const { from, to } = graph.edges[index] ?? { from: "", to: "" };
        const [upper, lower] = [from, to].map(
          (id) => nodes.find(({ node }) => node.id === id)?.box,
        );
        expect(points.at(0)?.y).toBeCloseTo((upper?.y ?? 0) + (upper?.height ?? 0));
        expect(points.at(-1)?.y).toBeCloseTo(lower?.y ?? 0);
        expect(points.map(({ y }) => y)).toEqual(points.map(({ y }) => y).sort((a, b) => a - b));
      }
    }),
    { numRuns: 30 },
  );
});
