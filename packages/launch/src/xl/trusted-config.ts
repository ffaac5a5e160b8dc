import { join } from "node:path";
import type { ConfiguredApplication } from "@mirage/application";
import { checkTrust, describeTrust, trustOrRefuse } from "@mirage/application/check";
import { MirageError } from "@mirage/diagnostics";
import { entryKind, readInside } from "@mirage/plan";
import {
  getString,
  getStrings,
  parseDisk,
  parseXlConfig,
  untrusted,
  type XlConfig,
} from "@mirage/xl/config";
import type { RunFlags } from "../launcher.js";

/** Bytes; an xl file has a few lines. */
const limit = 1024 * 1024;

/**
 * The xl file of an application, and in words what of it is only there because it is trusted. It lies
 * in a folder that may be somebody else's, so it is looked at as the .conf file is, and what it names in
 * the folder is there itself and no link to elsewhere.
 * @throws MirageError `ERR_MIRAGE_XL_UNTRUSTED`, `ERR_MIRAGE_XL_FILE`, `ERR_MIRAGE_FOLDER_*`
 */
export function readTrustedConfig(
  { configuration, directory, name }: ConfiguredApplication,
  { trustXl }: RunFlags,
): { readonly config: XlConfig; readonly trusted: readonly string[] } {
  const written = checkTrust(configuration, trustXl);
  const file = join(directory, `${name}.xl`);
  const config = parse(directory, file);
  // A disk that the .conf file declares with its path is its user's, wherever it lies.
  const paths = new Set(configuration.blocks.map(({ path }) => path.value));
  const found = trustOrRefuse(file, untrusted(config, { paths }), trustXl);
  if (!trustXl) refuseLinks(directory, config);
  return { config, trusted: describeTrust(written.length > 0 ? written : found) };
}

function parse(directory: string, file: string): XlConfig {
  const text = readInside(directory, file, { limit })?.toString("utf8");
  if (text === undefined) {
    throw new MirageError("ERR_MIRAGE_NOT_CONFIGURED", `${file} is not there`, {
      hint: "run `mirage configure --xen` first",
    });
  }
  const { config, diagnostics } = parseXlConfig(text, file);
  if (config) return config;
  throw new MirageError("ERR_MIRAGE_XL_FILE", `${file} is not an xl file`, {
    details: diagnostics,
  });
}

/** xl opens them as root, and would follow a link to any file of the host. */
function refuseLinks(directory: string, config: XlConfig): void {
  const boot = ["kernel", "ramdisk"].map((key) => getString(config, key));
  const disks = getStrings(config, "disk").map((text) => parseDisk(text).target);
  for (const path of [...boot, ...disks]) {
    if (path === undefined || path.startsWith("/") || path.split("/").includes("..")) continue;
    const plain = path
      .split("/")
      .filter((part) => part !== "" && part !== ".")
      .join("/");
    if (plain === "" || entryKind(directory, plain) !== "link") continue;
    throw new MirageError(
      "ERR_MIRAGE_FOLDER_LINK",
      `${join(directory, plain)} is a symbolic link`,
      {
        hint: "xl would follow it as root: name what it leads to, or put the file in its place",
      },
    );
  }
}
