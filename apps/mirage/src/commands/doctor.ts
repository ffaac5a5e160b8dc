import { readFileSync } from "node:fs";
import { type TargetFlags, targetOfFolder } from "@mirage/application";
import { targetProblems } from "@mirage/dependencies";
import { MirageError } from "@mirage/diagnostics";
import {
  checkGroups,
  describeFix,
  type ExaminedGroup,
  examine,
  type Finding,
  planFixes,
} from "@mirage/doctor";
import { defaultDataFolder, emulatorOf } from "@mirage/opam-driver";
import { describePlan, type Plan } from "@mirage/plan";
import { forbiddingSetting, privateNetwork } from "@mirage/runner";
import { architectureOf, type Target } from "@mirage/types";
import { answered, canAsk } from "../terminal/ask.js";
import { perform } from "../terminal/perform.js";
import { print, say, stdoutColor } from "../terminal/terminal.js";

interface DoctorOptions extends TargetFlags {
  readonly fix?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly dryRun?: true;
}

/** `mirage doctor`: what this machine lacks for building and for each target, and what fixes it. */
export async function doctor(options: DoctorOptions): Promise<void> {
  const target = await targetOfFolder(process.cwd(), options);
  const { flag, architecture } = target;
  const needed = (name: string) =>
    name === "build" || name === flag || name === `--arch ${architecture}`;
  let groups = await examineAll(target);
  const lacking = () => {
    const findings = groups.filter(({ name }) => needed(name)).flatMap((group) => group.findings);
    return findings.filter(({ state }) => state === "missing");
  };
  if (options.fix) {
    const plan = await planFixes(lacking());
    if (options.dryRun) {
      await perform(plan, options);
      return;
    }
    if (plan.length > 0) {
      await agree(plan, options);
      await perform(plan, {});
      groups = await examineAll(target);
    }
  }
  if (options.json) {
    const data = groups.map((group) => ({ ...group, isNeeded: needed(group.name) }));
    print(JSON.stringify({ target: flag, groups: data }, undefined, 2));
  } else {
    print(groups.map((group) => describeGroup(group, needed(group.name))).join("\n\n"));
    say(summary(lacking(), flag));
    if (!groups.some(({ name }) => name === flag)) {
      say(`what it takes to run with ${flag} is not checked: there are no checks for it`);
    }
  }
  if (lacking().length > 0) process.exitCode = 1;
}

async function examineAll(target: Target): Promise<ExaminedGroup[]> {
  const [groups, problems] = await Promise.all([
    examineMachine(target),
    // Where nothing can be installed, another finding says why.
    targetProblems().catch(() => []),
  ]);
  return groups.map((group) => {
    const problem = problems.find(({ target }) => target.flag === group.name);
    if (problem === undefined || problem.reasons.length === 0) return group;
    const finding: ExaminedGroup["findings"][number] = {
      name: "OCaml",
      state: "missing",
      detail: `this compiler and its packages do not allow it: ${problem.reasons.join("; ")}`,
      advice: "use an opam switch with another compiler: mirage configure --switch NAME",
    };
    return { ...group, findings: [finding, ...group.findings] };
  });
}

function examineMachine(target: Target): Promise<ExaminedGroup[]> {
  const manifest = new URL("../../package.json", import.meta.url);
  const { engines } = JSON.parse(readFileSync(manifest, "utf8"));
  return examine(
    checkGroups({
      node: engines.node.replace(">=", ""),
      dataFolder: defaultDataFolder(),
      privateNetwork: () => (privateNetwork().user ? "by any user" : "as root"),
      sysctl: forbiddingSetting,
      ...(target.architecture === undefined ? {} : { processors: processorsOf(target) }),
    }),
  );
}

function processorsOf(target: Target) {
  const { name, tools, packages, qemu } = architectureOf(target);
  return { name, compiler: `${tools}gcc`, packages, qemu, emulator: emulatorOf(name) };
}

/** Says what is about to be run, and goes on if the user wants it. */
async function agree(plan: Plan, { yes }: DoctorOptions): Promise<void> {
  if (yes) return;
  say(describePlan(plan, { cwd: process.cwd() }));
  if (!canAsk()) {
    throw new MirageError(
      "ERR_MIRAGE_USAGE",
      "cannot ask for confirmation: this is not a terminal",
      {
        hint: "run the commands yourself, or confirm them with --yes",
        exitCode: 2,
      },
    );
  }
  const { confirm } = await import("@clack/prompts");
  const message = "Run these commands?";
  if (answered(await confirm({ message, output: process.stderr }))) return;
  throw new MirageError("ERR_MIRAGE_INTERRUPTED", "nothing was changed");
}

const marks = { ok: "✓", missing: "✗", optional: "–" } as const;
const colors = { ok: "32", missing: "31", optional: "33" } as const;

function describeGroup({ name, title, findings }: ExaminedGroup, isNeeded: boolean): string {
  const heading = `${name}: ${title}${isNeeded ? "" : " (not needed now)"}`;
  const width = Math.max(...findings.map((finding) => finding.name.length));
  const lines = findings.flatMap((finding) => {
    const mark = colored(marks[finding.state], colors[finding.state]);
    const line = `  ${mark} ${finding.name.padEnd(width)}  ${finding.detail}`;
    const help = helpOf(finding);
    return help === undefined ? [line] : [line, `${" ".repeat(width + 6)}${help}`];
  });
  return [heading, ...lines].join("\n");
}

function helpOf({ state, fix, advice }: Finding): string | undefined {
  if (state === "ok") return undefined;
  return fix === undefined ? advice : `$ ${describeFix(fix)}`;
}

function colored(text: string, color: string): string {
  return stdoutColor() ? `\x1b[${color}m${text}\x1b[0m` : text;
}

/** Of a target without checks only what building takes is known. */
function summary(lacking: readonly Finding[], flag: string): string {
  if (lacking.length === 0) return `nothing is missing for ${flag}`;
  const things = lacking.length === 1 ? "one thing is" : `${lacking.length} things are`;
  const help = lacking.some(({ fix }) => fix) ? ": `mirage doctor --fix` runs the commands" : "";
  return `${things} missing for ${flag}${help}`;
}
