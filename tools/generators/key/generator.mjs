import { camelCase, changeset, checkName, insert, pascalCase, read } from "../edit.mjs";
import { finish, format } from "../finish.mjs";

const conf = "packages/conf/src";

/** `nx generate @mirage/tools:key NAME --description [--min --max]`: a key whose value is a whole number. */
export function generateKey(tree, { name, min = 1, max = 65535, description }) {
  const keys = `${conf}/keys.ts`;
  checkName(name, /^[a-z]+(-[a-z]+)*$/, read(tree, keys).includes(`"${name}"`));
  const field = camelCase(name);
  const reader = `read${pascalCase(name)}`;

  insert(tree, keys, { before: /(?<=plainKeys = \[[^\]]*)^\] as const;/ }, `  "${name}",\n`);
  insert(
    tree,
    `${conf}/configuration.ts`,
    { before: /^ {2}readonly xl: / },
    `  /** \`${name}\`: ${description}, ${min} to ${max}. */\n  readonly ${field}?: Written<number>;\n`,
  );
  tree.write(`${conf}/${name}.ts`, readerOf({ name, reader, min, max }));
  tree.write(`${conf}/${name}.test.ts`, testOf({ name, field, min, max }));

  const parser = `${conf}/parse-conf.ts`;
  insert(tree, parser, { after: /^import .* from "\.\/xl\.js";\n/ }, importOf(reader, name));
  insert(
    tree,
    parser,
    { after: /^ {2}const xl = readXl\(.*\n/ },
    `  const ${field} = ${reader}(raw, problems, spanOf);\n`,
  );
  insert(
    tree,
    parser,
    { after: /^ {4}xl,\n/ },
    `    ...(${field} === undefined ? {} : { ${field} }),\n`,
  );

  const printer = `${conf}/print-conf.ts`;
  insert(
    tree,
    printer,
    { before: /^ {4}configuration\.xl\.map/ },
    `    configuration.${field} ? [\`${name}: \${configuration.${field}.value}\`] : [],\n`,
  );
  insert(
    tree,
    `${conf}/print-conf.test.ts`,
    { before: /^ {2}\.chain\(\(conf\) =>\n {4}fc\n {6}\.option\(written\(path\)/ },
    `  .chain((before) =>
    fc
      .option(written(fc.integer({ min: ${min}, max: ${max} })))
      .map((${field}) => (${field} === null ? before : { ...before, ${field} })),
  )
`,
  );
  insert(
    tree,
    "docs/conf.md",
    { before: /^\| \*\*as a Xen domain\*\*/ },
    `| \`${name}\` | ${description}: ${min} to ${max} | |\n`,
  );
  const hole = name.includes("-") ? `"${name}"` : name;
  insert(
    tree,
    "packages/types/src/template.ts",
    { before: /^ {2}interfaces: / },
    `  ${hole}: "${description}, where \`${name}\` is written",\n`,
  );
  insert(
    tree,
    "packages/codegen/src/program.ts",
    { before: /^ {4}interfaces: / },
    `    ...(configuration.${field} ? { ${hole}: String(configuration.${field}.value) } : {}),\n`,
  );
  changeset(tree, `key-${name}`, ["conf", "codegen", "types"], `\`${name}\`: ${description}.`);
  return finish(
    [format],
    [
      `the place in packages/types/src/targets.ts that uses %{${name}}; until then the key has no effect`,
      "`pnpm vitest run generate -u` in packages/codegen, and read what `git diff` says of golden",
      `where in docs/conf.md \`${name}\` belongs`,
    ],
  );
}

function importOf(reader, name) {
  return `import { ${reader} } from "./${name}.js";\n`;
}

function readerOf({ name, reader, min, max }) {
  return `import { quote } from "@mirage/diagnostics";
import type { Written } from "./configuration.js";
import type { Problems } from "./problems.js";
import type { RawConf } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** \`${name}\`: a whole number from ${min} to ${max}. */
export function ${reader}(
  raw: RawConf,
  problems: Problems,
  spanOf: SpanOf,
): Written<number> | undefined {
  const entry = raw.plain.get("${name}");
  if (entry === undefined) return undefined;
  const { value } = entry;
  const number = /^[0-9]{1,9}$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (number >= ${min} && number <= ${max}) return { value: number, span: spanOf(value) };
  return problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_NUMBER",
    message: \`\${quote(value.text)} is no value of \\\`${name}\\\`\`,
    hint: "write a whole number from ${min} to ${max}",
  }));
}
`;
}

function testOf({ name, field, min, max }) {
  return `import { expect, test } from "vitest";
import { parseConf } from "./parse-conf.js";

const read = (value: string) => parseConf(\`main-noip: Hello.main\\n${name}: \${value}\\n\`, "a.conf");

test.each([${min}, ${max}])("${name}: %d", (value) => {
  expect(read(String(value)).configuration?.${field}?.value).toBe(value);
});

test.each(["${min - 1}", "${max + 1}", "x", "1.5", "1e3"])("${name}: %s is refused where it stands", (value) => {
  const { configuration, diagnostics } = read(value);
  expect(configuration).toBeUndefined();
  expect(diagnostics).toMatchObject([
    { code: "ERR_MIRAGE_CONF_NUMBER", span: { start: { line: 2, column: ${name.length + 3} } } },
  ]);
});
`;
}
