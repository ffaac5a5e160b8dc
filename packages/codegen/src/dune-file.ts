import { basename, dirname, relative } from "node:path";
import { type Configuration, resolvePath } from "@mirage/conf";
import type { Target } from "@mirage/types";
import { anchorRule } from "./anchors.js";
import { lwtSyntax, openedModules, usesLwtSyntax } from "./compat-2013.js";
import { libraries } from "./components.js";
import { crunched, crunchFolder } from "./crunch.js";
import { header } from "./header.js";
import type { Program } from "./program.js";
import { duneAtom } from "./quote.js";

/** How dune builds the program from the modules beside it and those of its file systems. */
export function duneFile(program: Program): string {
  const { configuration, target } = program;
  const stanzas = [
    `; ${header(program)}`,
    ...filesystemStanzas(configuration),
    ...anchorRule(program),
    ...linkRules(program),
  ];
  const fields = [
    "(name main)",
    ...(target.link.mode === "exe" ? [] : [`(modes ${target.link.mode})`]),
    ...(target.link.static ? [`(link_flags (-ccopt "%{env:${linkVariable}=}"))`] : []),
    ...(target.link.tool === undefined ? [] : [`(link_flags (:include ${linkFlags}))`]),
    ...openings(configuration),
    list("libraries", libraries(configuration, target)),
    ...preprocessing(configuration),
    // dune looks into libraries of the application's own as well, and names the chain.
    ...(target.link.forbids ? [list("forbidden_libraries", target.link.forbids)] : []),
    ...(target.link.mode === "js" ? javascript(configuration) : foreignStubs(configuration)),
  ];
  return `${[...stanzas, `(executable${nested(fields)})`].join("\n\n")}\n`;
}

/** The environment variable by which a caller of dune passes an option to the linker of C. */
export const linkVariable = "MIRAGE_LINK";

const linkFlags = "mirage_link_flags.sexp";

/** What dune makes, of which the program and the files beside it are copies. */
export function linkedProduct({ product, tool }: Target["link"]): string {
  return tool === undefined ? product : "main.linked";
}

/** A kernel is linked again when the object, the tool or one of its packages has changed. */
function linkRules({ configuration, target: { components, link } }: Program): string[] {
  const { product, tool, takesImages, byproducts = [] } = link;
  if (tool === undefined) return [];
  const linked = linkedProduct(link);
  const packages = [...new Set(components.map((component) => component.package))];
  const images = takesImages ? configuration.filesystems.map((one) => crunched(one).data) : [];
  const inputs = [product, ...images].map(duneAtom).join(" ");
  return [
    `(rule (with-stdout-to ${linkFlags} (run ${tool} -L)))`,
    `(rule${nested([
      list("targets", [linked, ...byproducts.map((suffix) => linked + suffix)]),
      // The version in there has a hash of all its files.
      `(deps ${[inputs, ...packages.map((name) => `%{lib:${name}:META}`)].join(" ")})`,
      `(action (run ${tool} -o ${linked} ${inputs}))`,
    ])})`,
  ];
}

export const duneProject = "(lang dune 2.9)\n";

/** dune reads no folder whose name starts with `.` unless told to, and no data should be a project. */
function filesystemStanzas(configuration: Configuration): string[] {
  if (configuration.filesystems.length === 0) return [];
  const [outer, inner] = [dirname(crunchFolder), basename(crunchFolder)];
  return [
    [
      ...dataOnly(dataFolders(configuration)),
      `(dirs :standard ${outer})`,
      `(subdir ${outer} (dirs ${inner}))`,
      `(copy_files# ${crunchFolder}/*.{ml,mli,c})`,
    ].join("\n"),
  ];
}

/** The folders of file systems that lie within the application's, but in no other, relative to it. */
function dataFolders(configuration: Configuration): string[] {
  const folders = configuration.filesystems
    .map(({ path }) =>
      relative(resolvePath(configuration, "."), resolvePath(configuration, path.value)),
    )
    .filter((folder) => folder !== "" && !/^\.\.(\/|$)/.test(folder));
  return [...new Set(folders)].filter(
    (folder) => !folders.some((outer) => folder.startsWith(`${outer}/`)),
  );
}

/** A stanza for each parent folder: dune takes one of this kind there, with names that are globs. */
function dataOnly(folders: readonly string[]): string[] {
  const parents = new Set(folders.map((folder) => dirname(folder)));
  return [...parents].map((parent) => {
    const names = folders
      .filter((folder) => dirname(folder) === parent)
      .map((folder) => basename(folder).replaceAll(/[*?[\]{},\\]/g, "\\$&"));
    const stanza = list("data_only_dirs", names);
    return parent === "." ? stanza : `(subdir ${duneAtom(parent)} ${stanza})`;
  });
}

/** What old programs call deprecated, they cannot know. */
function openings(configuration: Configuration): string[] {
  const opened = openedModules(configuration).map((name) => ` -open ${name}`);
  return opened.length === 0 ? [] : [`(flags (:standard${opened.join("")} -alert -deprecated))`];
}

/** What runs over every module of the program: ppx rewriters, or the translation of what camlp4 took. */
function preprocessing(configuration: Configuration): string[] {
  const { preprocess } = configuration;
  if (usesLwtSyntax(configuration)) {
    return [`(preprocess (action (run ${lwtSyntax.tool} %{input-file})))`];
  }
  if (preprocess.length === 0) return [];
  return [
    `(preprocess ${list(
      "pps",
      preprocess.map(({ value }) => value),
    )})`,
  ];
}

function foreignStubs({ filesystems }: Configuration): string[] {
  if (filesystems.length === 0) return [];
  const files = filesystems.map(crunched);
  return [
    `(foreign_stubs${nested([
      "(language c)",
      list(
        "names",
        files.map(({ stubs }) => stubs),
      ),
      `(flags (:standard -Wa,-I${crunchFolder}))`,
      list(
        "extra_deps",
        files.map(({ data }) => data),
      ),
    ])})`,
  ];
}

/** What js_of_ocaml links beside the program: the contents of its folders. */
function javascript({ filesystems }: Configuration): string[] {
  if (filesystems.length === 0) return [];
  const files = filesystems.map((one) => `${crunchFolder}/${crunched(one).stubs}.js`);
  return [`(js_of_ocaml ${list("javascript_files", files)})`];
}

function list(field: string, atoms: readonly string[]): string {
  return `(${field} ${atoms.map(duneAtom).join(" ")})`;
}

/** Fields on lines of their own, indented by one. */
function nested(fields: readonly string[]): string {
  return fields.map((field) => `\n${field}`.replaceAll("\n", "\n ")).join("");
}
