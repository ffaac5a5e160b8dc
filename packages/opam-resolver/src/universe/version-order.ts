import { compareVersions } from "@mirage/opam-file/version";
import type { Store } from "../store/store.js";

/**
 * Numbers in the order of versions, across stores: the first store's ranks, and fractions between
 * them for versions that only others know.
 */
export class VersionOrder {
  readonly #base: Store | undefined;
  readonly #known = new Map<string, number>();
  /** Versions that the base doesn't know, ordered, by the rank before them. */
  readonly #between = new Map<number, { text: string; order: number }[]>();
  readonly #cache = new Map<Store, Float64Array>();

  constructor(base: Store | undefined) {
    this.#base = base;
  }

  /** The order of a version of a store. */
  of(store: Store, version: number): number {
    if (store === this.#base) return store.versionRank(version);
    let orders = this.#cache.get(store);
    if (orders === undefined) {
      orders = new Float64Array(store.sections.sortedVersions.length).fill(Number.NaN);
      this.#cache.set(store, orders);
    }
    let order = orders[version] as number;
    if (Number.isNaN(order)) {
      order = this.ofText(store.versionText(version));
      orders[version] = order;
    }
    return order;
  }

  /** The order of any version. */
  ofText(text: string): number {
    let order = this.#known.get(text);
    if (order === undefined) {
      order = this.#locate(text);
      this.#known.set(text, order);
    }
    return order;
  }

  #locate(text: string): number {
    const base = this.#base;
    const sorted = base?.sections.sortedVersions;
    let low = 0;
    let high = sorted?.length ?? 0;
    while (base !== undefined && sorted !== undefined && low < high) {
      const middle = (low + high) >> 1;
      const version = sorted[middle] as number;
      const comparison = compareVersions(base.versionText(version), text);
      if (comparison === 0) return base.versionRank(version);
      if (comparison < 0) low = middle + 1;
      else high = middle;
    }
    const before = base && sorted && low > 0 ? base.versionRank(sorted[low - 1] as number) : -1;
    return this.#insert(before, text);
  }

  #insert(rank: number, text: string): number {
    let extras = this.#between.get(rank);
    if (extras === undefined) {
      extras = [];
      this.#between.set(rank, extras);
    }
    let at = 0;
    for (const extra of extras) {
      const comparison = compareVersions(extra.text, text);
      if (comparison === 0) return extra.order;
      if (comparison > 0) break;
      at++;
    }
    const below = extras[at - 1]?.order ?? rank;
    const above = extras[at]?.order ?? rank + 1;
    const order = (below + above) / 2;
    extras.splice(at, 0, { text, order });
    return order;
  }
}
