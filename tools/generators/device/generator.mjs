import { capital, changeset, checkName, insert, read } from "../edit.mjs";
import { finish, format } from "../finish.mjs";

const types = "packages/types";
const runtimes = ["packages/runtime-unix", "packages/runtime-kernel"];

/**
 * `nx generate @mirage/tools:device NAME --description`: a device that is a module alone, with one value to
 * begin with, `read`. It stands behind CLOCK, in the signatures and everywhere.
 */
export function generateDevice(tree, { name, description }) {
  const kinds = `${types}/src/device-kinds.ts`;
  checkName(name, /^[a-z]+(_[a-z]+)*$/, read(tree, kinds).includes(`name: "${name}"`));
  const signature = name.toUpperCase();
  const module = capital(name);
  const sentence = `${capital(description)}.`;

  insert(
    tree,
    `${types}/lib/V1.mli`,
    { after: /(?<=^module type CLOCK = sig\n(?:(?!^end).*\n)*)^end\n/ },
    `\n(** ${sentence} *)\nmodule type ${signature} = sig\n  (** What it says now. *)\n  val read : unit -> string\nend\n`,
  );
  insert(
    tree,
    `${types}/lib/lwt/V1_LWT.mli`,
    { after: /^module type CLOCK = V1\.CLOCK\n/ },
    `\n(** ${sentence} *)\nmodule type ${signature} = V1.${signature}\n`,
  );
  insert(
    tree,
    `${types}/src/signatures.ts`,
    { after: /(?<=^ {4}name: "CLOCK",\n(?:(?!^ {2}\}).*\n)*)^ {2}\},\n/ },
    `  {
    name: "${signature}",
    doc: ${JSON.stringify(sentence)},
    device: false,
    types: [],
    modules: [],
    values: ["read"],
  },
`,
  );
  insert(
    tree,
    kinds,
    { after: /^ {2}\{ name: "clock", .*\n/ },
    `  { name: "${name}", signature: "${signature}", value: false, doc: ${JSON.stringify(description)} },\n`,
  );
  insert(
    tree,
    `${types}/src/targets.ts`,
    { after: /^ {2}clock: \{ module: "Clock" \},\n/ },
    `  ${name}: { module: "${module}" },\n`,
  );
  insert(
    tree,
    "packages/conf/src/configuration.ts",
    { after: /(?<=builtinDevices = \[[^\]]*)^ {2}"clock",\n/ },
    `  "${name}",\n`,
  );
  insert(
    tree,
    "docs/conf.md",
    { before: /^\| `clock`, `time`.*\n/ },
    `| \`${name}\` | \`${signature}\` | nothing: a module only |\n`,
  );

  const header = "(* SPDX-License-Identifier: ISC *)\n\n";
  for (const runtime of runtimes) {
    tree.write(`${runtime}/lib/${name}.ml`, `${header}let read () = "${name}"\n`);
    tree.write(
      `${runtime}/lib/${name}.mli`,
      `${header}(** ${sentence} *)\n\ninclude V1_LWT.${signature}\n`,
    );
  }

  const golden = `packages/codegen/golden/app-${name}`;
  tree.write(`${golden}/app.conf`, `# ${sentence}\nmain-app: Unikernel.Main (console, ${name})\n`);
  tree.write(
    `${golden}/unikernel.ml`,
    `${header}open V1_LWT\n\nmodule Main (C : CONSOLE) (D : ${signature}) = struct\n` +
      "  let start console = C.log_s console (D.read ())\nend\n",
  );
  insert(
    tree,
    "packages/codegen/src/testing/golden.ts",
    { before: /(?<=const cases\b[^;]*)^\};/ },
    `  "app-${name}": ["unix-direct", "xen"],\n`,
  );
  changeset(
    tree,
    `device-${name}`,
    ["types", "conf", "runtime-unix", "runtime-kernel"],
    `The device \`${name}\`: ${description}.`,
  );
  return finish(
    [format],
    [
      `what ${signature} really has, in ${types}/lib/V1.mli and src/signatures.ts`,
      `the module itself: lib/${name}.ml in ${runtimes.join(" and ")}`,
      "`pnpm vitest run generate -u` in packages/codegen writes what is expected; `compile.test.ts` compiles it",
      "a test of it in each runtime",
    ],
  );
}
