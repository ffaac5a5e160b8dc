import { delimiter, join } from "node:path";

/** Debian's packages for other processors in a folder, with compilers that make programs for these. */
export interface Sysroot {
  /** Debian's name of the processors. */
  readonly architecture: string;
  readonly folder: string;
}

/** The sysroot below a data folder. */
export function sysrootFor(dataFolder: string, architecture: string): Sysroot {
  return { architecture, folder: join(dataFolder, "sysroots", architecture) };
}

/** Where the packages are unpacked. */
export function unpackedFolder({ folder }: Sysroot): string {
  return join(folder, "root");
}

/** The list of what is unpacked, in the form of dpkg's. */
export function sysrootStatus({ folder }: Sysroot): string {
  return join(folder, "status");
}

/**
 * What has the tools of OCaml make programs for these processors: they are those of the sysroot, which
 * the kernel runs by qemu-user. The value of `PATH` belongs before what is there.
 */
export function sysrootVariables(sysroot: Sysroot): Readonly<Record<string, string>> {
  const { folder } = sysroot;
  const root = unpackedFolder(sysroot);
  const library = join(root, "usr", "lib", "ocaml");
  return {
    PATH: join(folder, "bin"),
    OCAMLLIB: library,
    // dune has another path built in.
    OCAMLPATH: [library, join(library, "METAS")].join(delimiter),
    OCAMLFIND_CONF: join(folder, "findlib.conf"),
    QEMU_LD_PREFIX: root,
    MIRAGE_SYSROOT: root,
  };
}
