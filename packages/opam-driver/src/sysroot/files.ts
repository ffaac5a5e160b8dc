import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, chmod, mkdir, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeFileAtomically } from "@mirage/plan";
import { type Sysroot, sysrootStatus, unpackedFolder } from "./sysroot.js";

/** Programs of OCaml that know for which processors they compile, or what to link with. */
const emulated = ["ocamlopt", "ocamlmklib", "ocamlobjinfo"];

/** The C compilers for these processors, which OCaml calls to link. */
const compilers: Readonly<Record<string, string>> = {
  amd64: "x86_64-linux-gnu-gcc",
  arm64: "aarch64-linux-gnu-gcc",
};

/** The folders that a file system of Debian has as links. */
const merged = ["bin", "lib", "sbin"];

/** Makes what surrounds the unpacked packages, as far as it is not there. */
export async function makeFolders(sysroot: Sysroot): Promise<void> {
  const { folder } = sysroot;
  const root = unpackedFolder(sysroot);
  for (const path of [
    join(folder, "bin"),
    join(folder, "lists", "partial"),
    join(folder, "archives", "partial"),
    ...merged.map((name) => join(root, "usr", name)),
  ]) {
    await mkdir(path, { recursive: true });
  }
  for (const name of merged) {
    const link = join(root, name);
    if (!(await readlink(link).catch(() => undefined))) await symlink(join("usr", name), link);
  }
  const status = sysrootStatus(sysroot);
  if (!(await isThere(status))) await writeFileAtomically(status, "");
}

/**
 * Puts OCaml's tools for these processors where a PATH finds them. What does not depend on processors
 * is done by this machine's compiler if it is of the same version, as that is several times as fast.
 */
export async function writeTools(sysroot: Sysroot): Promise<void> {
  const { folder } = sysroot;
  const root = unpackedFolder(sysroot);
  const library = join(root, "usr", "lib", "ocaml");
  const compiler = join(root, "usr", "bin", "ocamlc.opt");
  if (!(await isThere(compiler))) return;
  await writeFileAtomically(
    join(folder, "findlib.conf"),
    `destdir="${library}"\npath="${library}:${join(library, "METAS")}"\n`,
  );
  const env = { ...process.env, QEMU_LD_PREFIX: root };
  const version = (await promisify(execFile)(compiler, ["-vnum"], { env })).stdout.trim();
  const scripts = {
    ...Object.fromEntries(emulated.map((name) => [name, `exec ${run(root, name)} "$@"\n`])),
    ocamldep: ownIf(root, "ocamldep", version, ""),
    ocamlc: ownIf(root, "ocamlc", version, onlyCompiling),
  };
  await writeCompiler(sysroot);
  for (const [name, script] of Object.entries(scripts)) {
    for (const suffix of ["", ".opt"]) {
      await writeTool(join(folder, "bin", `${name}${suffix}`), script);
    }
  }
}

/** This machine's compiler looks for headers and libraries in the sysroot. */
async function writeCompiler(sysroot: Sysroot): Promise<void> {
  const name = compilers[sysroot.architecture];
  if (name === undefined) return;
  const script = `exec /usr/bin/${name} --sysroot=${quoted(unpackedFolder(sysroot))} "$@"\n`;
  await writeTool(join(sysroot.folder, "bin", name), script);
}

/** Of ocamlc's work, only C sources and linking depend on the processors. */
const onlyCompiling = `compiles=
for word; do
  case $word in
  -c) compiles=yes ;;
  *.c) exec "$its" "$@" ;;
  esac
done
[ "$compiles" ] || exec "$its" "$@"
`;

/** This machine's program if it is of that version, else that of the sysroot. */
function ownIf(root: string, name: string, version: string, unless: string): string {
  return `its=${run(root, name)}
${unless}own=/usr/bin/${name}.opt
if [ -x "$own" ] && [ "$(/usr/bin/ocamlc.opt -vnum 2>/dev/null)" = ${version} ]; then exec "$own" "$@"; fi
exec "$its" "$@"
`;
}

function run(root: string, name: string): string {
  return quoted(join(root, "usr", "bin", `${name}.opt`));
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

async function writeTool(path: string, script: string): Promise<void> {
  await writeFileAtomically(path, `#!/bin/sh\n${script}`);
  await chmod(path, 0o755);
}

async function isThere(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
