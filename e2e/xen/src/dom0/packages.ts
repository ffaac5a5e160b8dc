import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../cache.js";
import { type Apt, type DebianPackage, download, locate, ownApt, unpack } from "./debian.js";

export interface Product {
  /** What it is, for who waits. */
  readonly title: string;
  /** The Debian packages; of those with a list, only the members that match one of the patterns. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
  /** Makes the files in `to` out of `root`, where the packages are unpacked. */
  make(root: string, to: string): Promise<void>;
}

/**
 * A folder with what is made of Debian packages in their present versions, from the cache or made
 * now; nothing is installed. Needs apt's package lists, and its servers if it isn't in the cache.
 */
export async function madeOfPackages(
  product: Product,
  say: (text: string) => void,
  apt: Apt = ownApt,
): Promise<string> {
  const packages = locate(Object.keys(product.packages), apt);
  const cache = cacheFolder();
  const made = join(cache, key(product, packages));
  if (existsSync(made)) return made;

  say(`Making ${product.title} from Debian packages`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "work-"));
  try {
    const [debs, root, to] = ["debs", "root", "made"].map((name) => join(work, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [debs, root, to]) mkdirSync(folder);
    await download(
      packages.map(({ name }) => name),
      debs,
      apt,
    );
    for (const one of packages) await unpack(one, debs, root, product.packages[one.name]);
    await product.make(root, to);
    // Another process may have been as quick.
    if (!existsSync(made)) await rename(to, made);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return made;
}

/** Changes with every package's version and with what is done with them, here and by `make`. */
function key(product: Product, packages: readonly DebianPackage[]): string {
  const hash = createHash("sha256");
  hash.update(`${product.title} ${JSON.stringify(product.packages)} ${product.make}\n`);
  for (const { file, checksum } of packages) hash.update(`${file} ${checksum}\n`);
  for (const name of readdirSync(import.meta.dirname).sort()) {
    if (!name.endsWith(".test.ts")) hash.update(readFileSync(join(import.meta.dirname, name)));
  }
  return hash.digest("hex").slice(0, 16);
}
