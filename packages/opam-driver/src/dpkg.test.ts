import { expect, test } from "vitest";
import { parseDpkgStatus } from "./dpkg.js";

test("what is installed, with the names it stands for", () => {
  const { versions } = parseDpkgStatus(`Package: ocaml
Status: install ok installed
Version: 4.13.1-4
Provides: libseq-ocaml-dev, ocaml-best-compilers (= 4.13.1-4)

Package: gone
Status: deinstall ok config-files
Version: 1

Package: held
Status: hold ok installed
Version: 1:2-3
`);
  expect(Object.fromEntries(versions)).toEqual({
    ocaml: "4.13.1-4",
    "libseq-ocaml-dev": "4.13.1-4",
    "ocaml-best-compilers": "4.13.1-4",
    held: "1:2-3",
  });
});
