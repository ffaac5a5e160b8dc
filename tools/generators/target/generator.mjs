import { changeset, checkName, insert, read } from "../edit.mjs";
import { finish, format } from "../finish.mjs";

const targets = "packages/types/src/targets.ts";

/**
 * `nx generate @mirage/tools:target NAME --description`: a target without a network, run as a process on
 * the runtime for Unix. A network, another runtime and another way to run it are added by hand.
 */
export function generateTarget(tree, { name, description }) {
  checkName(name, /^[a-z]+(-[a-z0-9]+)*$/, read(tree, targets).includes(`name: "${name}"`));
  const flag = `--${name.split("-").at(-1)}`;
  checkName(flag, /^--/, read(tree, targets).includes(`flag: "${flag}"`));
  insert(
    tree,
    targets,
    { before: /^\] as const satisfies readonly Target\[\]\);/ },
    `  {
    name: "${name}",
    flag: "${flag}",
    doc: ${JSON.stringify(description)},
    components: [unix],
    drivers: { ...common },
    addressing: { dhcp: "()", static: "()" },
    lacking: "it has no network: use another target",
    link: { mode: "exe", product: "main.exe", program: "mir-%{name}" },
    run: { as: "process", network: "none" },
  },
`,
  );
  const cases = "packages/codegen/src/testing/golden.ts";
  insert(tree, cases, { after: /^ {2}noip: \[[^\]]*(?=\])/ }, `, "${name}"`);
  insert(
    tree,
    "docs/architecture.md",
    { after: /^\| `unix-socket` .*\n/ },
    `| \`${name}\` | \`${flag}\` | none | \`mir-NAME\` |\n`,
  );
  insert(
    tree,
    "README.md",
    { after: /^\| `--socket` .*\n/ },
    `| \`${flag}\` | ${description} | |\n`,
  );
  insert(
    tree,
    "docs/targets.md",
    { before: /^## `--xen`/ },
    `## \`${flag}\`: ${description}\n\n\`\`\`sh\nmirage configure ${flag} hello.conf\nmirage build\nmirage run\n\`\`\`\n\n`,
  );
  changeset(tree, `target-${name}`, ["types", "cli"], `The target \`${flag}\`: ${description}.`);
  return finish(
    [format],
    [
      "`pnpm vitest run generate -u` in packages/codegen writes what is expected; `compile.test.ts` compiles it",
      "`pnpm docs:cli`",
      "with a network: `run.network`, the drivers of ownStack or its own, and further cases of golden.ts",
      "with a runtime of its own: packages/runtime-NAME beside its siblings, its name in `runtimeNpmPackages` " +
        "of packages/opam-system, and in the dependencies of apps/mirage",
      "run as nothing is run yet: a value of `run.as` and its launcher, packages/launch/src/launchers.ts",
      "what it needs on a machine: a group in packages/doctor/src/check-groups.ts and a row in docs/doctor.md",
      "a case in e2e that runs it",
    ],
  );
}
