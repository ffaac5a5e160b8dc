import { capital, changeset, checkName, insert, read } from "../edit.mjs";
import { finish, format } from "../finish.mjs";

/** `nx generate @mirage/tools:package NAME --scope --layer --description` */
export function generatePackage(tree, { name, scope, layer, description }) {
  const folder = `packages/${name}`;
  checkName(name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, tree.exists(`${folder}/package.json`));
  const write = (file, text) => tree.write(`${folder}/${file}`, text);
  const writeJson = (file, value) => write(file, `${JSON.stringify(value, undefined, 2)}\n`);

  writeJson("package.json", manifestOf({ name, scope, layer, description }));
  write("README.md", readmeOf(name, description));
  write("src/index.ts", `export { describe } from "./${name}.js";\n`);
  write(
    `src/${name}.ts`,
    `/** What this package is. */\nexport function describe(): string {\n  return ${JSON.stringify(description)};\n}\n`,
  );
  write(
    `src/${name}.test.ts`,
    `import { expect, test } from "vitest";\nimport { describe } from "./${name}.js";\n\n` +
      `test("it says what it is", () => {\n  expect(describe()).toBe(${JSON.stringify(description)});\n});\n`,
  );
  for (const file of ["tsconfig.json", "tsconfig.spec.json", "vitest.config.ts"]) {
    write(file, read(tree, `packages/graph/${file}`));
  }
  writeJson("tsconfig.lib.json", {
    extends: "../../tsconfig.base.json",
    compilerOptions: { rootDir: "src", outDir: "dist", tsBuildInfoFile: "dist/.tsbuildinfo" },
    include: ["src/**/*.ts"],
    exclude: ["src/**/*.test.ts"],
  });

  tree.write(
    `e2e/registry/consumers/${name}.ts`,
    `import assert from "node:assert/strict";\nimport { describe } from "@mirage/${name}";\n\n` +
      `assert.equal(describe(), ${JSON.stringify(description)});\n`,
  );
  const page = "docs/architecture.md";
  insert(tree, page, { before: /^\| `e2e` / }, `| \`${folder}\` | ${description} |\n`);
  changeset(tree, `new-${name}`, [name], `${capital(description)}.`);
  return finish(
    [
      ["node", "tools/manifests.mjs"],
      ["pnpm", "install", "--no-frozen-lockfile", "--prefer-offline", "--reporter=silent"],
      ["nx", "sync"],
      format,
    ],
    [
      `README.md and three keywords or more in ${folder}; why it is a package of its own`,
      `the scope's row in ${page}`,
      `a program of ten lines in e2e/registry/consumers/${name}.ts`,
    ],
  );
}

function manifestOf({ name, scope, layer, description }) {
  return {
    name: `@mirage/${name}`,
    version: "0.0.0",
    description,
    license: "ISC",
    keywords: ["mirageos", "unikernel", name],
    type: "module",
    sideEffects: false,
    exports: {
      ".": {
        "@mirage/source": "./src/index.ts",
        types: "./dist/index.d.ts",
        default: "./dist/index.js",
      },
      "./package.json": "./package.json",
    },
    files: ["dist"],
    devDependencies: { vitest: "catalog:" },
    engines: { node: ">=20.19" },
    publishConfig: { access: "public" },
    nx: { tags: [`scope:${scope}`, `layer:${layer}`] },
  };
}

function readmeOf(name, description) {
  return `# @mirage/${name}

${description}.

\`\`\`js
import { describe } from "@mirage/${name}";

console.log(describe());
\`\`\`
`;
}
