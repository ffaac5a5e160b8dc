import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RecordedCase } from "../src/check/index.js";

/** A recorded repository with opam's answers: `$MIRAGE_OPAM_DATA`, or beside the checkout. */
const folder =
  process.env.MIRAGE_OPAM_DATA ??
  fileURLToPath(new URL("../../../../shared/data/opam", import.meta.url));

export const dataFolder = existsSync(join(folder, "cases.jsonl")) ? folder : undefined;

if (dataFolder === undefined) {
  console.warn(`Tests with recorded answers of opam are skipped: ${folder} has none.`);
}

export function recordedCases(data: string): RecordedCase[] {
  const lines = readFileSync(join(data, "cases.jsonl"), "utf8").split("\n");
  return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
}

export function recordedVariables(data: string): Record<string, string> {
  return JSON.parse(readFileSync(join(data, "env.json"), "utf8")).variables;
}
