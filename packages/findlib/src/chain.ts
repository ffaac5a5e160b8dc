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
  for await (const chains of chainsByLength(libraries, from)) {
    const found = to.flatMap((end) => chains.filter((chain) => endOf(chain) === end));
    if (found.length > 0) return found[0];
  }
  return undefined;
}

/** A library and all that it needs, itself first, each once. */
export async function neededBy(libraries: Libraries, from: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const chains of chainsByLength(libraries, from)) names.push(...chains.map(endOf));
  return names;
}

/** The chains from a library to each that it needs: those of one library, then those of two, and so on. */
async function* chainsByLength(
  libraries: Libraries,
  from: string,
): AsyncGenerator<readonly (readonly string[])[]> {
  const seen = new Set([from]);
  let chains: (readonly string[])[] = [[from]];
  while (chains.length > 0) {
    yield chains;
    const longer: (readonly string[])[] = [];
    for (const chain of chains) {
      const library = await libraries.find(endOf(chain));
      for (const name of library?.requires ?? []) {
        if (seen.has(name)) continue;
        seen.add(name);
        longer.push([...chain, name]);
      }
    }
    chains = longer;
  }
}

function endOf(chain: readonly string[]): string {
  return chain[chain.length - 1] ?? "";
}
