import { appendFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { aptFailure } from "../apt.js";
import type { News } from "../install-progress.js";
import type { Log } from "../log.js";
import { runLogged } from "../run-command.js";
import { makeFolders, writeTools } from "./files.js";
import { type Sysroot, sysrootStatus, unpackedFolder } from "./sysroot.js";

export interface UnpackOptions {
  readonly log: Log;
  readonly onProgress?: (news: News) => void;
  readonly signal?: AbortSignal;
}

/**
 * Adds packages of the distribution, and all that they need, to a sysroot. Takes no root: they are
 * unpacked, not installed.
 * @throws MirageError by apt's reason
 */
export async function unpackPackages(
  names: readonly string[],
  sysroot: Sysroot,
  options: UnpackOptions,
): Promise<void> {
  await makeFolders(sysroot);
  options.onProgress?.({ text: `fetching apt's lists for ${sysroot.architecture}` });
  const update = await call("apt-get", [...aptSettings(sysroot), "update"], options);
  const download = ["install", "--download-only", "-y", "--no-install-recommends", ...names];
  options.onProgress?.({ text: `downloading packages for ${sysroot.architecture}` });
  const result = await call("apt-get", [...aptSettings(sysroot), ...download], options);
  if (result.exitCode !== 0) {
    throw aptFailure(
      names,
      `${update.stderr}\n${result.stdout}\n${result.stderr}`,
      options.log.path,
    );
  }
  const archives = join(sysroot.folder, "archives");
  const files = (await readdir(archives)).filter((file) => file.endsWith(".deb")).sort();
  for (const [index, file] of files.entries()) {
    const count = { number: index + 1, total: files.length };
    options.onProgress?.({ text: `unpacking ${file.replace(/_.*/, "")}`, count });
    await unpack(join(archives, file), sysroot, options);
  }
  await writeTools(sysroot);
}

/** apt with lists and records of its own, and the machine's sources and keys. apt.conf(5). */
function aptSettings(sysroot: Sysroot): string[] {
  const { architecture, folder } = sysroot;
  return [
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    `Dir::State=${folder}`,
    `Dir::State::lists=${join(folder, "lists")}`,
    `Dir::State::status=${sysrootStatus(sysroot)}`,
    `Dir::Cache=${folder}`,
    `Dir::Cache::archives=${join(folder, "archives")}`,
    "Debug::NoLocking=true",
    "APT::Sandbox::User=root",
  ].flatMap((setting) => ["-o", setting]);
}

/** A package that is noted is unpacked whole. */
async function unpack(file: string, sysroot: Sysroot, options: UnpackOptions): Promise<void> {
  const script =
    'dpkg-deb --fsys-tarfile "$1" | tar --extract --directory "$2" --keep-directory-symlink --no-same-owner';
  const done = await call("sh", ["-c", script, "sh", file, unpackedFolder(sysroot)], options);
  const control = await call("dpkg-deb", ["--field", file], options);
  if (done.exitCode !== 0 || control.exitCode !== 0) {
    throw aptFailure([file], `${done.stderr}${control.stderr}`, options.log.path);
  }
  const stanza = control.stdout.replace(/^Package: .*\n/m, "$&Status: install ok installed\n");
  await appendFile(sysrootStatus(sysroot), `${stanza.trimEnd()}\n\n`);
  await rm(file);
}

function call(command: string, args: readonly string[], { log, signal }: UnpackOptions) {
  return runLogged(command, args, {
    env: { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    log,
    politely: true,
    ...(signal ? { signal } : {}),
  });
}
