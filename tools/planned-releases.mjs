// What a release would publish: what the changesets ask for, and what the registry doesn't have yet.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { publicPackages } from "./packages.mjs";
import { root, workspaceEnv } from "./workspace.mjs";

const getReleasePlan = createRequire(import.meta.url)("@changesets/get-release-plan").default;
const execute = promisify(execFile);

/** `{ name, from, to, because }` of each package that would go out, in alphabetical order. */
export async function plannedReleases() {
  const plan = await getReleasePlan(root);
  const bumps = new Map(plan.releases.map((release) => [release.name, release]));
  const summaries = new Map(plan.changesets.map(({ id, summary }) => [id, summary]));
  const found = await Promise.all(
    publicPackages().map(async ({ manifest: { name, version } }) => {
      const bump = bumps.get(name);
      if (bump === undefined) {
        const known = await isPublished(name, version);
        return known ? [] : [{ name, to: version, because: ["the registry doesn't have it"] }];
      }
      const asked = bump.changesets.map((id) => summaries.get(id).split("\n")[0]);
      const because = asked.length > 0 ? asked : ["what it depends on changes"];
      return [{ name, from: version, to: bump.newVersion, because }];
    }),
  );
  return found.flat();
}

export function printReleases(releases) {
  if (releases.length === 0) console.log("Nothing: the registry has every version.");
  for (const { name, from, to, because } of releases) {
    const versions = from === undefined ? to : `${from} -> ${to}`;
    console.log(`${name.padEnd(24)} ${versions.padEnd(18)} ${because.join("; ")}`);
  }
}

async function isPublished(name, version) {
  const answer = await execute("pnpm", ["view", `${name}@${version}`, "version", "--json"], {
    cwd: root,
    env: workspaceEnv(),
  }).catch((error) => error);
  if (answer.code === undefined) return JSON.parse(answer.stdout) === version;
  if (/_404|_NOT_FOUND/.test(answer.stdout)) return false;
  throw new Error(`the registry can't be asked about ${name}:\n${answer.stdout}${answer.stderr}`);
}
