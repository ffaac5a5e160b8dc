import { expect, test } from "vitest";
import { completeManifest, missingIn } from "./manifest.mjs";

const repository = "https://example.org/mirage";
const manifest = {
  name: "@mirage/conf",
  version: "0.1.0",
  description: "The .conf language",
  exports: {
    ".": {
      "@mirage/source": "./src/index.ts",
      types: "./dist/index.d.ts",
      default: "./dist/index.js",
    },
    "./keys": {
      "@mirage/source": "./src/keys.ts",
      types: "./dist/keys.d.ts",
      default: "./dist/keys.js",
    },
    "./package.json": "./package.json",
  },
  files: ["bin", "dist", "!dist/.tsbuildinfo", "generated", "src", "!src/**/*.test.ts"],
  publishConfig: { access: "public" },
  nx: { tags: ["layer:2"] },
};

test("says where the package's sources and problems are", () => {
  expect(completeManifest(manifest, "packages/conf", repository)).toMatchObject({
    homepage: "https://example.org/mirage/tree/main/packages/conf#readme",
    bugs: "https://example.org/mirage/issues",
    repository: {
      type: "git",
      url: "git+https://example.org/mirage.git",
      directory: "packages/conf",
    },
  });
});

test("publishes every entry, without its source", () => {
  const { publishConfig, files, exports } = completeManifest(manifest, "packages/conf", repository);
  expect(exports).toEqual(manifest.exports);
  expect(publishConfig.exports).toEqual({
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./keys": { types: "./dist/keys.d.ts", default: "./dist/keys.js" },
    "./package.json": "./package.json",
  });
  expect(files).toEqual(["bin", "dist", "!dist/.tsbuildinfo", "!dist/**/*.map", "generated"]);
});

test("those who don't know `exports` find the types, too", () => {
  expect(completeManifest(manifest, "packages/conf", repository)).toMatchObject({
    main: "./dist/index.js",
    types: "./dist/index.d.ts",
    typesVersions: { "*": { keys: ["./dist/keys.d.ts"] } },
  });
});

test("changes nothing the second time", () => {
  const once = completeManifest(manifest, "packages/conf", repository);
  const twice = completeManifest(once, "packages/conf", repository);
  expect(JSON.stringify(twice)).toBe(JSON.stringify(once));
});

test("a package of OCaml keeps its folder src", () => {
  const runtime = {
    name: "@mirage/runtime-net",
    exports: { "./package.json": "./package.json" },
    files: ["dune", "src"],
  };
  const complete = completeManifest(runtime, "packages/runtime-net", repository);
  expect(complete.files).toEqual(["dune", "src"]);
  expect(complete).not.toHaveProperty("main");
  expect(complete.publishConfig).toEqual({ access: "public" });
});

test("what only a person can say is asked for", () => {
  expect(missingIn({ name: "a", keywords: ["mirage"] })).toEqual([
    "a: a description",
    "a: three keywords or more",
  ]);
});
