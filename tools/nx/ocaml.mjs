// An nx plugin: every folder of packages with a dune-project gets targets that build and test it
// through dune, and depends on the packages whose libraries its dune files name.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One dune at a time: two in one build folder disturb each other. */
const dune = "flock ../node_modules/.dune.lock dune build --root . --display quiet";

/** The dune files that concern all packages, and what has to be installed. */
const shared = ["{workspaceRoot}/packages/{dune,dune-project,dune-workspace}", "ocaml"];

export const createNodesV2 = [
  "packages/*/dune-project",
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const root = dirname(file);
      // @mirage/types is TypeScript, too: there `test` is vitest's.
      const isMixed = existsSync(join(workspaceRoot, root, "tsconfig.json"));
      const name = root.slice("packages/".length);
      const targets = {
        "build-ocaml": duneTarget(`@${name}/all`, "Compiles the package's OCaml and C"),
        [isMixed ? "test-ocaml" : "test"]: duneTarget(`@${name}/runtest`, "Runs the OCaml tests"),
      };
      if (existsSync(join(workspaceRoot, root, "test/js/dune"))) {
        targets["test-js"] = duneTarget(
          `@@${name}/test/js/test-js`, // @@: the folder is not built with the others
          "Runs the OCaml tests in Node.js, compiled by js_of_ocaml",
        );
      }
      return [file, { projects: { [root]: { root, tags: ["lang:ocaml"], targets } } }];
    }),
];

function duneTarget(alias, description) {
  return {
    command: `${dune} ${alias}`,
    options: { cwd: "packages" },
    cache: true,
    // What dune makes stays in its own folder: only the verdict is kept.
    outputs: [],
    inputs: ["default", "^production", ...shared],
    metadata: { technologies: ["ocaml"], description },
  };
}

/** Edges for the libraries in dune files, tests included: package.json knows only what is published. */
export function createDependencies(_options, { projects, workspaceRoot }) {
  const folders = Object.entries(projects)
    .map(([name, { root }]) => ({ name, root }))
    .filter(({ root }) => existsSync(join(workspaceRoot, root, "dune-project")));
  const owners = new Map(
    folders.flatMap(({ name, root }) =>
      readdirSync(join(workspaceRoot, root))
        .filter((file) => file.endsWith(".opam"))
        .map((file) => [file.slice(0, -".opam".length), name]),
    ),
  );
  return folders.flatMap(({ name, root }) =>
    duneFiles(join(workspaceRoot, root)).flatMap((file) =>
      packagesIn(readFileSync(join(workspaceRoot, root, file), "utf8"))
        .map((library) => owners.get(library))
        .filter((target) => target !== undefined && target !== name)
        .map((target) => ({
          source: name,
          target,
          type: "static",
          sourceFile: `${root}/${file}`,
        })),
    ),
  );
}

function duneFiles(folder) {
  return readdirSync(folder, { recursive: true }).filter(
    (name) => /(^|\/)dune$/.test(name) && !/(^|\/)(node_modules|_build)\//.test(name),
  );
}

/** Every name that may be a package's: `mirage-runtime-unix` of `mirage-runtime-unix.socket`. */
function packagesIn(text) {
  const names = text.replace(/;.*/g, "").match(/[a-z][\w-]*/g) ?? [];
  return [...new Set(names)];
}
