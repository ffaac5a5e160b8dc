import { basename } from "node:path";
import { crunchFolder, crunchOptions } from "./crunch.js";
import { linkedProduct, linkVariable } from "./dune-file.js";
import { header } from "./header.js";
import type { Program } from "./program.js";
import { programFiles, programName, staticProgram } from "./program-name.js";
import { makeText, makeWord } from "./quote.js";

/** The opam installation that the build uses. */
export interface OpamLocation {
  /** opam's root folder; without one it is the user's own. */
  readonly root?: string;
  /** Name or folder of the switch; without one it is the current one. */
  readonly switch?: string;
  /** Variables that the build needs beside: the value of `PATH` comes before what is there. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Rules to install, build, run and clean, for mirage and for people who call make themselves. */
export function makefile(program: Program, opam: OpamLocation): string {
  const { configuration, target } = program;
  const conf = makeWord(operand(basename(configuration.file)));
  const crunch = configuration.filesystems.map((filesystem) => {
    const { name, path } = filesystem;
    const options = crunchOptions(configuration, filesystem).map((word) => ` ${makeWord(word)}`);
    return `$(EXEC) mirage-crunch --name ${name} --output ${crunchFolder}${options.join("")} ${makeWord(operand(path.value))}`;
  });
  const processors = target.architecture === undefined ? [] : ["--arch", target.architecture];
  return `# ${header(program)}

# opam has nothing to say about who runs it.
export OPAMROOTISOK = 1
${exported(opam.environment ?? {})}
# What runs a command with the OCaml libraries of this application.
EXEC = opam exec${assigned(option("root", opam.root) + option("switch", opam.switch))} --
MIRAGE = mirage

.PHONY: ${["all", "depend", "build", ...(target.link.static ? ["static"] : []), "run", "clean"].join(" ")}

all: build

depend:
${rule([`$(MIRAGE) configure ${[target.flag, ...processors].join(" ")} ${conf}`])}

build:
${rule([
  ...crunch,
  `$(EXEC) dune build --root . --build-dir _build --profile release ./${linkedProduct(target.link)}`,
  ...install(program),
])}

${staticRule(program, crunch)}run: build
${rule([`$(MIRAGE) run ${conf}`])}

clean:
${rule([`rm -rf _build ${crunchFolder} ${programFiles(program).join(" ")}`])}
`;
}

/** The program for a container that has no files. */
function staticRule({ configuration, target }: Program, crunch: readonly string[]): string {
  if (!target.link.static) return "";
  const { product } = target.link;
  return `static:
${rule([
  ...crunch,
  `$(EXEC) env ${linkVariable}=-static dune build --root . --build-dir _build --profile release ./${product}`,
  `install -C -m 755 _build/default/${product} ${staticProgram(programName(configuration, target))}`,
])}

`;
}

/** From what dune has built to the program and what belongs beside it; what is the same stays. */
function install({ configuration, target }: Program): string[] {
  const built = `_build/default/${linkedProduct(target.link)}`;
  const program = programName(configuration, target);
  return [
    `install -C -m 755 ${built} ${program}`,
    ...(target.link.byproducts ?? []).map(
      (suffix) => `install -C -m 644 ${built}${suffix} ${program}${suffix}`,
    ),
  ];
}

function option(name: string, value: string | undefined): string {
  return value === undefined ? "" : ` ${makeWord(`--${name}=${value}`)}`;
}

/** What compiles for other processors, if so. */
function exported(environment: Readonly<Record<string, string>>): string {
  const lines = Object.entries(environment).map(([name, value]) =>
    name === "PATH"
      ? `export PATH := ${assigned(makeText(value))}:$(PATH)\n`
      : `export ${name} = ${assigned(makeText(value))}\n`,
  );
  return lines.length === 0
    ? ""
    : `\n# Compilers and libraries for the program's processors.\n${lines.join("")}`;
}

/** In the value of a variable, unlike in a rule, `#` begins a comment. */
function assigned(words: string): string {
  return words.replaceAll("#", "\\#");
}

/** A path that no command takes for an option. */
function operand(path: string): string {
  return path.startsWith("-") ? `./${path}` : path;
}

function rule(commands: readonly string[]): string {
  return commands.map((command) => `\t${command}`).join("\n");
}
