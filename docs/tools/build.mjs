// The documentation site, in docs/.site/dist. --guides leaves out the packages' API, which takes
// most of the time.
import { rmSync } from "node:fs";
import { build } from "vitepress";
import { checkLinks } from "./check-links.mjs";
import { writeOCamlApi } from "./odoc.mjs";
import { docs, site, source } from "./repository.mjs";
import { stage } from "./stage.mjs";
import { writeTypeScriptApi } from "./typedoc.mjs";

rmSync(source, { recursive: true, force: true });
stage();
if (!process.argv.includes("--guides")) {
  await writeTypeScriptApi();
  writeOCamlApi();
}
await build(docs);
console.error(`${checkLinks(site)} pages, no dead link: ${site}/index.html`);
