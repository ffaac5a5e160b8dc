import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { complaintsAbout } from "./check.mjs";

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mirage-layers-"));
  write("packages/conf/package.json", {
    name: "@mirage/conf",
    nx: { tags: ["scope:language", "layer:2"] },
    exports: { ".": "./src/index.ts" },
  });
  write("packages/codegen/package.json", {
    name: "@mirage/codegen",
    dependencies: { "@mirage/conf": "workspace:^" },
    exports: { ".": "./src/index.ts" },
    nx: { tags: ["scope:language", "layer:3"] },
  });
  write("packages/tap/package.json", {
    name: "@mirage/tap",
    nx: { tags: ["scope:host", "layer:2"] },
  });
  write("packages/codegen/src/index.ts", 'import { parse } from "@mirage/conf";\n');
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path, content) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(
    join(root, path),
    typeof content === "string" ? content : JSON.stringify(content, undefined, 2),
  );
}

test("a package may use what lies below it", () => {
  expect(complaintsAbout(root)).toEqual([]);
});

test.each([
  ["packages/conf/src/a.ts", 'import { generate } from "@mirage/codegen";\n'],
  ["packages/conf/src/a.ts", 'export {\n  generate,\n} from "@mirage/codegen";\n'],
  ["packages/conf/src/a.ts", 'const lazy = await import("@mirage/codegen");\n'],
  ["packages/conf/src/a.test.ts", 'import { generate } from "@mirage/codegen";\n'],
  ["packages/conf/test/support.ts", 'import type { File } from "@mirage/codegen";\n'],
  ["packages/conf/vitest.config.ts", 'import "@mirage/codegen";\n'],
])("a package, or its tests, may not use what lies above: %s", (path, text) => {
  write(path, text);
  expect(complaintsAbout(root)).toContainEqual(
    expect.stringMatching(/packages\/conf \(layer 2\) must not use packages\/codegen \(layer 3\)/),
  );
});

test.each(["packages/conf/test/a.ts", "packages/conf/src/a.ts", "packages/conf/tool.mjs"])(
  "the sources of another package are no way around it: %s",
  (path) => {
    const up = path.includes("/tool") ? ".." : "../..";
    write(path, `import { generate } from "${up}/codegen/src/index.js";\n`);
    expect(complaintsAbout(root)).toEqual([
      `${path} reaches into ${up}/codegen/src/index.js: import the package instead`,
    ]);
  },
);

test("a package uses only scopes that its own may use, however low their layer", () => {
  write("packages/codegen/src/a.ts", 'import { open } from "@mirage/tap";\n');
  expect(complaintsAbout(root)[0]).toMatch(/\(scope language\) must not use .*\(scope host\)/);
});

test("what is imported is declared, and an entry of its package", () => {
  write("packages/codegen/src/a.ts", 'import { keys } from "@mirage/conf/keys";\n');
  write("packages/conf/src/b.ts", 'import { open } from "@mirage/opam-file";\n');
  expect(complaintsAbout(root)).toEqual([
    "packages/codegen/src/a.ts imports @mirage/conf/keys, which is no entry of that package",
  ]);
});

test("the tests of a package may use its own layer, the package itself may not", () => {
  const manifest = { name: "@mirage/graph", nx: { tags: ["scope:language", "layer:2"] } };
  write("packages/graph/package.json", {
    ...manifest,
    devDependencies: { "@mirage/conf": "workspace:^" },
  });
  write("packages/graph/src/a.test.ts", 'import { parse } from "@mirage/conf";\n');
  expect(complaintsAbout(root)).toEqual([]);
  write("packages/graph/src/a.ts", 'import { parse } from "@mirage/conf";\n');
  expect(complaintsAbout(root)).toEqual([
    "packages/graph/src/a.ts: packages/graph (layer 2) must not use packages/conf (layer 2)",
    "packages/graph/src/a.ts imports @mirage/conf, which its package.json does not name",
  ]);
});

test("a package without tags is told which it needs", () => {
  write("packages/new/package.json", { name: "@mirage/new" });
  expect(complaintsAbout(root)).toEqual([
    expect.stringMatching(/^packages\/new: no layer\. Add "layer:N" to nx\.tags/),
    expect.stringMatching(/^packages\/new: no scope\. Add "scope:NAME" to nx\.tags/),
  ]);
});

test("a library of OCaml links only what its package.json names, its tests link anything", () => {
  for (const name of ["net", "unix"]) {
    write(`packages/runtime-${name}/package.json`, { name: `@mirage/runtime-${name}` });
    write(`packages/runtime-${name}/dune-project`, "(lang dune 2.9)\n");
    write(`packages/runtime-${name}/mirage-runtime-${name}.opam`, "");
  }
  write("packages/runtime-net/test/dune", "(test (libraries mirage-runtime-unix.socket))\n");
  expect(complaintsAbout(root)).toEqual([]);
  write("packages/runtime-net/lib/dune", "(library (libraries mirage-runtime-unix.socket))\n");
  expect(complaintsAbout(root)).toEqual([
    "packages/runtime-net/lib/dune links @mirage/runtime-unix, which its package.json does not name",
  ]);
});
