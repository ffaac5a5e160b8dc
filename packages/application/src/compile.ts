import { readdirSync, statSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { staticProgram } from "@mirage/codegen/program-name";
import { MirageError } from "@mirage/diagnostics";
import { type CommandOutcome, entryKind, type Plan, type Verdict } from "@mirage/plan";
import type { ConfiguredFolder } from "./configured.js";
import { oldNameHint } from "./old-names.js";

/** What make takes from a make around it: a mode such as `-n` or `-i`, or further files. */
const inherited = [
  "MAKEFLAGS",
  "GNUMAKEFLAGS",
  "MFLAGS",
  "MAKEFILES",
  "MAKELEVEL",
  "MAKEOVERRIDES",
  "MAKE_TERMERR",
  "MAKE_TERMOUT",
];

/**
 * Calls the generated Makefile of an application's folder. What the compiler says is shown, and the
 * program is there afterwards, or it is an error.
 * @throws MirageError `ERR_MIRAGE_FOLDER_LINK` if what the build writes to is a link,
 * `ERR_MIRAGE_FOLDER_NO_FILE` if a source is a device or a pipe
 */
export function compile(folder: Folder): Plan {
  return callMake(folder, "build", `compiling ${folder.name}`);
}

/**
 * The same for the program that needs nothing of the host's files, `staticProgram`. The linker warns of
 * every look-up of users and hosts in libraries, called or not; that is shown only when it fails.
 * @throws MirageError as `compile`
 */
export function compileStatically(folder: Folder): Plan {
  const program = staticProgram(folder.program);
  const [action] = callMake({ ...folder, program }, "static", `linking ${program}`);
  if (action?.kind !== "run") return [];
  const { judge } = action;
  return [
    {
      ...action,
      judge: async (output, outcome) => {
        const verdict = await judge?.(output, outcome);
        return verdict?.error ? verdict : { shown: "" };
      },
    },
  ];
}

type Folder = Pick<ConfiguredFolder, "directory" | "name" | "program">;

function callMake(folder: Folder, goal: "build" | "static", title: string): Plan {
  const { directory, program } = folder;
  for (const entry of readdirSync(directory))
    if (isSource.test(entry)) refuseSpecial(directory, entry);
  // Linkers leave more beside a program, all of whose names begin with that of the program.
  const beside = readdirSync(directory).filter((entry) => entry.startsWith(program));
  for (const path of [".mirage/crunch", "_build", ...beside]) refuseLink(directory, path);
  const inColor = process.stderr.isTTY === true && !process.env.NO_COLOR;
  return [
    {
      kind: "run",
      command: "make",
      args: ["--silent", "-C", directory, goal],
      ownGroup: true,
      env: {
        ...Object.fromEntries(inherited.map((variable) => [variable, undefined])),
        ...(inColor ? { CLICOLOR_FORCE: "1" } : {}),
      },
      title,
      judge: (output, outcome) => judge(folder, output, outcome),
    },
  ];
}

async function judge(
  { directory, name, program }: Parameters<typeof compile>[0],
  output: string,
  outcome: CommandOutcome,
): Promise<Verdict> {
  if (outcome === 0 && (await isFile(join(directory, program)))) return { shown: output };
  if (/No space left on device|Disk quota exceeded/.test(output)) {
    return { shown: "", error: await fullDisk(directory, name) };
  }
  const shown = output.replace(/^make(?:\[\d+\])?: .*\n?/gm, "");
  if (outcome === 0) {
    return { shown, error: new MirageError("ERR_MIRAGE_BUILD", `make left no ${program}`) };
  }
  const how = typeof outcome === "number" ? "" : `: make was ended by ${outcome}`;
  const hint = oldNameHint(output);
  const error = new MirageError("ERR_MIRAGE_BUILD", `${name} was not built${how}`, {
    ...(hint === undefined ? {} : { hint }),
  });
  return { shown, error };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** Compilers write to the folder and to that of temporary files; the fuller one is named. */
async function fullDisk(directory: string, name: string): Promise<MirageError> {
  const free = async (path: string) => {
    const { bavail, bsize } = await statfs(path);
    return { path, bytes: bavail * bsize };
  };
  const [folder, temporary] = await Promise.all([free(directory), free(tmpdir())]);
  const { path } = folder.bytes <= temporary.bytes ? folder : temporary;
  return new MirageError(
    "ERR_MIRAGE_DISK_FULL",
    `${name} was not built: there is no space left on the disk of ${path}`,
    { hint: "free some space and run `mirage build` again; `mirage clean` removes old builds" },
  );
}

/** What dune reads as a whole, and would read for ever if it were a device or a pipe. */
const isSource = /\.(?:mli?|mll|mly|[ch]|opam)$|^(?:dune|dune-project|dune-workspace|Makefile)$/;

function refuseSpecial(directory: string, entry: string): void {
  const path = join(directory, entry);
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (found === undefined || found.isFile() || found.isDirectory()) return;
  throw new MirageError("ERR_MIRAGE_FOLDER_NO_FILE", `${path} is no file, or a link to none`, {
    hint: "the build would never finish reading it: remove it",
  });
}

/** A build writes where its tools are told to, and they follow links. */
function refuseLink(directory: string, path: string): void {
  if (entryKind(directory, path) !== "link") return;
  throw new MirageError("ERR_MIRAGE_FOLDER_LINK", `${join(directory, path)} is a symbolic link`, {
    hint: "the build would write to where it leads: remove it",
  });
}
