import { confPath } from "@mirage/application";
import { allProblems } from "@mirage/application/check";
import { MirageError, toJson } from "@mirage/diagnostics";
import { sayAll } from "../load-application.js";
import { print, say } from "../terminal/terminal.js";

interface CheckOptions {
  readonly json?: true;
}

/** `mirage check`: every problem of the .conf file and of what it names, and nothing else. */
export async function check(file: string | undefined, options: CheckOptions): Promise<void> {
  const path = await confPath(file);
  const problems = await allProblems(path);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (options.json) {
    print(JSON.stringify({ file: path, problems: problems.map(toJson) }, undefined, 2));
    if (errors > 0) process.exitCode = 1;
  } else if (errors > 0) {
    const message = `${path} has ${errors === 1 ? "an error" : "errors"}`;
    throw new MirageError("ERR_MIRAGE_CONF", message, { details: problems });
  } else {
    sayAll(problems);
    say(`${path}: no errors`);
  }
}
