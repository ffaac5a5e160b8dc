import { type Diagnostic, fromSystemError, quote } from "@mirage/diagnostics";
import type { Block, Filesystem, NamedFiles } from "./configuration.js";
import { leavesByLink, type Unusable, unusableIn } from "./outside-links.js";
import { resolvePath } from "./resolve-path.js";

/**
 * The links by which `fs-*` would make a part of the program what lies elsewhere: a folder that came
 * from somebody else must not pick files of its user's. `fs-NAME-links: outside` allows them. Nor
 * may it pick one of their disks.
 */
export async function checkLinks(named: NamedFiles): Promise<Diagnostic[]> {
  const checks = named.filesystems
    .filter(({ links }) => links?.value !== "outside")
    .map((filesystem) => checkFolder(filesystem, named));
  const images = named.blocks.map((block) => checkImage(block, named));
  return (await Promise.all([...checks, ...images])).flat();
}

async function checkFolder(filesystem: Filesystem, named: NamedFiles): Promise<Diagnostic[]> {
  const { path } = filesystem;
  const folder = resolvePath(named, path.value);
  try {
    if (await leavesByLink(resolvePath(named, "."), folder)) {
      return [diagnostic(filesystem, `${quote(path.value)} leads out of the application's folder`)];
    }
    const found = await unusableIn(folder);
    return found.map((entry) => unusable(filesystem, entry));
  } catch (error) {
    // That there is no such folder is said elsewhere.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw fromSystemError(error, folder);
  }
}

/** What the .conf file names is its user's to decide; where a link in the folder leads is not. */
async function checkImage({ path }: Block, named: NamedFiles): Promise<Diagnostic[]> {
  const image = resolvePath(named, path.value);
  const leaves = await leavesByLink(resolvePath(named, "."), image).catch(() => false);
  if (!leaves) return [];
  return [
    {
      code: "ERR_MIRAGE_CONF_LINK_OUTSIDE",
      severity: "error",
      message: `${quote(path.value)} is a link out of the application's folder`,
      hint: "name the image or device that it leads to",
      span: path.span,
    },
  ];
}

function unusable(filesystem: Filesystem, { path: entry, target }: Unusable): Diagnostic {
  const folder = filesystem.path;
  const name = quote(`${folder.value}/${entry}`);
  if (target !== undefined) {
    const outside = `which lies outside of ${quote(folder.value)}`;
    return diagnostic(filesystem, `${name} is a link to ${quote(target)}, ${outside}`);
  }
  return {
    code: "ERR_MIRAGE_CONF_NO_FILE",
    severity: "error",
    message: `${name} is neither a file nor a folder`,
    hint: "remove it: pipes, sockets and devices cannot become a part of the program",
    span: folder.span,
  };
}

function diagnostic({ name, path }: Filesystem, message: string): Diagnostic {
  return {
    code: "ERR_MIRAGE_CONF_LINK_OUTSIDE",
    severity: "error",
    message,
    hint: `put the file itself there; or allow it, with \`fs-${name}-links: outside\``,
    span: path.span,
  };
}
