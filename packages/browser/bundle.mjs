// Joins the modules of the page into a file for each place where they run.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { rolldown } from "rolldown";

const folder = new URL("dist/page/", import.meta.url);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const name of ["page", "worker", "service-worker"]) {
  const bundle = await rolldown({
    input: `page/${name}.ts`,
    platform: "browser",
    cwd: import.meta.dirname,
    logLevel: "warn",
  });
  await bundle.write({ file: `dist/page/${name}.js`, format: "esm" });
  await bundle.close();
}
for (const name of ["index.html", "page.css"]) {
  copyFileSync(new URL(`page/${name}`, import.meta.url), new URL(name, folder));
}
