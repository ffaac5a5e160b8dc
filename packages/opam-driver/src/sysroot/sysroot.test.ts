import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readDpkg } from "../dpkg.js";
import { opamEnvironment, switchEnvironment } from "../environment.js";
import { privateTarget, switchPrefix } from "../target.js";
import { makeFolders } from "./files.js";
import { sysrootStatus } from "./sysroot.js";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "mirage-sysroot-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("a switch for other processors is another one, over a sysroot whose tools come first", () => {
  const target = privateTarget("/data/mirage", "4.13.1", "arm64");
  expect(target.switch).toBe("mirage-4.13.1-arm64");
  const base = { PATH: "/usr/bin", OCAMLPATH: "/elsewhere" };
  const tools = "/data/mirage/sysroots/arm64/bin";
  const library = "/data/mirage/sysroots/arm64/root/usr/lib/ocaml";
  expect(opamEnvironment(target, base)).toMatchObject({
    PATH: `${tools}:/usr/bin`,
    OCAMLLIB: library,
    OCAMLPATH: `${library}:${library}/METAS`,
    OPAM_USER_PATH_RO: "/data/mirage/sysroots/arm64",
  });
  const env = switchEnvironment(target, base);
  expect(env.PATH).toBe(`${switchPrefix(target)}/bin:${tools}:/usr/bin`);
  expect(env.OCAMLPATH).toBe(`${switchPrefix(target)}/lib:${library}:${library}/METAS`);
  const own = opamEnvironment(privateTarget("/data/mirage", "4.13.1"), base);
  expect(own).toMatchObject({ PATH: "/usr/bin" });
  expect(own.OCAMLPATH).toBeUndefined();
});

test("what is in a sysroot is what was unpacked there, not what this machine has", async () => {
  const { sysroot } = privateTarget(folder(), "4.13.1", "arm64");
  if (!sysroot) expect.unreachable("no sysroot");
  expect((await readDpkg({ sysroot }))?.versions.size).toBe(0);
  await makeFolders(sysroot);
  await makeFolders(sysroot);
  writeFileSync(
    sysrootStatus(sysroot),
    "Package: musl-dev\nStatus: install ok installed\nVersion: 1.2.3-1\n\n",
  );
  expect(await readDpkg({ sysroot })).toEqual({ versions: new Map([["musl-dev", "1.2.3-1"]]) });
});
