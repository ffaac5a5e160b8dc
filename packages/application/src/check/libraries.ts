import { currentLibrary, librariesOfThen } from "@mirage/codegen";
import type { Configuration, Written } from "@mirage/conf";
import type { Dependencies } from "@mirage/dependencies";
import { type Diagnostic, didYouMean } from "@mirage/diagnostics";
import { Libraries } from "@mirage/findlib";

/** What there is, or will be, of libraries. */
export interface LibraryContext {
  /** Where findlib looks. */
  readonly path: readonly string[];
  /** Those that dune files of the application define. */
  readonly local: ReadonlySet<string>;
  /** The packages of the plan: name of each, and whether it is installed. */
  readonly chosen: ReadonlyMap<string, boolean>;
  readonly known: Dependencies["libraries"];
}

/**
 * The libraries of `depends` and `preprocess` that are not there and will not be. What an opam package has in it that
 * is yet to be built, nobody knows before: then only what is not installed afterwards is wrong.
 */
export async function checkDepends(
  configuration: Configuration,
  context: LibraryContext,
): Promise<{ readonly problems: Diagnostic[]; readonly unknown: ReadonlySet<string> }> {
  const { path, local, chosen, known } = context;
  const installed = new Libraries(path);
  const isOpen = [...chosen].some(([name, isThere]) => !isThere && !known.isKnown(name));
  const problems: Diagnostic[] = [];
  const unknown = new Set<string>();
  for (const written of [...configuration.depends, ...configuration.preprocess]) {
    const library = currentLibrary(written.value);
    if (library === undefined || local.has(library)) continue;
    if ((await installed.find(library)) !== undefined) continue;
    unknown.add(library);
    const [top = ""] = library.split(".");
    const packageName = known.packageOf(library);
    if (chosen.get(packageName ?? top) === false) continue;
    if (packageName !== undefined && !chosen.has(packageName)) {
      problems.push(
        problem(written, `the library \`${library}\` is not installed`, [
          `add its package: \`packages: ${packageName}\``,
        ]),
      );
    } else if (!isOpen) {
      problems.push(
        problem(written, `there is no library \`${library}\``, await hints(library, context)),
      );
    }
  }
  return { problems, unknown };
}

async function hints(library: string, { path, local, known }: LibraryContext): Promise<string[]> {
  const [top = "", ...inner] = library.split(".");
  const installed = new Libraries(path);
  const names = new Set([
    ...(await installed.names()),
    ...known.libraryNames(),
    ...local,
    ...librariesOfThen(),
  ]);
  const parts = await installed.parts(top);
  const meant =
    inner.length > 0 && parts.length > 0
      ? didYouMean(
          library,
          parts.map((part) => `${top}.${part}`),
        )
      : didYouMean(library, names);
  return [
    ...(meant === undefined ? [] : [`did you mean \`${meant}\`?`]),
    `\`packages: NAME\` installs an opam package with it`,
  ];
}

function problem({ span }: Written<string>, message: string, hints: string[]): Diagnostic {
  return {
    code: "ERR_MIRAGE_LIBRARY_UNKNOWN",
    severity: "error",
    message,
    hint: hints.join(" "),
    span,
  };
}
