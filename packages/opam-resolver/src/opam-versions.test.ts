import { expect, test } from "vitest";
import type { PackageText } from "./repository/source.js";
import { parseAtom } from "./resolve/request.js";
import { Resolver } from "./resolver.js";

// What opam 2.1.2 and 2.3.0 answered, put to them over a repository with these packages.

async function open(packages: Readonly<Record<string, string>>): Promise<Resolver> {
  const texts = Object.entries(packages).map(([id, opam]): PackageText => {
    const at = id.indexOf(".");
    return { name: id.slice(0, at), version: id.slice(at + 1), opam };
  });
  return Resolver.open([{ kind: "packages", packages: texts }]);
}

async function installed(resolver: Resolver, version: string, ...words: string[]) {
  const atoms = words.flatMap((word) => parseAtom(word) ?? []);
  const outcome = await resolver.resolve({
    request: { kind: "install", atoms },
    variables: { "opam-version": version },
  });
  if (outcome.kind !== "plan") return outcome.kind;
  return outcome.actions.map(({ pkg }) => `${pkg.entry.text}.${pkg.version}`).sort();
}

test("files of formats that an opam does not know are passed over", async () => {
  const resolver = await open({
    "a.1": 'opam-version: "2.0"',
    "a.2": 'opam-version: "2.1"',
    "b.1": 'opam-version: "2.0"',
    "b.2": '# later\nopam-version: "2.3"\nnew-field: "x"',
    "c.1": 'opam-version: "1.2"',
    "c.2": 'available: os = "linux" | opam-version >= "2.0"\nopam-version: "2.4"',
  });
  const words = ["a", "b", "c"];
  expect(await installed(resolver, "2.1.2", ...words)).toEqual(["a.2", "b.1", "c.1"]);
  expect(await installed(resolver, "2.3.0", ...words)).toEqual(["a.2", "b.2", "c.1"]);
  expect(await installed(resolver, "2.5.2", ...words)).toEqual(["a.2", "b.2", "c.2"]);
  const refused = await resolver.explain({
    request: { kind: "install", atoms: [{ name: "b", op: "=", version: "2" }] },
    variables: { "opam-version": "2.1.2" },
  });
  expect(refused?.lines).toEqual([
    'b 2 is only available where opam-version >= "2.3"; the newest that can be had is 1',
  ]);
});

test("deprecated versions are avoided since 2.2, with-dev-setup is defined since then", async () => {
  const resolver = await open({
    "dep.1": "",
    "dep.2": "flags: deprecated",
    "asks.1": 'depends: "dep" {?with-dev-setup}',
    "denies.1": 'depends: "dep" {!with-dev-setup}',
    "new.1": "",
    "new.2": 'available: opam-version >= "2.2"',
  });
  const answers = {
    "2.1.2": [["dep.2"], ["asks.1"], ["denies.1"], ["new.1"]],
    "2.3.0": [["dep.1"], ["asks.1", "dep.1"], ["denies.1", "dep.1"], ["new.2"]],
  };
  for (const [version, expected] of Object.entries(answers)) {
    const words = ["dep", "asks", "denies", "new"];
    const got = await Promise.all(words.map((word) => installed(resolver, version, word)));
    expect(got).toEqual(expected);
  }
});

test("a refusal names no preview as the newest version", async () => {
  const resolver = await open({
    "a.1": "",
    "a.2": "flags: avoid-version",
    "b.1": "flags: avoid-version",
  });
  const explain = (word: string) =>
    resolver.explain({
      request: { kind: "install", atoms: [parseAtom(word) ?? { name: "" }] },
      variables: {},
    });
  expect((await explain("a>=9"))?.lines).toEqual([
    "there is no version of a >= 9; the newest that can be had is 1",
  ]);
  expect((await explain("b>=9"))?.lines).toEqual([
    "there is no version of b >= 9; the newest that can be had is 1, which is advised against",
  ]);
});

test("a refusal says which versions there are of what is needed in another", async () => {
  const resolver = await open({ "ours.1": 'depends: "cohttp" {< "5.0.0"}', "cohttp.5.3.0": "" });
  const refused = await resolver.explain({
    request: { kind: "install", atoms: [{ name: "ours" }] },
    variables: {},
  });
  expect(refused?.reasons).toEqual(["ours needs cohttp < 5.0.0 (there is only 5.3.0)"]);
});

test("an upgrade lets go what needs a version that can't be had any more", async () => {
  const before: Record<string, string> = {
    "foo.1": "",
    "bar.1": 'depends: "foo" {= "1"}',
    "baz.1": 'depends: "bar"',
    "qux.1": 'depends: "foo"',
    "free.1": "",
  };
  const upgrade = async (version: string, now: Readonly<Record<string, string>>) => {
    const outcome = await (await open({ ...before, "free.2": "", ...now })).resolve({
      request: { kind: "upgrade", atoms: [] },
      state: {
        installed: ["foo", "bar", "baz", "qux", "free"].map((name) => ({ name, version: "1" })),
        definition: ({ name }) => before[`${name}.1`] ?? "",
      },
      variables: { "opam-version": version },
    });
    if (outcome.kind !== "plan") return outcome.kind;
    return outcome.result.map(({ entry, version: now }) => `${entry.text}.${now}`).sort();
  };
  const gone = { "foo.1": "available: false" };
  expect(await upgrade("2.1.2", gone)).toEqual(["free.2"]);
  expect(await upgrade("2.3.0", gone)).toEqual(["free.2"]);
  expect(await upgrade("2.1.2", { ...gone, "foo.2": "" })).toBe("conflict");
  expect(await upgrade("2.3.0", { ...gone, "foo.2": "" })).toEqual(["foo.2", "free.2", "qux.1"]);
});
