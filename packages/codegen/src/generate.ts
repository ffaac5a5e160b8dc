import type { Configuration } from "@mirage/conf";
import type { Target } from "@mirage/types";
import { argumentsMl } from "./arguments.js";
import { hasOwnNet, ownNet } from "./compat-2013.js";
import { crunchFolder } from "./crunch.js";
import { duneFile, duneProject } from "./dune-file.js";
import { ocamlHeader } from "./header.js";
import { deviceList, mainMl } from "./main-ml.js";
import { makefile, type OpamLocation } from "./makefile.js";
import { networksOf } from "./networks.js";
import { type Program, planProgram } from "./program.js";
import { programFiles } from "./program-name.js";
import { xlFile } from "./xl-file.js";

/** A file for the application folder. */
export interface GeneratedFile {
  /** Relative to the folder of the .conf file. */
  readonly path: string;
  readonly content: string;
}

export interface GenerateOptions {
  /** The opam installation that the Makefile builds with; without it, what opam takes by itself. */
  readonly opam?: OpamLocation;
}

/**
 * The files that build an application for a target. The same input always gives the same bytes.
 * @throws MirageError if the target lacks something the configuration asks for
 */
export function generate(
  configuration: Configuration,
  target: Target,
  { opam = {} }: GenerateOptions = {},
): GeneratedFile[] {
  const program = planProgram(configuration, target);
  return [
    { path: "main.ml", content: mainMl(program) },
    ...netMl(program),
    ...argumentsFile(program),
    { path: "dune", content: duneFile(program) },
    { path: "dune-project", content: duneProject },
    { path: "Makefile", content: makefile(program, opam) },
    ...(target.run.as === "xen"
      ? [{ path: `${configuration.name.value}.xl`, content: xlFile(program) }]
      : []),
  ];
}

/** What builds leave in the application folder, for `mirage clean`. */
export function buildProducts(configuration: Configuration, target: Target): string[] {
  return [...programFiles({ configuration, target }), "_build", crunchFolder];
}

/** The module `Arguments` of the application's own arguments. */
function argumentsFile(program: Program): GeneratedFile[] {
  if (program.configuration.arguments.length === 0) return [];
  return [{ path: "arguments.ml", content: argumentsMl(program) }];
}

/** The module `Net` that applications of 2013 refer to: those of `main-ip`, and some of `main-noip`. */
function netMl(program: Program): GeneratedFile[] {
  const { configuration, target } = program;
  if (!target.ip) return [];
  const file = (text: string) => {
    return [{ path: "net.ml", content: `(* ${ocamlHeader(program)} *)\n\n${text}` }];
  };
  if (configuration.main.kind === "ip") return file(target.ip.net);
  if (!hasOwnNet(configuration)) return [];
  return file(ownNet(target.ip.net, deviceList(networksOf(program).map(({ device }) => device))));
}
