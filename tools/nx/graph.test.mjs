// What a change of a file reaches: the checks that nx must run again, and those that it must not.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createProjectGraphAsync } from "nx/src/devkit-exports";
import { HashPlanInspector } from "nx/src/hasher/hash-plan-inspector";
import { filterAffected } from "nx/src/project-graph/affected/affected-project-graph";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../workspace.mjs";

/** Whether a task depends on a file is asked of these targets. */
const checks = [
  "build-ocaml",
  "test-ocaml",
  "test",
  "typecheck",
  "lint",
  "layers",
  "cli-reference",
  "guides",
  "e2e",
  "e2e-registry",
  "e2e-xen",
  "e2e-ec2",
];

const table = [
  {
    file: "packages/runtime-http/lib/http_stack.ml",
    reaches: [
      "runtime-http:build-ocaml",
      "runtime-http:test",
      "runtime-xen:test",
      "codegen:test",
      "cli:test",
      "e2e:e2e",
      "e2e:e2e-registry",
      "e2e:e2e-xen",
    ],
    spares: ["runtime-net:test", "runtime-unix:test", "conf:test", "codegen:typecheck"],
  },
  {
    file: "packages/types/lib/V1.mli",
    reaches: [
      "types:test",
      "types:test-ocaml",
      "runtime-unix:test",
      "runtime-xen:build-ocaml",
      "codegen:test",
    ],
    spares: ["conf:test", "tap:test"],
  },
  {
    file: "packages/runtime-unix/test/test_runtime_unix.ml",
    reaches: ["runtime-unix:test"],
    spares: ["runtime-http:test", "codegen:test", "cli:test"],
  },
  {
    file: "packages/runtime-kernel/kernel/console.c",
    reaches: [
      "runtime-kernel:build-ocaml",
      "runtime-xen:build-ocaml",
      "runtime-xen:test",
      "codegen:test",
      "e2e:e2e-xen",
    ],
    spares: ["runtime-unix:test", "xl:test"],
  },
  {
    file: "packages/dune-workspace",
    reaches: ["types:test-ocaml", "runtime-xen:build-ocaml", "runtime-net:test"],
    spares: ["conf:test"],
  },
  {
    file: "docs/conf.md",
    reaches: ["conf:test", "docs:guides", "e2e:e2e"],
    spares: ["codegen:test", "runtime-net:test"],
  },
  { file: "docs/ec2.md", reaches: ["ec2:test", "docs:guides"], spares: ["conf:test"] },
  { file: "docs/architecture.md", reaches: ["tools:test", "docs:guides"], spares: ["cli:test"] },
  { file: "docs/cli.md", reaches: ["tools:cli-reference"], spares: ["cli:test"] },
  {
    file: "examples/ec2/www.tf",
    reaches: ["ec2:test", "e2e:e2e"],
    spares: ["conf:test"],
  },
  {
    file: "examples/hello/hello.ml",
    reaches: ["e2e:e2e", "e2e:e2e-xen", "e2e:e2e-ec2"],
    spares: ["codegen:test", "cli:test"],
  },
  {
    file: "packages/codegen/golden/http/expected/unix-direct/main.ml",
    reaches: ["codegen:test", "e2e:e2e"],
    spares: ["conf:test", "types:test"],
  },
  {
    file: "packages/conf/src/keys.ts",
    reaches: [
      "conf:test",
      "conf:typecheck",
      "codegen:test",
      "cli:test",
      "tools:lint",
      "tools:layers",
    ],
    spares: ["tap:test", "runtime-net:test", "opam-file:test"],
  },
  {
    file: "packages/conf/src/reference.test.ts",
    reaches: ["conf:test", "conf:typecheck", "tools:lint", "tools:layers"],
    spares: ["codegen:test"],
  },
  {
    file: "e2e/src/run.e2e.ts",
    reaches: ["e2e:typecheck", "e2e:e2e", "tools:lint", "tools:layers"],
    spares: ["cli:test"],
  },
  {
    file: "tools/layers.mjs",
    reaches: ["tools:layers", "tools:lint", "tools:test", "e2e:e2e"],
    spares: ["conf:test", "runtime-net:test"],
  },
  {
    file: "tsconfig.base.json",
    reaches: ["conf:typecheck", "e2e:typecheck", "conf:test", "cli:test"],
    spares: [],
  },
  {
    file: "packages/tap/native/addon.c",
    reaches: ["tap:test", "runner:test", "e2e:e2e-registry"],
    spares: ["conf:test"],
  },
];

let graph;
let tasksOf;

beforeAll(async () => {
  graph = await createProjectGraphAsync({ exitOnError: false });
  const inspector = new HashPlanInspector(graph);
  await inspector.init();
  tasksOf = new Map();
  for (const { name, data } of Object.values(graph.nodes)) {
    for (const target of checks.filter((check) => data.targets?.[check] !== undefined)) {
      const inputs = inspector.inspectTaskInputs({ project: name, target })[`${name}:${target}`];
      for (const file of inputs.files) {
        if (!tasksOf.has(file)) tasksOf.set(file, []);
        tasksOf.get(file).push(`${name}:${target}`);
      }
    }
  }
}, 120_000);

describe.each(table)("$file", ({ file, reaches, spares }) => {
  const full = (tasks) => tasks.map((task) => `@mirage/${task}`);

  test("is an input of what it can break, and of nothing else", () => {
    expect(existsSync(join(root, file)), "moved? name another file of its kind").toBe(true);
    const tasks = tasksOf.get(file) ?? [];
    expect(tasks).toEqual(expect.arrayContaining(full(reaches)));
    expect(full(spares).filter((task) => tasks.includes(task))).toEqual([]);
  });

  test("makes `nx affected` name the projects whose checks it can break", async () => {
    const change = { file, hash: "", getChanges: () => [{ type: "WholeFileChange" }] };
    const { nodes } = await filterAffected(graph, [change]);
    const projects = full(reaches).map((task) => task.slice(0, task.lastIndexOf(":")));
    expect(Object.keys(nodes)).toEqual(expect.arrayContaining(projects));
  });
});

test("every folder with OCaml or C in it is built and tested", () => {
  const runtimes = Object.values(graph.nodes).filter(({ data }) =>
    data.tags?.includes("lang:ocaml"),
  );
  expect(runtimes.length).toBeGreaterThan(6);
  for (const { name, data } of runtimes) {
    const targets = Object.keys(data.targets);
    expect(targets, name).toContain("build-ocaml");
    expect(targets.some((target) => target === "test" || target === "test-ocaml")).toBe(true);
  }
});
