import { expect, test } from "vitest";
import { opamEnvironment, opamExec, switchEnvironment } from "./environment.js";
import { defaultDataFolder, privateTarget, switchPrefix, userTarget } from "./target.js";

const target = privateTarget("/data/mirage", "4.13.1");

test("the private root and switch", () => {
  expect(target).toMatchObject({ root: "/data/mirage/opam", switch: "mirage-4.13.1", owned: true });
  expect(switchPrefix(target)).toBe("/data/mirage/opam/mirage-4.13.1");
});

test("data go where XDG says, if it says so properly", () => {
  expect(defaultDataFolder({ HOME: "/home/u", XDG_DATA_HOME: "/x" })).toBe("/x/mirage");
  expect(defaultDataFolder({ HOME: "/home/u" })).toBe("/home/u/.local/share/mirage");
  expect(defaultDataFolder({ HOME: "/home/u", XDG_DATA_HOME: "relative" })).toBe(
    "/home/u/.local/share/mirage",
  );
});

test("the user's own root, and switches that are folders", () => {
  const env = { HOME: "/home/u" };
  const own = userTarget("/data", { switch: "5.1" }, env);
  expect(own).toMatchObject({ root: "/home/u/.opam", switch: "5.1", owned: false });
  expect(userTarget("/data", { switch: "5.1" }, { ...env, OPAMROOT: "/o" }).root).toBe("/o");
  expect(switchPrefix(userTarget("/data", { root: "/o", switch: "/home/me/app" }, env))).toBe(
    "/home/me/app/_opam",
  );
});

test("nothing of another switch gets through", () => {
  const env = opamEnvironment(target, {
    HOME: "/home/u",
    PATH: "/home/u/.opam/5.1/bin:/usr/bin",
    OPAM_SWITCH_PREFIX: "/home/u/.opam/5.1",
    OPAMROOT: "/home/u/.opam",
    OCAMLPATH: "/home/u/lib",
    CAML_LD_LIBRARY_PATH: "/home/u/stubs",
    LANG: "de_DE.UTF-8",
  });
  expect(env).toMatchObject({ HOME: "/home/u", PATH: "/usr/bin", OPAMROOT: target.root });
  expect(env).not.toHaveProperty("OPAM_SWITCH_PREFIX");
  expect(env).not.toHaveProperty("OCAMLPATH");
  expect(env).not.toHaveProperty("CAML_LD_LIBRARY_PATH");
});

test("how commands are run in the switch", () => {
  expect(opamExec(target).join(" ")).toBe(
    "env OPAMROOTISOK=1 opam exec --root=/data/mirage/opam --switch=mirage-4.13.1 --",
  );
  expect(switchEnvironment(target, { PATH: "/usr/bin" })).toEqual({
    PATH: "/data/mirage/opam/mirage-4.13.1/bin:/usr/bin",
    OCAMLPATH: "/data/mirage/opam/mirage-4.13.1/lib",
    CAML_LD_LIBRARY_PATH: "/data/mirage/opam/mirage-4.13.1/lib/stublibs",
    OPAM_SWITCH_PREFIX: "/data/mirage/opam/mirage-4.13.1",
  });
});
