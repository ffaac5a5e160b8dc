// How `changeset version` writes changelogs: the text of each changeset, then the dependencies' new
// versions in one line. Commits are left out: they say nothing to readers of a changelog.

async function getReleaseLine({ summary }) {
  const [first, ...rest] = summary.trim().split("\n");
  return [`- ${first}`, ...rest.map((line) => (line === "" ? "" : `  ${line}`))].join("\n");
}

async function getDependencyReleaseLine(_changesets, updated) {
  if (updated.length === 0) return "";
  const versions = updated.map(({ name, newVersion }) => `\`${name}\` ${newVersion}`);
  return `- Updated dependencies: ${versions.join(", ")}`;
}

module.exports = { getReleaseLine, getDependencyReleaseLine };
