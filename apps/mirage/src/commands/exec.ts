import { spawn } from "node:child_process";
import { constants } from "node:os";
import { configuredTarget, confPath } from "@mirage/application";
import { loadChecked } from "@mirage/application/check";
import { configuredOpam } from "@mirage/application/opam";
import { Dependencies } from "@mirage/dependencies";
import { MirageError, shellWord } from "@mirage/diagnostics";
import { switchEnvironment } from "@mirage/opam-driver";
import { print } from "../terminal/terminal.js";

interface EnvOptions {
  readonly json?: true;
}

/** `mirage exec`: runs a command, such as dune or an editor, with the application's OCaml libraries. */
export async function exec(
  file: string | undefined,
  [command, ...args]: readonly string[],
): Promise<void> {
  if (command === undefined) {
    throw new MirageError("ERR_MIRAGE_USAGE", "there is no command to run", {
      hint: "write it behind `--`, such as `mirage exec -- dune build`",
      exitCode: 2,
    });
  }
  const env = { ...process.env, ...(await environmentOf(file)) };
  const child = spawn(command, args, { env, stdio: "inherit" });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, pass);
  try {
    process.exitCode = await new Promise<number>((settle, fail) => {
      child.on("error", fail);
      child.on("close", (code, signal) => {
        settle(code ?? 128 + (signal ? constants.signals[signal] : 0));
      });
    });
  } catch (error) {
    throw new MirageError("ERR_MIRAGE_COMMAND_NOT_FOUND", `cannot run ${command}`, {
      cause: error,
      hint: `install the program ${command} or put it on the PATH`,
    });
  } finally {
    for (const signal of signals) process.off(signal, pass);
  }
}

/** `mirage env`: the variables with which dune and editors find the application's OCaml libraries. */
export async function env(file: string | undefined, { json }: EnvOptions): Promise<void> {
  const variables = await environmentOf(file);
  if (json) {
    print(JSON.stringify(variables, undefined, 2));
    return;
  }
  for (const [name, value] of Object.entries(variables)) {
    print(`export ${name}=${shellWord(value)}`);
  }
}

async function environmentOf(file: string | undefined): Promise<Readonly<Record<string, string>>> {
  const path = await confPath(file);
  const { configuration } = await loadChecked(path);
  const target = await configuredTarget(path, {});
  const opam = await configuredOpam(path);
  return switchEnvironment((await Dependencies.of(configuration, target, opam)).opam);
}
