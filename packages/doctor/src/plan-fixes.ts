import { MirageError } from "@mirage/diagnostics";
import type { Plan, RunAction } from "@mirage/plan";
import { commandOf, isRoot } from "./describe-fix.js";
import type { Finding, Fix } from "./finding.js";
import { findProgram } from "./look.js";

/**
 * What fixes the findings: each command once, and all packages together.
 * @throws MirageError `ERR_MIRAGE_DOCTOR_ROOT` if one needs root, and there is no sudo
 */
export async function planFixes(findings: readonly Finding[]): Promise<Plan> {
  const fixes = findings.flatMap(({ fix }) => fix ?? []);
  const names = new Set(fixes.flatMap((fix) => (fix.kind === "packages" ? fix.names : [])));
  const all: Fix[] = [
    ...(names.size > 0 ? aptUpdate : []),
    ...(names.size > 0 ? [{ kind: "packages", names: [...names] } as const] : []),
    ...fixes.filter(({ kind }) => kind === "command"),
  ];
  const plan = new Map<string, RunAction>();
  for (const fix of all) {
    const { words, asRoot } = commandOf(fix);
    const [command = "", ...args] = asRoot && !isRoot() ? [await sudo(words), ...words] : words;
    const title = [command, ...args].join(" ");
    plan.set(title, {
      kind: "run",
      command,
      args,
      title,
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  return [...plan.values()];
}

/** A fresh machine has no lists of packages, or stale ones. */
const aptUpdate: readonly Fix[] = [{ kind: "command", words: ["apt-get", "update"], asRoot: true }];

async function sudo(words: readonly string[]): Promise<string> {
  if ((await findProgram("sudo")) !== undefined) return "sudo";
  throw new MirageError("ERR_MIRAGE_DOCTOR_ROOT", "root is needed, and there is no sudo", {
    hint: `as root, run: ${words.join(" ")}`,
  });
}
