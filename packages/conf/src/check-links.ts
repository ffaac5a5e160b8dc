import type { Diagnostic } from "@mirage/diagnostics";
import { fromSystemError } from "@mirage/diagnostics";
import type { Filesystem, NamedFiles } from "./configuration.js";
import { leavesByLink, type OutsideLink, outsideLinks } from "./outside-links.js";
import { quote } from "./quote.js";
import { resolvePath } from "./resolve-path.js";

/**
 * The links by which `fs-*` would make a part of the program what lies elsewhere: a folder that came
 * from somebody else must not pick files of its user's. `fs-NAME-links: outside` allows them.
 */
export async function checkLinks(named: NamedFiles): Promise<Diagnostic[]> {
  const checks = named.filesystems
    .filter(({ links }) => links?.value !== "outside")
    .map((filesystem) => checkFolder(filesystem, named));
  return (await Promise.all(checks)).flat();
}

async function checkFolder(filesystem: Filesystem, named: NamedFiles): Promise<Diagnostic[]> {
  const { path } = filesystem;
  const folder = resolvePath(named, path.value);
  try {
    if (await leavesByLink(resolvePath(named, "."), folder)) {
      return [diagnostic(filesystem, `${quote(path.value)} leads out of the application's folder`)];
    }
    const found = await outsideLinks(folder);
    return found.map((link) => diagnostic(filesystem, sentence(link, path.value)));
  } catch (error) {
    // That there is no such folder is said elsewhere.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw fromSystemError(error, folder);
  }
}

function sentence({ path, target }: OutsideLink, folder: string): string {
  return `${quote(`${folder}/${path}`)} is a link to ${quote(target)}, which lies outside of ${quote(folder)}`;
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
