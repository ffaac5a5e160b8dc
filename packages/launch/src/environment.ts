import { readFile } from "node:fs/promises";
import { fromSystemError, MirageError } from "@mirage/diagnostics";

/** What `--env` and `--env-file` are given. */
export interface EnvironmentFlags {
  /** `NAME=VALUE`, or `NAME` for the value that this process has. */
  readonly env?: readonly string[];
  /** A file of lines `NAME=VALUE`. */
  readonly envFile?: string;
}

/**
 * The variables for a program: those of the file, and over them those of the command line.
 * @throws MirageError `ERR_MIRAGE_RUN_ENV`, with everything that is wrong
 */
export async function readEnvironment({
  env = [],
  envFile,
}: EnvironmentFlags): Promise<Record<string, string>> {
  const problems: Problem[] = [];
  const lines = envFile === undefined ? [] : linesOf(await textOf(envFile));
  const variables = [
    ...lines.map(({ text, line }) => read(text, `${envFile}:${line}: `, problems)),
    ...env.map((text) => read(text, "--env: ", problems)),
  ];
  const [problem] = problems;
  if (problem) {
    const { message, hint } = problem;
    const details = problems.map((each) => ({ ...each, code, severity: "error" }) as const);
    throw new MirageError(code, message, {
      hint,
      exitCode: 2,
      ...(problems.length > 1 ? { details } : {}),
    });
  }
  return Object.fromEntries(variables);
}

const code = "ERR_MIRAGE_RUN_ENV";

interface Problem {
  readonly message: string;
  readonly hint: string;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw fromSystemError(error);
  }
}

/** Without blank lines and comments. */
function linesOf(text: string) {
  return text
    .split(/\r?\n/)
    .map((line, i) => ({ text: line.trim(), line: i + 1 }))
    .filter(({ text: line }) => line !== "" && !line.startsWith("#"));
}

/** What the command and the kernel say in their own words. */
const reserved = new Set([
  "MIRAGE_CONTROL_FD",
  "MIRAGE_FILES",
  "MIRAGE_MACS",
  "MIRAGE_NETS",
  "MIRAGE_SANDBOX",
  "MIRAGE_STATUS_FD",
]);

function read(text: string, place: string, problems: Problem[]): [string, string] {
  const at = text.indexOf("=");
  const name = at === -1 ? text : text.slice(0, at);
  const value = at === -1 ? process.env[name] : text.slice(at + 1);
  const complain = (message: string, hint: string) =>
    void problems.push({ message: `${place}${message}`, hint });
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    complain("a variable's name is missing, or is none", "write NAME=VALUE");
  } else if (reserved.has(name)) {
    complain(`${name} is for mirage itself`, "leave it out: the command sets it");
  } else if (value === undefined) {
    complain(`there is no variable ${name} here to pass on`, `write ${name}=VALUE`);
  } else if (value.includes("\0")) {
    complain(`the value of ${name} contains a NUL character`, "remove it");
  }
  return [name, value ?? ""];
}
