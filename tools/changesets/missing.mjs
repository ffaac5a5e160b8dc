/** What users of a package never get or never notice. */
const unnoticed =
  /(^|\/)(test|tests|testing|testdata|golden|bench)\/|\.test\.[cm]?ts$|(^|\/)(README|CHANGELOG)\.md$|(^|\/)(tsconfig(\.\w+)?\.json|vitest\.config\.ts)$/;

/**
 * The names of the published packages that have changed without a changeset, in alphabetical order.
 *
 * @param files what has changed, relative to the repository
 * @param packages `{ name, folder }` of each published package, the folder relative to the repository
 * @param changesets the texts of those files of .changeset that are new or changed
 */
export function packagesWithoutChangeset(files, packages, changesets) {
  const named = changesets.map(packagesIn);
  // `changeset --empty`: somebody says that nobody notices.
  if (named.some((names) => names.length === 0)) return [];
  const told = new Set(named.flat());
  return packages
    .filter(({ name }) => !told.has(name))
    .filter(({ folder }) => {
      const changed = files.filter((file) => file.startsWith(`${folder}/`));
      // A release writes the changelog, and takes the changesets away.
      if (changed.includes(`${folder}/CHANGELOG.md`)) return false;
      return changed.some((file) => !unnoticed.test(file.slice(folder.length + 1)));
    })
    .map(({ name }) => name)
    .sort();
}

/** The packages in the front matter of a changeset. */
function packagesIn(text) {
  const [, matter = ""] = /^---\n(.*?)^---$/ms.exec(text) ?? [];
  return Array.from(matter.matchAll(/^["']?([^"':\n]+)["']?:/gm), ([, name]) => name);
}
