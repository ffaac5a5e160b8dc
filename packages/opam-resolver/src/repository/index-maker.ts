import { crc32 } from "node:zlib";
import { StoreBuilder, type Unreadable } from "../store/builder.js";
import type { StoreMeta } from "../store/file.js";
import { ROW } from "../store/layout.js";
import { Store } from "../store/store.js";
import { readArchive } from "./archive.js";
import { fileStamp, listFolder, readStamped } from "./folder.js";
import type { RepositoryOptions } from "./repository.js";
import type { Source } from "./source.js";

type Made = { readonly store: Store; readonly meta: Pick<StoreMeta, "unreadable" | "replaced"> };
type Base = { readonly store: Store; readonly meta: StoreMeta } | undefined;

/** Formulas of packages that changed stay in an index until this part of all is stale. */
const MAX_STALE = 0.25;

/**
 * Makes the index of a source, from nothing or from an older one, of which the packages that did not
 * change are kept.
 */
export async function makeIndex(
  source: Source,
  options: RepositoryOptions,
  base: Base,
): Promise<Made> {
  const maker = new IndexMaker(options, base);
  if (source.kind === "folder") maker.addFolder(source.path);
  else if (source.kind === "archive") maker.addArchive(source.path);
  else for (const pkg of source.packages) maker.addText(pkg.name, pkg.version, pkg.opam);
  const made = maker.finish();
  if (base === undefined || made.meta.replaced <= made.store.size * MAX_STALE) return made;
  return makeIndex(source, options, undefined);
}

class IndexMaker {
  private readonly options: RepositoryOptions;
  private readonly base: Base;
  private readonly builder: StoreBuilder;
  private readonly known = new Map<string, number>();
  private readonly knownUnreadable = new Map<string, Unreadable>();
  private readonly unreadable: Unreadable[] = [];
  private read = 0;
  private kept = 0;

  constructor(options: RepositoryOptions, base: Base) {
    this.options = options;
    this.base = base;
    this.builder = new StoreBuilder(base?.store);
    if (base === undefined) return;
    const { store, meta } = base;
    for (let row = 0; row < store.size; row++) {
      const name = store.nameText(store.column(row, ROW.name));
      this.known.set(`${name}.${store.rowVersion(row)}`, row);
    }
    for (const [name, version, offset, message, ...stamp] of meta.unreadable) {
      this.knownUnreadable.set(`${name}.${version}`, { name, version, offset, message, stamp });
    }
  }

  addFolder(root: string): void {
    const { files, nameStamps, regular } = listFolder(root);
    for (const [name, stamp] of nameStamps) this.builder.stampName(name, regular ? stamp : -1);
    for (const { name, version, path } of files) {
      if (this.base !== undefined) {
        const stamp = fileStamp(path);
        if (stamp !== undefined && this.keep(name, version, stamp)) continue;
      }
      const file = readStamped(path);
      if (file !== undefined) this.add(name, version, file.content.toString("latin1"), file.stamp);
    }
  }

  addArchive(path: string): void {
    readArchive(path, (name, version, content) => {
      const stamp = [crc32(content), content.length] as const;
      if (!this.keep(name, version, stamp)) {
        this.add(name, version, content.toString("latin1"), stamp);
      }
    });
  }

  addText(name: string, version: string, opam: string): void {
    this.add(name, version, Buffer.from(opam).toString("latin1"), [0, 0]);
  }

  finish(): Made {
    const store = new Store(this.builder.build());
    const unreadable = [...this.unreadable, ...this.builder.unreadable];
    const gone = (this.base?.store.size ?? 0) - this.kept;
    return {
      store,
      meta: {
        unreadable: unreadable.map(({ name, version, offset, message, stamp }) => [
          name,
          version,
          offset,
          message,
          ...stamp,
        ]),
        replaced: (this.base?.meta.replaced ?? 0) + gone,
      },
    };
  }

  /** Takes a package over from the older index, if it is the same there. */
  private keep(name: string, version: string, stamp: readonly [number, number]): boolean {
    if (this.base === undefined) return false;
    const key = `${name}.${version}`;
    const row = this.known.get(key);
    if (row !== undefined) {
      const [first, second] = this.base.store.stamp(row);
      if (first !== stamp[0] || second !== stamp[1]) return false;
      this.builder.keep(this.base.store, row);
      this.kept++;
      return true;
    }
    const problem = this.knownUnreadable.get(key);
    if (problem?.stamp[0] !== stamp[0] || problem.stamp[1] !== stamp[1]) return false;
    this.unreadable.push(problem);
    return true;
  }

  private add(name: string, version: string, text: string, stamp: readonly [number, number]): void {
    if (++this.read % 256 === 0) {
      this.options.signal?.throwIfAborted();
      this.options.progress?.(this.read);
    }
    this.builder.add(name, version, text, stamp);
  }
}
