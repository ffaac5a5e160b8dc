import { relative, sep } from "node:path";
import type { Diagnostic } from "@mirage/diagnostics";
import type { Block, Filesystem, NamedFiles } from "./configuration.js";
import { quote } from "./quote.js";
import { resolvePath } from "./resolve-path.js";

/** What lies at a path; `undefined` if there is nothing. Symbolic links are followed. */
export type Stat = (path: string) => Promise<"file" | "folder" | "other" | undefined>;

/** The checks that need the file system: what `fs-*` and `block-*` name. */
export async function checkFiles(named: NamedFiles, stat: Stat): Promise<Diagnostic[]> {
  const checks = [
    ...named.filesystems.map((filesystem) => checkFolder(filesystem, named, stat)),
    ...named.blocks.map((block) => checkImage(block, named, stat)),
  ];
  return (await Promise.all(checks)).filter((diagnostic) => diagnostic !== undefined);
}

async function checkFolder(
  { name, path }: Filesystem,
  named: NamedFiles,
  stat: Stat,
): Promise<Diagnostic | undefined> {
  const folder = resolvePath(named, path.value);
  const found = await stat(folder);
  const common = { severity: "error", span: path.span } as const;
  if (found === undefined) {
    return {
      ...common,
      code: "ERR_MIRAGE_CONF_NO_FOLDER",
      message: `the folder ${quote(path.value)} does not exist`,
      hint: `create ${folder}, or correct the path: it starts at the folder of this file`,
    };
  }
  if (found !== "folder") {
    return {
      ...common,
      code: "ERR_MIRAGE_CONF_NO_FOLDER",
      message: `${quote(path.value)} is not a folder`,
      hint: `\`fs-${name}\` takes a folder, all of whose files become a part of the program`,
    };
  }
  if (isWithin(folder, resolvePath(named, "."))) {
    return {
      ...common,
      code: "ERR_MIRAGE_CONF_FOLDER_HOLDS_ITSELF",
      message: `${quote(path.value)} contains the application itself, so each build would contain the last one`,
      hint: "put the files in a folder of their own",
    };
  }
  return undefined;
}

function isWithin(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== ".." && !below.startsWith(`..${sep}`);
}

async function checkImage(
  { path }: Block,
  named: NamedFiles,
  stat: Stat,
): Promise<Diagnostic | undefined> {
  const image = resolvePath(named, path.value);
  const found = await stat(image);
  if (found === "folder") {
    return {
      code: "ERR_MIRAGE_CONF_NO_IMAGE",
      severity: "error",
      message: `${quote(path.value)} is a folder, not a disk image`,
      hint: "name a file or a block device",
      span: path.span,
    };
  }
  if (found !== undefined) return undefined;
  return {
    code: "ERR_MIRAGE_CONF_NO_IMAGE",
    severity: "warning",
    message: `the disk image ${quote(path.value)} does not exist yet`,
    hint: `create it before the first run, such as with \`truncate --size 16M ${path.value}\``,
    span: path.span,
  };
}
