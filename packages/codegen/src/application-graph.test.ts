import { type Graph, graphText } from "@mirage/graph";
import { targets } from "@mirage/types";
import { describe, expect, test } from "vitest";
import { applicationGraph } from "./application-graph.js";
import { planProgram } from "./program.js";
import { parse, readCases } from "./testing/golden.js";

const [direct, socket, xen] = targets;

function pairs({ nodes, edges }: Graph): string[] {
  const label = (id: string) => nodes.find((node) => node.id === id)?.label;
  return edges.map(({ from, to }) => `${label(from)} -> ${label(to)}`);
}

describe.each(readCases())("$name for $target.name", ({ configuration, target }) => {
  const graph = applicationGraph(configuration, target);

  test("has every device of the program, and all is reached from the application", () => {
    const ids = graph.nodes.map(({ id }) => id);
    for (const { name } of planProgram(configuration, target).devices) expect(ids).toContain(name);
    expect(new Set(ids).size).toBe(ids.length);
    const reached = new Set([graph.nodes[0]?.id]);
    for (const _ of graph.nodes) {
      for (const { from, to } of graph.edges) if (reached.has(from)) reached.add(to);
    }
    expect([...reached].sort()).toEqual(ids.sort());
  });

  test("has no cycle, and no edge to nowhere", () => {
    let { edges } = graph;
    for (const { from, to } of edges) {
      expect(graph.nodes.filter(({ id }) => id === from || id === to)).toHaveLength(2);
    }
    for (const _ of graph.nodes) {
      edges = edges.filter(({ to }) => edges.some(({ from }) => from === to));
    }
    expect(edges).toEqual([]);
  });
});

test("functors are applied to what they are built on, down to the world outside", () => {
  const conf = "main-app: U.Main (console, stack)\nip-address: 10.1.0.9";
  const graph = applicationGraph(parse(`${conf}\nip-gateway: 10.1.0.1`), direct);
  expect(pairs(graph)).toEqual(
    expect.arrayContaining([
      "U.Main -> console",
      "U.Main -> stack",
      "stack -> console",
      "stack -> Tcpv4.Make",
      "Tcpv4.Make -> Ipv4.Make",
      "Ipv4.Make -> Ethif.Make",
      "Ethif.Make -> net",
      "net -> a TAP device",
    ]),
  );
  expect(graph.nodes.find(({ id }) => id === "stack")).toMatchObject({
    detail: "Tcpip_stack_direct.Make",
    note: "10.1.0.9/24",
    package: "mirage-runtime-net",
  });
});

test("targets differ in what lies below", () => {
  const configuration = parse("main-app: U.Main (stack)");
  expect(pairs(applicationGraph(configuration, socket))).toContain("stack -> the host's sockets");
  expect(pairs(applicationGraph(configuration, xen))).toContain("net -> a bridge");
});

test("each file system stands on its own disk, and a module is shown as the device it is", () => {
  const conf = `main-app: U.Main (a, b, io_page)
block-one: one.img
block-two: two.img
fat-a: two
fat-b: one`;
  expect(pairs(applicationGraph(parse(conf), direct)).sort()).toEqual([
    "U.Main -> a",
    "U.Main -> b",
    "U.Main -> io_page",
    "a -> io_page",
    "a -> two",
    "b -> io_page",
    "b -> one",
    "one -> one.img",
    "two -> two.img",
  ]);
});

test("folders that no device names are the application's own", () => {
  const text = graphText(applicationGraph(parse("main-noip: M.f\nfs-static: htdocs"), direct));
  expect(text).toMatch(/M\.f +main-noip\n└─ static .*\n {3}└─ htdocs\//);
});
