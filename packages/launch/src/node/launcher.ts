import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConfiguredApplication } from "@mirage/application";
import { MirageError } from "@mirage/diagnostics";
import type { Plan } from "@mirage/plan";
import { planRun, type RunOptions } from "@mirage/runner";
import type { Launcher, RunFlags } from "../launcher.js";
import { followProcess, runOptions } from "../process/run.js";

/** Compiled, even when this module runs from its source. */
const entry = fileURLToPath(new URL("../../dist/node/main.js", import.meta.url));

/** JavaScript modules in processes of Node.js, on TAP devices that are handed to them. */
export const nodeLauncher: Launcher = {
  patience: 10, // the runner gives a process 5 seconds
  async plan(application, flags) {
    if (isPage(flags)) return planPage(application, flags);
    return planRun(nodeOptions(application, flags));
  },
  async run(application, flags, observer) {
    if (isPage(flags)) {
      requireModule(application);
      const { runPage } = await import("./page.js");
      return runPage(application, flags, observer);
    }
    return followProcess(application, nodeOptions(application, flags), flags, observer).code;
  },
};

function isPage({ browser, out }: RunFlags): boolean {
  return browser === true || out !== undefined;
}

async function planPage(application: ConfiguredApplication, flags: RunFlags): Promise<Plan> {
  const { pageOptions } = await import("./page.js");
  const { name, network } = pageOptions(application, flags);
  return [
    {
      kind: "step",
      title: `write a page in which ${name} runs`,
      detail: network ? `at ${network.address}, on a virtual switch` : "without a network",
      perform: async () => {},
    },
  ];
}

/** @throws MirageError where nothing was built */
function requireModule({ directory, program }: ConfiguredApplication): string {
  const module = join(directory, program);
  if (existsSync(module)) return module;
  throw new MirageError("ERR_MIRAGE_NOT_BUILT", `${module} is not there`, {
    hint: "run `mirage build` first",
  });
}

/** The runner starts Node.js in the place of a program, and hands it what it would hand to that. */
function nodeOptions(application: ConfiguredApplication, flags: RunFlags): RunOptions {
  return {
    ...runOptions(application, flags),
    sandbox: "none", // Node.js has none that could be entered
    binary: process.execPath,
    args: [entry, requireModule(application), ...(flags.args ?? [])],
  };
}
