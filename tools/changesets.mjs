// Checks that what users of a package can notice of the changes since $MIRAGE_BASE has a changeset.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { packagesWithoutChangeset } from "./changesets/missing.mjs";
import { publicPackages } from "./packages.mjs";
import { report } from "./report.mjs";
import { root } from "./workspace.mjs";

await report(async () => {
  const base = process.env.MIRAGE_BASE;
  if (!base) {
    console.error("No commit to compare with in MIRAGE_BASE: changesets are not checked.");
    return;
  }
  const from = git("merge-base", base, "HEAD");
  const untracked = git("ls-files", "--others", "--exclude-standard");
  const files = `${git("diff", "--name-only", from)}\n${untracked}`.split("\n");
  const changesets = files
    .filter((file) => /^\.changeset\/[^/]+\.md$/.test(file) && existsSync(join(root, file)))
    .map((file) => readFileSync(join(root, file), "utf8"));
  const packages = publicPackages().map(({ folder, manifest: { name } }) => ({
    name,
    folder: relative(root, folder),
  }));
  const missing = packagesWithoutChangeset(files, packages, changesets);
  if (missing.length > 0) {
    throw new Error(
      `these packages have changed without a changeset: ${missing.join(", ")}\n` +
        "Say with `pnpm changeset` what their users notice; `pnpm changeset --empty` if it is nothing.",
    );
  }
});

function git(...args) {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}
