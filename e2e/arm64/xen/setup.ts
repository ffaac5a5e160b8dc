import type { TestProject } from "vitest/node";
import { provideRig } from "../../xen/src/setup.js";
import { keptHome } from "../src/kept-home.js";

/** vitest's global setup: a Xen host for arm64. */
export async function setup(project: TestProject): Promise<() => void> {
  const cleanUp = await provideRig(project, "arm64");
  project.provide("home", keptHome());
  return cleanUp;
}
