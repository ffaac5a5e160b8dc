/** Keys of a package.json in the order in which they are written; others keep their places after them. */
const order = [
  "name",
  "version",
  "description",
  "license",
  "keywords",
  "homepage",
  "bugs",
  "repository",
  "type",
  "sideEffects",
  "imports",
  "bin",
  "man",
  "main",
  "types",
  "typesVersions",
  "exports",
];

/** What an entry is while the workspace is worked on; nobody else has these sources. */
const sourceCondition = "@mirage/source";

const notPublished = ["!dist/.tsbuildinfo", "!dist/**/*.map"];

/**
 * The package.json of a published package with what follows from the rest of it: where its repository
 * is, the entries for those who resolve them as TypeScript's `node10` does, and the entries without
 * their sources, which are not published.
 *
 * @param manifest as it is
 * @param folder the package's, relative to the repository: `packages/conf`
 * @param repository the address of the repository, as `https://example.org/mirage`
 */
export function completeManifest(manifest, folder, repository) {
  const complete = {
    ...manifest,
    homepage: `${repository}/tree/main/${folder}#readme`,
    bugs: `${repository}/issues`,
    repository: { type: "git", url: `git+${repository}.git`, directory: folder },
    ...legacyEntries(manifest.exports),
    publishConfig: { access: "public", ...publishedEntries(manifest.exports) },
  };
  if (manifest.files?.includes("dist")) complete.files = publishedFiles(manifest.files);
  return Object.fromEntries(
    Object.entries(complete)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => placeOf(a) - placeOf(b)),
  );
}

/** What is still missing, which only a person can say. */
export function missingIn({ name, description, keywords }) {
  const missing = [];
  if (!description) missing.push(`${name}: a description`);
  if (!(keywords?.length >= 3)) missing.push(`${name}: three keywords or more`);
  return missing;
}

function placeOf(key) {
  const place = order.indexOf(key);
  return place === -1 ? order.length : place;
}

const entriesOf = (exports) =>
  Object.entries(exports ?? {}).filter(([, value]) => typeof value === "object");

/** `main`, `types` and `typesVersions`, for those who don't know `exports`. */
function legacyEntries(exports) {
  const entries = entriesOf(exports);
  const main = entries.find(([entry]) => entry === ".")?.[1];
  const others = entries
    .filter(([entry]) => entry !== ".")
    .map(([entry, { types }]) => [entry.slice("./".length), [types]]);
  return {
    main: main?.default,
    types: main?.types,
    typesVersions: others.length > 0 ? { "*": Object.fromEntries(others) } : undefined,
  };
}

function publishedEntries(exports) {
  if (entriesOf(exports).length === 0) return {};
  const entries = Object.entries(exports).map(([entry, value]) => {
    if (typeof value !== "object") return [entry, value];
    const { [sourceCondition]: _, ...conditions } = value;
    return [entry, conditions];
  });
  return { exports: Object.fromEntries(entries) };
}

/** Without TypeScript sources, and without the maps that would lead to them. */
function publishedFiles(files) {
  const kept = files.filter((file) => !/^!?src(\/|$)/.test(file) && !notPublished.includes(file));
  const dist = kept.indexOf("dist");
  return [...kept.slice(0, dist + 1), ...notPublished, ...kept.slice(dist + 1)];
}
