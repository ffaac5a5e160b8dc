import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import type { Stamp } from "../store/builder.js";
import { readStore, type StoreMeta, writeStore } from "../store/file.js";
import { rowField } from "../store/layout.js";
import type { Store } from "../store/store.js";
import { defaultCacheFolder } from "./cache-folder.js";
import { fileStamp, packagesFolder, regularPath } from "./folder.js";
import type { Source } from "./source.js";

export interface RepositoryOptions {
  /** Where indexes are kept; false: nowhere. By default `mirage/opam` in the user's cache folder. */
  readonly cacheFolder?: string | false;
  readonly signal?: AbortSignal;
  /** Told how many opam files have been read while an index is made: 0 at first, then more. */
  readonly progress?: (files: number) => void;
}

/** A problem with one opam file of a repository: opam ignores such packages, and so does the resolver. */
export interface UnreadablePackage {
  readonly name: string;
  readonly version: string;
  /** Byte offset in the opam file. */
  readonly offset: number;
  readonly message: string;
}

/** A repository and its index. */
export class Repository {
  readonly source: Source;
  readonly #options: RepositoryOptions;
  #current: { store: Store; meta: StoreMeta };

  private constructor(
    source: Source,
    options: RepositoryOptions,
    current: { store: Store; meta: StoreMeta },
  ) {
    this.source = source;
    this.#options = options;
    this.#current = current;
  }

  /**
   * Opens a repository. Its index is made if there is none, or if it is damaged or of another version,
   * and brought up to date if the repository changed: only changed opam files are read then.
   *
   * Of a folder only the list of names is compared here. Whether single packages changed is seen by
   * {@link isCurrent}, once it is known which of them matter.
   * @throws MirageError `ERR_MIRAGE_OPAM_REPOSITORY` if there is none, `ERR_MIRAGE_OPAM_ARCHIVE`
   */
  static async open(source: Source, options: RepositoryOptions = {}): Promise<Repository> {
    const path = cachePath(source, options);
    const cached = path === undefined ? undefined : readStore(path);
    const usable = cached?.meta.source === identity(source) ? cached : undefined;
    if (usable !== undefined && usable.meta.fingerprint === fingerprint(source)) {
      return new Repository(source, options, usable);
    }
    return new Repository(source, options, await index(source, options, usable));
  }

  get store(): Store {
    return this.#current.store;
  }

  get unreadable(): readonly UnreadablePackage[] {
    return this.#current.meta.unreadable.map(([name, version, offset, message]) => ({
      name,
      version,
      offset,
      message,
    }));
  }

  /** Whether the index still says what the repository says of the given names. */
  isCurrent(names: Iterable<string>): boolean {
    const { source, store } = this;
    if (source.kind === "packages") return true;
    if (this.#current.meta.fingerprint !== fingerprint(source)) return false;
    if (source.kind === "archive") return true;
    const asked = new Set(names);
    for (const text of asked) {
      const name = store.findName(text);
      if (name < 0 || store.nameStamp(name) === 0) continue;
      const folder = statSync(`${packagesFolder(source.path)}/${text}`, { throwIfNoEntry: false });
      if (folder?.ctimeMs !== store.nameStamp(name)) return false;
      const first = store.firstRow(name);
      for (let row = first; row < first + store.rowCount(name); row++) {
        const version = store.versionText(store.column(row, rowField.version));
        if (!isUnchanged(source.path, text, version, store.stamp(row))) return false;
      }
    }
    return this.#current.meta.unreadable.every(
      ([name, version, , , ...stamp]) =>
        !asked.has(name) || isUnchanged(source.path, name, version, stamp),
    );
  }

  /** Brings the index up to date. */
  async refresh(): Promise<void> {
    this.#current = await index(this.source, this.#options, this.#current);
  }
}

function isUnchanged(root: string, name: string, version: string, known: Stamp): boolean {
  const stamp = fileStamp(regularPath(root, name, version));
  return stamp?.[0] === known[0] && stamp[1] === known[1];
}

async function index(
  source: Source,
  options: RepositoryOptions,
  base: { store: Store; meta: StoreMeta } | undefined,
): Promise<{ store: Store; meta: StoreMeta }> {
  const { makeIndex } = await import("./index-maker.js");
  const state = fingerprint(source);
  const made = await makeIndex(source, options, base).catch((error) => {
    throw fromSystemError(error);
  });
  const meta = { ...made.meta, source: identity(source), fingerprint: state };
  const path = cachePath(source, options);
  if (path !== undefined) {
    try {
      writeStore(path, made.store.sections, meta);
    } catch {
      // An index that can't be kept costs time, not the answer.
    }
  }
  return { store: made.store, meta };
}

/** What tells that a source changed, as far as a single look can tell. */
function fingerprint(source: Source): string {
  if (source.kind === "packages") return "";
  const path = source.kind === "folder" ? packagesFolder(source.path) : source.path;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isDirectory() !== (source.kind === "folder")) {
    throw noRepository(source.path);
  }
  const { size, mtimeMs, ctimeMs, ino } = stat;
  return source.kind === "folder" ? `${ctimeMs}` : `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
}

function noRepository(path: string): MirageError {
  return new MirageError("ERR_MIRAGE_OPAM_REPOSITORY", `${path} is not an opam repository`, {
    hint: "name the folder that contains `packages`, or a tar archive of it",
  });
}

function identity(source: Source): string {
  return source.kind === "packages" ? "" : `${source.kind} ${source.path}`;
}

function cachePath(source: Source, { cacheFolder }: RepositoryOptions): string | undefined {
  if (source.kind === "packages" || cacheFolder === false) return undefined;
  const folder = cacheFolder ?? defaultCacheFolder();
  const key = crc32(identity(source)).toString(16).padStart(8, "0");
  return join(folder, `${basename(source.path)}-${key}.index`);
}
