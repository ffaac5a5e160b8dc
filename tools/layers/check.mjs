import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { importsOf } from "./imports.mjs";
import { readPackages } from "./packages.mjs";
import { scopes } from "./rules.mjs";

/** What in a workspace breaks the rules of its layers and scopes, one sentence each. */
export function complaintsAbout(root) {
  const packages = readPackages(root);
  return [...packages.values()].flatMap((each) => [
    ...complaintsAboutTags(root, each),
    ...complaintsAboutDependencies(root, each, packages),
    ...complaintsAboutImports(root, each, packages),
    ...complaintsAboutLibraries(root, each, packages),
    ...complaintsAboutPage(root, each),
  ]);
}

function complaintsAboutTags(root, { folder, isRuntime, layer, scope }) {
  const place = relative(root, folder);
  const complaints = [];
  if (layer === undefined && !isRuntime) {
    complaints.push(`${place}: no layer. Add "layer:N" to nx.tags of its package.json`);
  }
  if (!Object.hasOwn(scopes, scope ?? "")) {
    const known = Object.keys(scopes).join(", ");
    complaints.push(
      `${place}: ${scope === undefined ? "no scope" : `unknown scope ${scope}`}. ` +
        `Add "scope:NAME" to nx.tags of its package.json, NAME being one of ${known}`,
    );
  }
  return complaints;
}

function complaintsAboutDependencies(root, each, packages) {
  const { dependencies, peerDependencies, devDependencies } = each.manifest;
  const of = (table) => Object.keys(table ?? {}).map((name) => packages.get(name));
  const complaint = (other, isTest) => whyNot(root, each, other, isTest);
  return [
    ...of({ ...dependencies, ...peerDependencies }).map((other) => complaint(other, false)),
    ...of(devDependencies).map((other) => complaint(other, true)),
  ].filter((found) => found !== undefined);
}

/** A test may use what lies in its package's own layer; nothing may use what lies above. */
function whyNot(root, each, other, isTest) {
  if (other === undefined || other === each || other.scope === undefined) return undefined;
  const [from, to] = [each, other].map(({ folder }) => relative(root, folder));
  const allowed = scopes[each.scope] ?? [];
  if (other.scope !== each.scope && !allowed.includes(other.scope)) {
    return `${from} (scope ${each.scope}) must not use ${to} (scope ${other.scope})`;
  }
  if (each.layer === undefined || other.layer === undefined) return undefined;
  if (isTest ? other.layer <= each.layer : other.layer < each.layer) return undefined;
  const who = isTest ? `the tests of ${from}` : from;
  return `${who} (layer ${each.layer}) must not use ${to} (layer ${other.layer})`;
}

function complaintsAboutImports(root, each, packages) {
  const { folder, manifest } = each;
  const published = { ...manifest.dependencies, ...manifest.peerDependencies };
  const declared = { ...published, ...manifest.devDependencies };
  const complaints = [];
  for (const { file, imported, isTest } of importsOf(folder)) {
    const place = relative(root, file);
    if (imported.startsWith("../")) {
      if (!join(file, "..", imported).startsWith(folder + sep)) {
        complaints.push(`${place} reaches into ${imported}: import the package instead`);
      }
      continue;
    }
    const name = imported.split("/").slice(0, 2).join("/");
    const other = packages.get(name);
    if (other === undefined || other === each) continue;
    const wrong = whyNot(root, each, other, isTest);
    if (wrong !== undefined) complaints.push(`${place}: ${wrong}`);
    if (!Object.hasOwn(isTest ? declared : published, name) && each.scope !== "workspace") {
      complaints.push(`${place} imports ${name}, which its package.json does not name`);
    }
    const entry = `.${imported.slice(name.length)}`;
    if (entry !== "." && !other.manifest.exports?.[entry]) {
      complaints.push(`${place} imports ${imported}, which is no entry of that package`);
    }
  }
  return complaints;
}

/** What a library of OCaml links is installed with it only if package.json says so, too. */
function complaintsAboutLibraries(root, each, packages) {
  if (!existsSync(join(each.folder, "dune-project"))) return [];
  const owners = new Map(
    [...packages.values()].flatMap((other) =>
      readdirSync(other.folder)
        .filter((file) => file.endsWith(".opam"))
        .map((file) => [file.slice(0, -".opam".length), other]),
    ),
  );
  return duneFiles(each.folder).flatMap((file) => {
    const text = readFileSync(file, "utf8").replace(/;.*/g, "");
    const used = new Set((text.match(/[a-z][\w-]*/g) ?? []).map((library) => owners.get(library)));
    return [...used]
      .filter((other) => other !== undefined && other !== each)
      .filter(({ manifest }) => !Object.hasOwn(each.manifest.dependencies ?? {}, manifest.name))
      .map(
        ({ manifest }) =>
          `${relative(root, file)} links ${manifest.name}, which its package.json does not name`,
      );
  });
}

/** The dune files of what is published: those of the tests may link anything. */
function duneFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /(^|\/)dune$/.test(name) && !/(^|\/)(test|node_modules|_build)\//.test(name))
    .map((name) => join(folder, name));
}

/** docs/architecture.md names every package. */
function complaintsAboutPage(root, { folder }) {
  const page = "docs/architecture.md";
  const place = relative(root, folder);
  if (!existsSync(join(root, page))) return [];
  const isNamed = readFileSync(join(root, page), "utf8").includes(`\`${place}\``);
  return isNamed ? [] : [`${place}: ${page} says nothing of it. Add a row to its table`];
}
