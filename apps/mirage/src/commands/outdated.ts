import { relative } from "node:path";
import { configuredTarget, type TargetFlags } from "@mirage/application";
import { configuredOpam } from "@mirage/application/opam";
import { Dependencies, type OpamOptions } from "@mirage/dependencies";
import { MirageError } from "@mirage/diagnostics";
import { readInstalled } from "@mirage/opam-driver";
import { neededPackages } from "@mirage/opam-resolver";
import { type OutdatedPackage, outdatedPackages } from "@mirage/opam-resolver/lock";
import { loadApplication } from "../load-application.js";
import { table } from "../terminal/table.js";
import { print, say } from "../terminal/terminal.js";

interface OutdatedOptions extends OpamOptions, TargetFlags {
  readonly json?: true;
}

/** `mirage outdated`: the packages that the lock, or else the switch, holds back. */
export async function outdated(file: string | undefined, options: OutdatedOptions): Promise<void> {
  const { configuration } = await loadApplication(file);
  const target = await configuredTarget(configuration.file, options);
  const opam = await configuredOpam(configuration.file, options);
  const dependencies = await Dependencies.of(configuration, target, opam);
  const newest = await dependencies.newest();
  const lock = await dependencies.readLock();
  const current = lock?.packages ?? (await installedAmong(dependencies, neededPackages(newest)));
  const holder = lock
    ? relative(process.cwd(), dependencies.lockFile)
    : `the switch ${dependencies.opam.switch}`;
  const packages = outdatedPackages(current, newest);
  if (options.json) {
    print(JSON.stringify({ lock: lock ? holder : null, packages }, undefined, 2));
  } else if (packages.length === 0) {
    say(`${holder} has the newest versions of ${current.length} packages`);
  } else {
    print(table(rowsOf(packages)));
  }
}

async function installedAmong(
  { opam }: Dependencies,
  needed: readonly { readonly name: string }[],
): Promise<{ name: string; version: string }[]> {
  const installed = await readInstalled(opam);
  const current = needed.flatMap(({ name }) => {
    const version = installed?.get(name);
    return version === undefined ? [] : [{ name, version }];
  });
  if (current.length > 0) return current;
  throw new MirageError("ERR_MIRAGE_NOT_CONFIGURED", "there is no lock, and nothing is installed", {
    hint: "`mirage configure` installs, `mirage lock` writes a lock",
  });
}

function rowsOf(packages: readonly OutdatedPackage[]): string[][] {
  return [
    ["package", "current", "possible", "newest"],
    ...packages.map(({ name, current, possible = "(not needed)", newest }) => {
      return [name, current, possible, newest];
    }),
  ];
}
