// pnpm bench NAME [OPTIONS…]: runs tools/bench/NAME.mjs.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("bench/", import.meta.url);
const names = readdirSync(fileURLToPath(folder), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".mjs"))
  .map((entry) => entry.name.replace(/\.mjs$/, ""))
  .sort();

const [name, ...args] = process.argv.slice(2);
if (name !== undefined && names.includes(name)) {
  const { bench } = await import(new URL(`${name}.mjs`, folder).href);
  try {
    await bench(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
} else {
  console.log(`usage: pnpm bench NAME\nnames: ${names.join(", ")}`);
  process.exitCode = name === undefined ? 0 : 2;
}
