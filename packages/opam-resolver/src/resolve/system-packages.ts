import { rowField } from "../store/layout.js";
import type { PackageVersion, Universe } from "../universe/universe.js";

/** The system's packages that packages need (`depexts`), in the order of their names. */
export function systemPackages(universe: Universe, packages: Iterable<PackageVersion>): string[] {
  const names = new Set<string>();
  for (const { store, row, entry, version } of packages) {
    const place = store?.column(row, rowField.depexts) ?? 0;
    if (store === undefined || place === 0) continue;
    const { code } = store.sections;
    let at = place + 1;
    for (let entries = code[place] as number; entries > 0; entries--) {
      const filter = code[at++] as number;
      const count = code[at++] as number;
      const holds =
        filter < 0 || universe.switchFilter(store, filter, entry.text, () => version) === true;
      for (let i = 0; i < count; i++) if (holds) names.add(store.string(code[at + i] as number));
      at += count;
    }
  }
  return [...names].sort();
}
