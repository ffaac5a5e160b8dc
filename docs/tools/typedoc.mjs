// The TypeScript packages' API as pages: api/NAME.md, and api/NAME/ENTRY.md for further entries.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Application, LogLevel } from "typedoc";
import { packages, root, source, work } from "./repository.mjs";

/** Writes the pages into the site's source; returns them: path on the site and import specifier. */
export async function writeTypeScriptApi() {
  const entries = packages.flatMap(({ entries }) => entries);
  const api = join(source, "api");
  const app = await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown"],
    tsconfig: writeTsconfig(entries.map(({ file }) => file)),
    entryPoints: entries.map(({ file }) => file),
    entryPointStrategy: "resolve",
    readme: "none",
    excludeInternal: true,
    excludeExternals: true,
    disableSources: true,
    logLevel: LogLevel.Warn,
    outputs: [{ name: "markdown", path: api }],
    outputFileStrategy: "modules",
    entryFileName: "index",
    groupOrder: ["Functions", "Classes", "Variables", "Interfaces", "Type Aliases", "*"],
    hidePageHeader: true,
    hideBreadcrumbs: true,
    hidePageTitle: true,
    useCodeBlocks: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    typeAliasPropertiesFormat: "table",
    enumMembersFormat: "table",
    tableColumnSettings: { hideDefaults: true, hideModifiers: true, hideInherited: true },
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("typedoc cannot read the packages");
  const names = new Map(
    entries.map(({ file, name }) => [relative(join(root, "packages"), file), name]),
  );
  for (const module of project.children ?? []) {
    const name = names.get(`${module.name}.ts`) ?? names.get(`${module.name}/index.ts`);
    if (name === undefined) throw new Error(`typedoc found a module ${module.name}`);
    module.name = name;
  }
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) throw new Error("typedoc failed");
  for (const { name, specifier } of entries) {
    const file = join(api, `${name}.md`);
    const text = readFileSync(file, "utf8").replace(/^\*\*\*$\n/gm, "");
    writeFileSync(file, `# ${specifier}\n\n${text}`);
  }
  return entries;
}

function writeTsconfig(files) {
  const file = join(work, "tsconfig.json");
  mkdirSync(work, { recursive: true });
  writeFileSync(
    file,
    JSON.stringify({
      extends: "../../tsconfig.base.json",
      compilerOptions: { noEmit: true, composite: false, declarationMap: false },
      files,
    }),
  );
  return file;
}
