// Puts one fault after the other into a copy of the commit that is checked out, and sees that `npm run
// unit` would fail. --quick: of each only the check that is named in faults/table.mjs.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { faults } from "./faults/table.mjs";
import { report } from "./report.mjs";
import { isCheckout, scratchCopy } from "./scratch-copy.mjs";
import { runQuietly, unitTargets } from "./workspace.mjs";

const isQuick = process.argv.includes("--quick");

await report(async () => {
  if (!isCheckout) {
    console.error("This is no checkout of git: no faults are tried.");
    return;
  }
  const options = scratchCopy();
  const checks = [...new Set(faults.flatMap((fault) => fault.checks))];
  for (const check of checks) runQuietly(`${check} without a fault`, "nx", ["run", check], options);

  const unnoticed = [];
  for (const fault of faults) {
    put(fault, options.cwd);
    const failed = isQuick ? failingChecks(fault, options) : failingTargets(fault, options);
    const missed = fault.checks.filter((check) => !failed.includes(check));
    console.error(`${missed.length === 0 ? "noticed" : "MISSED "}  ${fault.about}`);
    if (!isQuick) console.error(`         by ${failed.join(", ") || "nothing"}`);
    if (missed.length > 0) unnoticed.push(`${fault.about}: ${missed.join(", ")} passes`);
    execFileSync("git", ["checkout", "--quiet", "."], options);
  }
  if (unnoticed.length > 0) throw new Error(unnoticed.join("\n"));
});

function put({ about, edits }, copy) {
  for (const [name, from, to] of edits) {
    const file = join(copy, name);
    const before = readFileSync(file, "utf8");
    const after = before.replaceAll(from instanceof RegExp ? new RegExp(from, "g") : from, to);
    if (before === after) throw new Error(`${about}: ${name} has changed, choose another fault`);
    writeFileSync(file, after);
  }
}

function failingChecks({ checks }, options) {
  return checks.filter((check) => spawnSync("nx", ["run", check], options).status !== 0);
}

/**
 * The targets of `npm run unit` that fail, of those that nx calls affected. A graph that nx refuses, such
 * as one with a cycle, fails all of them.
 */
function failingTargets({ checks }, options) {
  const affected = ["affected", "--base=HEAD", "-t", ...unitTargets, "--parallel=2"];
  const args = [...affected, "--outputStyle=static", "--nxBail=false"];
  const { status, stdout, stderr } = spawnSync("nx", args, {
    ...options,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const [, list = ""] = /Failed tasks:\n(.*)/s.exec(`${stdout}${stderr}`) ?? [];
  const failed = Array.from(list.matchAll(/^- (\S+)/gm), ([, task]) => task);
  return status !== 0 && failed.length === 0 ? checks : failed;
}
