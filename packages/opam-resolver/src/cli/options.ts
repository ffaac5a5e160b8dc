import { parseArgs } from "node:util";
import type { Request } from "../resolve/request.js";

/** What `--help` prints. */
export const usage = `usage: opam-resolve [OPTION]... PACKAGE...
Prints what opam would do to install the packages (NAME, NAME.VERSION, 'NAME>=VERSION').

  -r, --repo PATH          a repository's folder or tar archive; repeatable, the first one counts
      --opam-root DIR      take repositories, state and variables from this opam root
  -s, --switch NAME        of which switch of it
      --switch-state FILE  what is installed, from opam's switch-state
      --installed PACKAGE  the same, spelt out: NAME.VERSION; repeatable
      --invariant FORMULA  what must always hold
      --pin PIN            NAME[.VERSION][=PATH]; repeatable
  -t, --with-test          also what the packages' tests need
  -d, --with-doc           also what their documentation needs
      --with-dev-setup     also their development tools
      --upgrade, --remove, --reinstall
                           another request than to install
  -a, --auto-remove        with --remove: also what nothing needs any more
      --var NAME=VALUE     a variable; repeatable
      --env FILE           variables as JSON, in place of this machine's
      --opam-version V     answer as this opam; by default the one on the PATH
      --explain            if there is no plan: what could be asked for instead
      --why NAME           why a package is part of the plan
      --what-if NAME       why a package of the plan isn't newer, or what that would take
      --json               print JSON
      --opam-json          print what \`opam --json\` writes
      --timeout SECONDS    limit of the search
      --cache DIR          where indexes are kept; --no-cache: nowhere
      --version            print the version of this program

Exit code 0: there is a plan, 1: there is none, 2: the command line is wrong, 3: a repository or another
file cannot be read, 4: the time limit was reached, 70: a bug, 130: interrupted.
`;

/** What the command line asks for. */
export interface CliOptions {
  /** As it was given. */
  readonly commandLine: readonly string[];
  readonly atoms: readonly string[];
  readonly kind: Request["kind"];
  readonly autoremove: boolean;
  readonly repositories: readonly string[];
  readonly opamRoot: string | undefined;
  readonly switchName: string | undefined;
  readonly switchState: string | undefined;
  readonly invariant: string | undefined;
  readonly installed: readonly string[];
  readonly pins: readonly string[];
  readonly env: string | undefined;
  readonly variables: readonly string[];
  readonly opamVersion: string | undefined;
  readonly withTest: boolean;
  readonly withDoc: boolean;
  readonly withDevSetup: boolean | undefined;
  readonly output: "text" | "json" | "opam-json";
  readonly explain: boolean;
  readonly why: string | undefined;
  readonly whatIf: string | undefined;
  readonly timeLimit: number | undefined;
  readonly cacheFolder: string | false | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

/** The command line is not well-formed. */
export class UsageError extends Error {}

/** Reads the command line. @throws {UsageError} */
export function parseOptions(args: readonly string[]): CliOptions {
  const { values, positionals } = parsed(args);
  const kinds = (["upgrade", "remove", "reinstall"] as const).filter((kind) => values[kind]);
  if (kinds.length > 1) throw new UsageError(`--${kinds.join(" and --")} exclude each other.`);
  const outputs = (["json", "opam-json"] as const).filter((output) => values[output]);
  if (outputs.length > 1) throw new UsageError("--json and --opam-json exclude each other.");
  const seconds = values.timeout === undefined ? undefined : Number(values.timeout);
  if (seconds !== undefined && !(seconds > 0)) {
    throw new UsageError("--timeout wants a number of seconds.");
  }
  const { "opam-version": opamVersion } = values;
  if (opamVersion !== undefined && !/^2\.\d+(\.\d+)?(~\w+)?$/.test(opamVersion)) {
    throw new UsageError("--opam-version wants a version such as 2.3 or 2.1.2.");
  }
  return {
    commandLine: args,
    atoms: positionals,
    kind: kinds[0] ?? "install",
    autoremove: values["auto-remove"] ?? false,
    repositories: values.repo ?? [],
    opamRoot: values["opam-root"],
    switchName: values.switch,
    switchState: values["switch-state"],
    invariant: values.invariant,
    installed: values.installed ?? [],
    pins: values.pin ?? [],
    env: values.env,
    variables: values.var ?? [],
    opamVersion: values["opam-version"],
    withTest: values["with-test"] ?? false,
    withDoc: values["with-doc"] ?? false,
    withDevSetup: values["with-dev-setup"],
    output: outputs[0] ?? "text",
    explain: values.explain ?? false,
    why: values.why,
    whatIf: values["what-if"],
    timeLimit: seconds === undefined ? undefined : seconds * 1000,
    cacheFolder: values["no-cache"] ? false : values.cache,
    help: values.help ?? false,
    version: values.version ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        repo: { type: "string", multiple: true, short: "r" },
        "opam-root": { type: "string" },
        switch: { type: "string", short: "s" },
        "switch-state": { type: "string" },
        invariant: { type: "string" },
        installed: { type: "string", multiple: true },
        pin: { type: "string", multiple: true },
        env: { type: "string" },
        var: { type: "string", multiple: true },
        "with-test": { type: "boolean", short: "t" },
        "with-doc": { type: "boolean", short: "d" },
        "with-dev-setup": { type: "boolean" },
        upgrade: { type: "boolean" },
        remove: { type: "boolean" },
        reinstall: { type: "boolean" },
        "auto-remove": { type: "boolean", short: "a" },
        "opam-version": { type: "string" },
        explain: { type: "boolean" },
        why: { type: "string" },
        "what-if": { type: "string" },
        json: { type: "boolean" },
        "opam-json": { type: "boolean" },
        timeout: { type: "string" },
        cache: { type: "string" },
        "no-cache": { type: "boolean" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
