import { relative } from "node:path";
import { shellWord } from "@mirage/diagnostics";
import type { Action, Plan } from "./action.js";

export interface DescribeOptions {
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
}

/** What a plan would do, one line per action: the text of `--dry-run`. */
export function describePlan(plan: Plan, options: DescribeOptions): string {
  return plan.map((action) => describeAction(action, options)).join("\n");
}

/** A plan as data for JSON: sizes instead of contents, and steps by their words. */
export function planData(plan: Plan): Record<string, unknown>[] {
  return plan.map((action) => {
    switch (action.kind) {
      case "write": {
        const { content, within: _, ...rest } = action;
        return { ...rest, bytes: Buffer.byteLength(content) };
      }
      case "step": {
        const { perform: _, ...rest } = action;
        return rest;
      }
      default: {
        const { within: _, ...rest } = { within: undefined, ...action };
        return rest;
      }
    }
  });
}

/** What one action does, as a line that starts with its verb. */
export function describeAction(action: Action, { cwd }: DescribeOptions): string {
  switch (action.kind) {
    case "write":
      return `write   ${shown(action.path, cwd)} (${Buffer.byteLength(action.content)} bytes)`;
    case "remove":
      return `remove  ${shown(action.path, cwd)}`;
    case "run": {
      const folder = action.cwd === undefined || action.cwd === cwd ? "" : ` (in ${action.cwd})`;
      const variables = Object.entries(action.env ?? {}).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${shellWord(value)} `],
      );
      const words = [action.command, ...action.args].map(shellWord).join(" ");
      return `run     ${variables.join("")}${words}${folder}`;
    }
    case "step":
      return `do      ${action.title}${action.detail ? `: ${action.detail}` : ""}`;
  }
}

function shown(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below === "" || below.startsWith("..") ? path : below;
}
