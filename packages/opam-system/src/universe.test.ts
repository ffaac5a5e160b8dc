import { expect, test } from "vitest";
import { recordedAvailable, recordedUniverse } from "./testdata/recorded.js";
import { debianUniverse } from "./universe.js";

test("the compiler and the libraries that apt knows", () => {
  const universe = recordedUniverse();
  expect(universe.ocamlVersion).toBe("4.13.1");
  expect(universe.compiler.name).toBe("ocaml-nox");
  expect(universe.packages.get("liblwt-ocaml-dev")?.version).toBe("5.6.1-1+b1");
  expect([...universe.packages.keys()]).toEqual([...universe.packages.keys()].sort());
});

test("what is installed counts more than what could be", () => {
  const status = (state: string) =>
    `Package: liblwt-ocaml-dev\nStatus: install ok ${state}\nVersion: 5.5.0-9\n\nPackage: bash\nStatus: install ok installed\nVersion: 5\n`;
  const versionWith = (state: string) =>
    recordedUniverse(status(state)).packages.get("liblwt-ocaml-dev")?.version;
  expect(versionWith("installed")).toBe("5.5.0-9");
  expect(versionWith("half-configured")).toBe("5.6.1-1+b1");
  expect(recordedUniverse(status("installed")).packages.has("bash")).toBe(false);
});

test("installed packages are enough, for a machine without apt's lists", () => {
  const installed = recordedAvailable().replace(
    /^Package:.*$/gm,
    "$&\nStatus: install ok installed",
  );
  expect(debianUniverse({ available: "", installed })).toEqual(recordedUniverse());
});

test("without a compiler there is no universe", () => {
  expect(debianUniverse({ available: "", installed: "" })).toBeUndefined();
});
