import { expect, test } from "vitest";
import { opamProgress } from "./progress.js";

function texts(output: string): string[] {
  const progress = opamProgress();
  return output.split("\n").flatMap((line) => {
    const news = progress.news(line);
    if (news === undefined) return [];
    const { text, count } = news;
    return [count ? `${text} (${count.number} of ${count.total})` : text];
  });
}

test("an installation, as opam 2.1 tells it", () => {
  expect(
    texts(`The following actions will be performed:
  - install bad      1 [required by needsbad]
  - install slow     1 [required by needsbad]
  - install needsbad 1
===== 3 to install =====

<><> Processing actions <><><><><><><><><><><><><><><><><><><><><><><><><><><><>
Processing  1/9: [net: http]
-> retrieved net.1  (https://example.org/net.tar.gz)
Processing  4/9: [bad: sh echo first line; exit 2]
+ /usr/bin/sh "-c" "echo first line" (CWD=/r/m/.opam-switch/build/bad.1)
- first line
-> installed bad.1
Processing  5/9: [slow: sh echo]
Processing  6/9: [slow: sh echo]
-> compiled  slow.1
-> installed slow.1
Processing  8/9: [needsbad: dune build]
-> installed needsbad.1
Done.`),
  ).toEqual([
    "downloading net",
    "downloaded net.1",
    "building bad (1 of 3)",
    "installed bad.1 (1 of 3)",
    "building slow (2 of 3)",
    "installed slow.1 (2 of 3)",
    "building needsbad (3 of 3)",
    "installed needsbad.1 (3 of 3)",
  ]);
});

test("one package is not counted", () => {
  expect(
    texts("  - install tiny 1.0\nProcessing  2/3: [tiny: dune build]\n-> installed tiny.1.0"),
  ).toEqual(["building tiny", "installed tiny.1.0"]);
});

test("a package that takes long is named once while others come and go", () => {
  const output = `  - install a 1
  - install b 1
Processing  2/6: [a: dune build]
Processing  3/6: [a: dune build] [b: make]
-> installed b.1
Processing  4/6: [a: dune build]
-> installed a.1`;
  expect(texts(output)).toEqual([
    "building a (1 of 2)",
    "installed b.1 (1 of 2)",
    "installed a.1 (2 of 2)",
  ]);
});

test("a lock that another opam has", () => {
  const line = "Another process has locked /r/m/.opam-switch/lock, waiting (C-c to abort)... ";
  expect(texts(line)).toEqual([
    "waiting for another opam, which has locked /r/m/.opam-switch/lock",
  ]);
});

test("packages that opam runs no command for are one line, at the end", () => {
  const output = `  - install a 1
  - install conf-b 1
  - install lwt 5.6.1
-> installed lwt.5.6.1
-> installed conf-b.1
Processing  5/6: [a: dune build]
-> installed a.1
Done.`;
  expect(texts(output)).toEqual([
    "building a (3 of 3)",
    "installed a.1 (3 of 3)",
    "registered 2 packages that needed no build",
  ]);
});
