import type { TestProject } from "vitest/node";
import { setup as temporaryHome } from "../../src/support/home.js";
import { keptHome } from "./kept-home.js";

/** vitest's global setup. */
export function setup(project: TestProject): () => void {
  const cleanUp = temporaryHome(project);
  project.provide("home", keptHome());
  return cleanUp;
}
