import { statSync } from "node:fs";
import { StoreBuilder, type Unreadable } from "../store/builder.js";
import type { StoreMeta } from "../store/file.js";
import { rowField } from "../store/layout.js";
import { Store } from "../store/store.js";
import { type FolderListing, fileStamp, listEntries } from "./folder.js";
import {
  type FileSource,
  listedFiles,
  readFile,
  readSource,
  type SourceSink,
} from "./read-source.js";
import { canReadTogether, readTogether } from "./read-together.js";
import type { RepositoryOptions } from "./repository.js";
import type { Source } from "./source.js";

type Made = { readonly store: Store; readonly meta: Pick<StoreMeta, "unreadable" | "replaced"> };
type Base = { readonly store: Store; readonly meta: StoreMeta } | undefined;

/** Formulas of packages that changed stay in an index until this part of all is stale. */
const maxStale = 0.25;

/** Stamp of names whose versions may be anywhere: it equals no time. */
const irregular = -1;

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
  options.progress?.(0);
  if (source.kind === "packages") {
    for (const { name, version, opam } of source.packages) maker.addText(name, version, opam);
  } else if (source.kind === "folder" && base !== undefined) {
    maker.addChanged(source.path);
  } else {
    const entries = source.kind === "folder" ? listEntries(source.path) : [];
    const isWorthAThread = base === undefined && canReadTogether() && isLarge(source, entries);
    if (isWorthAThread) await readTogether(source, entries, maker);
    else await readSource(source, maker);
  }
  const made = maker.finish();
  if (base === undefined || made.meta.replaced <= made.store.size * maxStale) return made;
  return makeIndex(source, options, undefined);
}

/** Whether it takes longer to read a source than to start a thread. */
function isLarge(source: FileSource, entries: readonly string[]): boolean {
  return source.kind === "folder" ? entries.length > 200 : statSync(source.path).size > 1 << 17;
}

class IndexMaker implements SourceSink {
  readonly #options: RepositoryOptions;
  readonly #base: Base;
  readonly #builder: StoreBuilder;
  readonly #known = new Map<string, number>();
  readonly #knownUnreadable = new Map<string, Unreadable>();
  readonly #unreadable: Unreadable[] = [];
  #read = 0;
  #kept = 0;
  #regular = true;

  constructor(options: RepositoryOptions, base: Base) {
    this.#options = options;
    this.#base = base;
    this.#builder = new StoreBuilder(base?.store);
    if (base === undefined) return;
    const { store, meta } = base;
    for (let row = 0; row < store.size; row++) {
      const name = store.nameText(store.column(row, rowField.name));
      this.#known.set(`${name}.${store.rowVersion(row)}`, row);
    }
    for (const [name, version, offset, message, ...stamp] of meta.unreadable) {
      this.#knownUnreadable.set(`${name}.${version}`, { name, version, offset, message, stamp });
    }
  }

  listed({ nameStamps, regular }: FolderListing): void {
    this.#regular &&= regular;
    for (const [name, stamp] of nameStamps) this.#builder.stampName(name, stamp);
  }

  readonly file = (
    name: string,
    version: string,
    content: Buffer,
    time: number,
    size: number,
  ): void => {
    const stamp = [time, size] as const;
    if (!this.#keep(name, version, stamp)) this.#add(name, version, content, stamp);
  };

  /** Adds the packages of a folder, reading only the files that changed. */
  addChanged(root: string): void {
    for (const file of listedFiles(root, this)) {
      const stamp = fileStamp(file.path);
      if (stamp !== undefined && !this.#keep(file.name, file.version, stamp)) {
        readFile(file, this.file);
      }
    }
  }

  addText(name: string, version: string, opam: string): void {
    this.#add(name, version, Buffer.from(opam), [0, 0]);
  }

  finish(): Made {
    if (!this.#regular) this.#builder.stampNames(irregular);
    const store = new Store(this.#builder.build());
    const unreadable = [...this.#unreadable, ...this.#builder.unreadable];
    // Two threads may have come upon them in any order.
    unreadable.sort((a, b) => (`${a.name}.${a.version}` < `${b.name}.${b.version}` ? -1 : 1));
    const gone = (this.#base?.store.size ?? 0) - this.#kept;
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
        replaced: (this.#base?.meta.replaced ?? 0) + gone,
      },
    };
  }

  /** Takes a package over from the older index, if it is the same there. */
  #keep(name: string, version: string, stamp: readonly [number, number]): boolean {
    if (this.#base === undefined) return false;
    const key = `${name}.${version}`;
    const row = this.#known.get(key);
    if (row !== undefined) {
      const [first, second] = this.#base.store.stamp(row);
      if (first !== stamp[0] || second !== stamp[1]) return false;
      this.#builder.keep(this.#base.store, row);
      this.#kept++;
      return true;
    }
    const problem = this.#knownUnreadable.get(key);
    if (problem?.stamp[0] !== stamp[0] || problem.stamp[1] !== stamp[1]) return false;
    this.#unreadable.push(problem);
    return true;
  }

  #add(name: string, version: string, opam: Buffer, stamp: readonly [number, number]): void {
    if (++this.#read % 256 === 0) {
      this.#options.signal?.throwIfAborted();
      this.#options.progress?.(this.#read);
    }
    this.#builder.add(name, version, opam, stamp);
  }
}
