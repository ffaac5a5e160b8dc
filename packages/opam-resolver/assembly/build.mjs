// Compiles the scanner to WebAssembly, and writes that as a module, so that it gets into bundles.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const root = join(import.meta.dirname, "..");
const folder = join(root, "generated");
const written = new Map();
const { error, stderr } = await asc.main(
  [
    ...["assembly/index.ts", "--baseDir", root, "--outFile", "scanner.wasm"],
    ...["-O3", "--runtime", "stub", "--use", "abort="],
  ],
  {
    writeFile: (name, content) => {
      written.set(name, content);
    },
  },
);
if (error) throw new Error(stderr.toString(), { cause: error });
const base64 = Buffer.from(written.get("scanner.wasm")).toString("base64");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "scanner.js"), `export const scanner = "${base64}";\n`);
writeFileSync(join(folder, "scanner.d.ts"), "export declare const scanner: string;\n");
