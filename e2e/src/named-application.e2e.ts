import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mirage, mirageOk, temporaryFolder } from "./support/mirage.js";

test("build, run and clean act on the named application, or say which one is configured", async () => {
  const folder = temporaryFolder();
  const listed = () => readdirSync(folder, { recursive: true }).sort();
  writeFileSync(join(folder, "hello.ml"), "let main () = Lwt.return_unit\n");
  for (const name of ["a.conf", "b.conf"]) {
    writeFileSync(join(folder, name), "main-noip: Hello.main\n");
  }
  await mirageOk(["configure", "--no-install", "a.conf"], folder);
  const configured = listed();
  for (const command of ["build", "run", "clean", "image"]) {
    const other = await mirage([command, "b.conf"], folder);
    expect(other, command).toMatchObject({ code: 1, stdout: "" });
    expect(other.stderr).toContain("b.conf is not configured: its folder is configured for a.conf");
    const missing = await mirage([command, "nosuch.conf"], folder);
    expect(missing, command).toMatchObject({ code: 1, stdout: "" });
    expect(missing.stderr).toContain("nosuch.conf: no such file or directory");
  }
  expect(listed()).toEqual(configured);

  const again = await mirageOk(["configure", "--no-install", "b.conf"], folder);
  expect(again.stderr).toContain("was configured for a.conf");
  expect((await mirage(["build", "a.conf"], folder)).stderr).toContain("configured for b.conf");
  await mirageOk(["clean", "b.conf"], folder);
  expect(listed()).toEqual(["a.conf", "b.conf", "hello.ml"]);
});
