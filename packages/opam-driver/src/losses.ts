import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { compareVersions } from "@mirage/opam-file/version";
import { allPackages, type InstallRequest, type Loss, packageText } from "./request.js";
import { type Session, tryOpam } from "./session.js";

/**
 * Asks opam itself what it would do, and refuses what the request does not name: nobody shall lose a
 * package because opam and its caller see a switch differently.
 * @throws MirageError `ERR_MIRAGE_OPAM_LOSS`
 */
export async function checkLosses(request: InstallRequest, session: Session): Promise<void> {
  const agreed = new Set((request.losses ?? []).map(({ kind, name }) => `${kind} ${name}`));
  const refused = (await lossesByOpam(request, session)).filter(
    ({ kind, name }) => !agreed.has(`${kind} ${name}`),
  );
  if (refused.length === 0) return;
  const what = refused.map(({ kind, name }) => `${kind} of ${name}`).join(", ");
  throw new MirageError(
    "ERR_MIRAGE_OPAM_LOSS",
    `opam would take something away from the switch ${request.target.switch}: ${what}`,
    { hint: `nothing was changed; opam's whole output is in ${request.log}` },
  );
}

/** None when opam finds no solution: the installation will then say why. */
async function lossesByOpam(request: InstallRequest, session: Session): Promise<Loss[]> {
  const folder = await mkdtemp(join(tmpdir(), "mirage-opam-"));
  try {
    const file = join(folder, "actions.json");
    const texts = allPackages(request).map(packageText);
    const args = ["install", "--show-actions", `--json=${file}`, ...texts];
    const { exitCode } = await tryOpam(session, args);
    return exitCode === 0 ? lossesIn(await readFile(file, "utf8")) : [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface JsonPackage {
  readonly name: string;
  readonly version: string;
}

/** What the solution in a report of `opam --json` takes away. */
export function lossesIn(json: string): Loss[] {
  const { solution = [] } = JSON.parse(json) as {
    readonly solution?: readonly Readonly<Record<string, JsonPackage | readonly JsonPackage[]>>[];
  };
  const of = (kind: string) => solution.flatMap((action) => (action[kind] ?? []) as JsonPackage[]);
  const installed = new Map(of("install").map(({ name, version }) => [name, version]));
  return of("remove").flatMap(({ name, version }): Loss[] => {
    const next = installed.get(name);
    if (next === undefined) return [{ kind: "removal", name }];
    return compareVersions(next, version) < 0 ? [{ kind: "downgrade", name }] : [];
  });
}
