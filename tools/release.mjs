// pnpm release: versions and changelogs from the changesets, committed; build, checks, publish.
// --dry-run says what would go out and changes nothing. --tested: leave out the tests, CI ran them.
// Every step leaves alone what is done already, so an interrupted release is simply started again.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureAptPackages, releasePackages } from "./apt.mjs";
import { publicPackages } from "./packages.mjs";
import { plannedReleases, printReleases } from "./planned-releases.mjs";
import { report } from "./report.mjs";
import { ensureBuilt, ensurePnpm, root, run, workspaceEnv } from "./workspace.mjs";

const options = new Set(process.argv.slice(2));

await report(async () => {
  for (const option of options) {
    if (option !== "--dry-run" && option !== "--tested") throw new Error(`no option ${option}`);
  }
  ensurePnpm();
  if (options.has("--dry-run")) {
    printReleases(await plannedReleases());
    return;
  }
  ensureAptPackages(releasePackages);
  requireCleanTree();
  version();
  ensureBuilt();
  if (!options.has("--tested")) {
    run("node", ["tools/ci.mjs"]);
    run("node", ["tools/test.mjs"]);
  }
  // From here on nothing may build: it would bring back the one addon of this machine.
  run("node", ["packages/tap/native/prebuild.mjs", "--all"]);
  run("node", ["tools/check-packages.mjs"]);
  // Without tags: pushing them and the commit takes a remote. changesets looks for the
  // registry in this variable only, npm and pnpm also in their files.
  const npm_config_registry = configuredRegistry();
  run("changeset", ["publish", "--no-git-tag"], {
    env: { ...workspaceEnv(), npm_config_registry },
  });
});

/** What is published must be in a commit. */
function requireCleanTree() {
  const changes = git("status", "--porcelain");
  if (changes !== "") throw new Error(`commit or stash this first:\n${changes}`);
}

function version() {
  const changesets = readdirSync(join(root, ".changeset")).filter((name) => name.endsWith(".md"));
  if (changesets.length === 0) return;
  run("changeset", ["version"]);
  for (const { folder, manifest } of publicPackages()) writeOCamlVersion(folder, manifest.version);
  git("add", "--all", ".changeset", "packages", "apps");
  const names = git("diff", "--cached", "--name-only", "--", "*/package.json");
  const released = publicPackages()
    .filter(({ folder }) => names.includes(`${folder.slice(root.length + 1)}/package.json`))
    .map(({ manifest }) => `${manifest.name} ${manifest.version}`);
  git("commit", "--quiet", "--message", `Release\n\n${released.join("\n")}`);
}

/** An OCaml package has one version number for npm, opam and dune. */
function writeOCamlVersion(folder, version) {
  for (const name of readdirSync(folder).filter((file) => /\.opam$|^dune-project$/.test(file))) {
    const file = join(folder, name);
    const text = readFileSync(file, "utf8")
      .replace(/^version: ".*"$/m, `version: ${JSON.stringify(version)}`)
      .replace(/^\(version .*\)$/m, `(version ${version})`);
    writeFileSync(file, text);
  }
}

function configuredRegistry() {
  return execFileSync("npm", ["config", "get", "registry"], { cwd: root, encoding: "utf8" }).trim();
}

function git(...args) {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}
