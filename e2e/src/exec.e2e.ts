import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyOfExample, mirage, mirageOk, run, userEnv } from "./support/mirage.js";

test("dune by itself, and an editor, find the runtimes by mirage exec and mirage env", async () => {
  const folder = copyOfExample("hello");
  await mirageOk(["configure"], folder);
  const dune = ["dune", "build", "--root", ".", "./main.exe"];
  await mirageOk(["exec", "--", ...dune], folder);
  expect((await mirage(["exec", "--", "sh", "-c", "exit 7"], folder)).code).toBe(7);
  expect((await mirage(["exec"], folder)).code).toBe(2);
  const missing = await mirage(["exec", "--", "no-such-program"], folder);
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("no-such-program") });

  const { stdout } = await mirageOk(["env"], folder);
  writeFileSync(join(folder, "env.sh"), `${stdout}exec ocamlfind query mirage-runtime-unix\n`);
  const asked = await run("sh", ["env.sh"], { cwd: folder, env: userEnv() });
  expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining("mirage-runtime-unix") });
});
