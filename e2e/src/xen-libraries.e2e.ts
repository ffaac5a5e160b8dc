import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mirage, mirageOk, temporaryFolder } from "./support/mirage.js";

test("a library that needs Unix is refused for a kernel before anything is written, and later through a library of the application's own", async () => {
  const folder = temporaryFolder();
  const conf = (depends: string) =>
    writeFileSync(join(folder, "hello.conf"), `main-noip: Hello.main\ndepends: ${depends}\n`);
  writeFileSync(join(folder, "hello.ml"), "let main () = Lwt.return_unit\n");

  conf("lwt, lwt.unix");
  const refused = await mirage(["configure", "--xen"], folder);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain("hello.conf:2:15");
  expect(refused.stderr).toMatch(/it needs `unix` \(lwt\.unix → .*unix\)/);
  expect(readdirSync(folder).sort()).toEqual(["hello.conf", "hello.ml"]);
  await mirageOk(["configure", "--unix"], folder);

  conf("mine");
  mkdirSync(join(folder, "mine"));
  writeFileSync(join(folder, "mine/dune"), "(library (name mine) (libraries lwt.unix))\n");
  writeFileSync(join(folder, "mine/mine.ml"), "let sleep = Lwt_unix.sleep\n");
  await mirageOk(["configure", "--xen"], folder);
  const build = await mirage(["build"], folder);
  expect(build.code).toBe(1);
  expect(build.stderr).toMatch(/required by library "lwt\.unix"[\s\S]*required by library "mine"/);
});
