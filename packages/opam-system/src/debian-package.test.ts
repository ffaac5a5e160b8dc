import { expect, test } from "vitest";
import { parseControl } from "./control.js";
import { debianPackage, isInstalled } from "./debian-package.js";

function only(text: string) {
  const stanza = parseControl(text)[0];
  if (!stanza) throw new Error("no stanza");
  return stanza;
}

test("names without bounds, architectures and qualifiers", () => {
  const found = debianPackage(
    only(
      "Package: liblwt-ocaml-dev\nSource: lwt (5.6.1-1)\nVersion: 5.6.1-1+b1\nMaintainer: A <a@b>\nPre-Depends: dpkg (>= 1)\nDepends: libev-dev, python3:any | x [amd64],\n libc6 (>= 2.35)\nProvides: liblwt-ocaml-dev-py3u4, y (= 2)\nDescription: threads\n long",
    ),
  );
  expect(found).toMatchObject({
    name: "liblwt-ocaml-dev",
    source: "lwt",
    version: "5.6.1-1+b1",
    summary: "threads",
    provides: ["liblwt-ocaml-dev-py3u4", "y"],
    depends: [["dpkg"], ["libev-dev"], ["python3", "x"], ["libc6"]],
  });
});

test("Ubuntu's original maintainer and translated description", () => {
  const found = debianPackage(
    only(
      "Package: a\nVersion: 1\nMaintainer: Ubuntu Developers <u@v>\nOriginal-Maintainer: D <d@e>\nDescription-en: short\n long",
    ),
  );
  expect(found).toMatchObject({ source: "a", maintainer: "D <d@e>", summary: "short" });
});

test("a stanza without a version is no package", () => {
  expect(debianPackage(only("Package: a"))).toBeUndefined();
});

test("only a configured package counts as installed", () => {
  expect(isInstalled(only("Package: a\nStatus: install ok installed"))).toBe(true);
  expect(isInstalled(only("Package: a\nStatus: hold ok installed"))).toBe(true);
  expect(isInstalled(only("Package: a\nStatus: deinstall ok config-files"))).toBe(false);
  expect(isInstalled(only("Package: a\nStatus: install ok half-installed"))).toBe(false);
});
