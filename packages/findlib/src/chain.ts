import type { Libraries } from "./libraries.js";

/**
 * The shortest chain of requirements from a library to one of others, both ends included; nothing
 * if it needs none of them. Of two chains of one length, that to the earlier of the others.
 * Libraries that are not installed end the search on their side.
 */
export async function shortestChain(
  libraries: Libraries,
  from: string,
  to: readonly string[],
): Promise<readonly string[] | undefined> {
  const seen = new Set([from]);
  let chains: (readonly string[])[] = [[from]];
  while (chains.length > 0) {
    const found = to.flatMap((end) => chains.filter((chain) => chain[chain.length - 1] === end));
    if (found.length > 0) return found[0];
    const longer: (readonly string[])[] = [];
    for (const chain of chains) {
      const library = await libraries.find(chain[chain.length - 1] ?? "");
      for (const name of library?.requires ?? []) {
        if (seen.has(name)) continue;
        seen.add(name);
        longer.push([...chain, name]);
      }
    }
    chains = longer;
  }
  return undefined;
}
