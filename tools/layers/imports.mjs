import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const leftOut = new Set(["node_modules", "dist", "generated", "consumers", "_build"]);

/** Every import in the .ts and .mjs files of a folder, and whether its file belongs to the tests. */
export function* importsOf(folder, isTest = false) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (leftOut.has(entry.name) || entry.name.startsWith(".")) continue;
      yield* importsOf(path, isTest || /^(test|tests|testing|bench)$/.test(entry.name));
    } else if (/\.m?ts$|\.mjs$/.test(entry.name)) {
      const ofTests = isTest || /\.test\.|^vitest\.config/.test(entry.name);
      for (const imported of importedIn(readFileSync(path, "utf8"))) {
        yield { file: path, imported, isTest: ofTests };
      }
    }
  }
}

function importedIn(text) {
  const code = text.replace(/^\s*(\/\/|\/?\*).*$/gm, "");
  const pattern =
    /^\s*(?:import|export)\b[^"'`;=]*\bfrom\s*"([^"]+)"|^\s*import\s*"([^"]+)"|(?<!['"`])\b(?:import|require)\(\s*"([^"]+)"/gm;
  return Array.from(code.matchAll(pattern), ([, from, alone, called]) => from ?? alone ?? called);
}
