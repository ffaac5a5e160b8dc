import type { Configuration, Written } from "@mirage/conf";
import { type Diagnostic, MirageError } from "@mirage/diagnostics";
import { type Libraries, shortestChain, withoutJavaScript } from "@mirage/findlib";
import type { Target } from "@mirage/types";
import { currentLibrary } from "./compatibility.js";
import { libraries } from "./components.js";

/** What to use in the place of libraries that need an operating system. */
const insteadOf: ReadonlyMap<string, string> = new Map([
  ["unix", "use the devices of the signatures V1_LWT: `OS.Time`, `Clock`, `Console`, a stack"],
  ["threads", "use Lwt's threads: `Lwt.async`, `Lwt.join`"],
  ["threads.posix", "use Lwt's threads: `Lwt.async`, `Lwt.join`"],
  ["lwt.unix", "use `lwt`, and `OS.Time.sleep` in the place of `Lwt_unix.sleep`"],
  ["cohttp-lwt-unix", "use the device `http`, whose library is `mirage-runtime-http`"],
  ["sexplib", "use `sexplib0`"],
]);

/**
 * Refuses libraries of `depend` that the target cannot have in a program, or that need one of these: in
 * JavaScript that is also C without a twin. Libraries that are not installed yet are passed over. Targets that forbid nothing look at nothing.
 * @throws MirageError `ERR_MIRAGE_TARGET_LIBRARY`, for all of them, each at its place in the .conf
 * file and with the chain of requirements
 */
export async function checkLibraries(
  configuration: Configuration,
  target: Target,
  installed: () => Promise<Libraries>,
): Promise<void> {
  const { forbids, mode } = target.link;
  if (!forbids) return;
  const problems: Diagnostic[] = [];
  const index = await installed();
  const program = libraries(configuration, target);
  const inC = mode === "js" ? [...(await withoutJavaScript(index, program))] : [];
  for (const library of program) {
    const place = whereWritten(configuration, library);
    const chain = await shortestChain(index, library, forbids);
    if (chain) problems.push(problem(chain, target, place));
    else if (inC.length > 0) {
      const toC = await shortestChain(index, library, inC);
      if (toC) problems.push(problemOfC(toC, target, place));
    }
  }
  const [first] = problems;
  if (!first) return;
  const { code, message, hint, span } = first;
  throw new MirageError(
    code,
    problems.length === 1
      ? message
      : `${problems.length} libraries cannot be in ${kindOfProgram(target)}`,
    problems.length === 1
      ? { ...(hint === undefined ? {} : { hint }), ...(span === undefined ? {} : { span }) }
      : { details: problems },
  );
}

function problem(
  chain: readonly string[],
  target: Target,
  written: Written<string> | undefined,
): Diagnostic {
  const [library = "", ...rest] = chain;
  const forbidden = chain[chain.length - 1] ?? "";
  const what = `\`${library}\` cannot be in ${kindOfProgram(target)}`;
  const why = rest.length === 0 ? "" : `: it needs \`${forbidden}\` (${chain.join(" → ")})`;
  return {
    code: "ERR_MIRAGE_TARGET_LIBRARY",
    severity: "error",
    message: what + why,
    hint:
      insteadOf.get(library) ??
      withoutUnix(library) ??
      "use a library that does without, or build it with --unix",
    ...(written ? { span: written.span } : {}),
  };
}

function problemOfC(
  chain: readonly string[],
  target: Target,
  written: Written<string> | undefined,
): Diagnostic {
  const [library = "", ...rest] = chain;
  const through = rest.length === 0 ? "" : ` (${chain.join(" → ")})`;
  const itself = rest.length === 0 ? "it" : `\`${chain[chain.length - 1]}\``;
  return {
    code: "ERR_MIRAGE_TARGET_LIBRARY",
    severity: "error",
    message: `\`${library}\` cannot be in ${kindOfProgram(target)}: ${itself} is C in part, without a twin in JavaScript${through}`,
    hint: "use a library that does without, or build it with --unix",
    ...(written ? { span: written.span } : {}),
  };
}

/** "a kernel for Xen", "a JavaScript module". */
function kindOfProgram({ doc }: Target): string {
  return doc.split(/ with | for Node/)[0] ?? doc;
}

/** Where a library has its part for Unix apart, by its name. */
function withoutUnix(library: string): string | undefined {
  const [, core] = /^(.+)[.-](?:unix|tty|threaded|threads)$/.exec(library) ?? [];
  return core === undefined
    ? undefined
    : `use \`${core}\`, if it is enough, or build it with --unix`;
}

function whereWritten({ depends }: Configuration, library: string): Written<string> | undefined {
  return depends.find(({ value }) => currentLibrary(value) === library);
}
