import { expect, test } from "vitest";
import { packageOfLibrary, systemClosure } from "./closure.js";
import { systemPackages } from "./system-package.js";
import { recordedUniverse } from "./testdata/recorded.js";

const packages = systemPackages(recordedUniverse());

test("all that a package needs, once, in alphabetical order", () => {
  const names = systemClosure(packages, ["cohttp", "uri", "no-such-package"]).map((p) => p.name);
  expect(names).toEqual([
    "angstrom",
    "base64",
    "bigstringaf",
    "cohttp",
    "re",
    "sexplib0",
    "stringext",
    "uri",
  ]);
});

test("the package of a library", () => {
  const found = (library: string) => packageOfLibrary(packages, library)?.name;
  expect(found("lwt.unix")).toBe("lwt");
  expect(found("threads.posix")).toBe("base-threads");
  expect(found("zip")).toBe("camlzip");
  expect(found("findlib.dynload")).toBe("ocamlfind");
  expect(found("no-such-library")).toBeUndefined();
});
