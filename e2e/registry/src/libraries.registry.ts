import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { repository, temporaryFolder } from "../../src/support/mirage.js";
import { type Client, clientEnv, runOk } from "./support/client.js";
import { publicPackages, readManifest } from "./support/packages.js";

const libraries = publicPackages(inject("workspace"))
  .map(({ manifest }) => manifest)
  .filter(({ name, exports }) => exports?.["."] !== undefined && name !== "@mirage/cli");
const env = clientEnv(inject("user"), inject("registry"));

/** TypeScript's native compiler: the other one takes seconds to check node's types alone. */
const compiler = join(repository, "node_modules/.bin/tsgo");

/** Node's own types, which a program for Node has anyway; as big as all the rest together. */
const nodeTypes = join(repository, "node_modules/@types/node");

const tsconfig = {
  compilerOptions: {
    target: "es2023",
    module: "nodenext",
    types: ["node"],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    outDir: "out",
  },
};

/** A library's consumer in `consumers/`, and which of our packages it imports. */
function consumerOf(library: string) {
  const name = library.replace("@mirage/", "");
  const text = readFileSync(join(import.meta.dirname, "../consumers", `${name}.ts`), "utf8");
  const imports = [...text.matchAll(/from "(@mirage\/[\w-]+)/g)].map(([, from = ""]) => from);
  return { text, packages: [...new Set([library, ...imports])] };
}

describe.each<Client>(["npm", "pnpm"])("with %s, in an empty folder", (client) => {
  test.concurrent.for(libraries)(
    "$name alone has its types, and works",
    async ({ name, version }, { onTestFinished }) => {
      const cwd = temporaryFolder(onTestFinished);
      const { text, packages } = consumerOf(name);
      writeFileSync(join(cwd, "package.json"), '{ "type": "module", "private": true }\n');
      writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify(tsconfig));
      writeFileSync(join(cwd, "consumer.ts"), text);
      const options = { cwd, env };
      await runOk(client, [client === "npm" ? "install" : "add", ...packages], options);
      mkdirSync(join(cwd, "node_modules/@types"));
      symlinkSync(nodeTypes, join(cwd, "node_modules/@types/node"));
      await runOk(compiler, ["-p", "."], options);
      await runOk(process.execPath, ["out/consumer.js"], options);
      expect(readManifest(join(cwd, "node_modules", name)).version).toBe(version);
    },
  );
});
