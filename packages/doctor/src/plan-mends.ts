import { MirageError } from "@mirage/diagnostics";
import type { Plan, RunAction } from "@mirage/plan";
import { commandOf, isRoot } from "./describe-mend.js";
import type { Finding, Mend } from "./finding.js";
import { findProgram } from "./look.js";

/**
 * What fixes the findings: each command once, and all packages together.
 * @throws MirageError `ERR_MIRAGE_DOCTOR_ROOT` if one needs root, and there is no sudo
 */
export async function planMends(findings: readonly Finding[]): Promise<Plan> {
  const mends = findings.flatMap(({ mend }) => mend ?? []);
  const names = new Set(mends.flatMap((mend) => (mend.kind === "packages" ? mend.names : [])));
  const all: Mend[] = [
    ...(names.size > 0 ? aptUpdate : []),
    ...(names.size > 0 ? [{ kind: "packages", names: [...names] } as const] : []),
    ...mends.filter(({ kind }) => kind === "command"),
  ];
  const plan = new Map<string, RunAction>();
  for (const mend of all) {
    const { words, asRoot } = commandOf(mend);
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
const aptUpdate: readonly Mend[] = [
  { kind: "command", words: ["apt-get", "update"], asRoot: true },
];

async function sudo(words: readonly string[]): Promise<string> {
  if ((await findProgram("sudo")) !== undefined) return "sudo";
  throw new MirageError("ERR_MIRAGE_DOCTOR_ROOT", "root is needed, and there is no sudo", {
    hint: `as root, run: ${words.join(" ")}`,
  });
}
