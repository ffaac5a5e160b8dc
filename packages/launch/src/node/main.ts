// The process in which a module of `--js` runs: argv[2] is the module, the rest is for the program.
import { writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { files, networks } from "./handed-over.js";

const [module = "", ...args] = process.argv.slice(2);
const status = Number(process.env.MIRAGE_STATUS_FD);

const { main } = await import(pathToFileURL(module).href);
await main({
  args,
  networks: networks(process.env),
  files: files(process.env),
  onStatus: (line: string) => {
    try {
      writeSync(status, `${line}\n`);
    } catch {
      // nobody reads it any more
    }
  },
});
