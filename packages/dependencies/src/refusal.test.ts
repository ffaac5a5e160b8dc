import { parseConf } from "@mirage/conf";
import { renderError } from "@mirage/diagnostics";
import { parseAtom, Resolver, type SwitchInput } from "@mirage/opam-resolver";
import { targets } from "@mirage/types";
import { expect, test } from "vitest";
import { refusal, targetRefusal } from "./refusal.js";

const packages = Object.entries({
  "ocaml.4.14": "",
  "ocaml.5.3": "",
  "compiler.4.14": 'depends: "ocaml" {= "4.14"}',
  "compiler.5.3": 'depends: "ocaml" {= "5.3"}',
  "runtime.1": 'depends: "lwt" {>= "5"}',
  "lwt.4": "",
  "lwt.5": 'depends: "ocaml"',
  "web.1": 'depends: ["lwt" {< "5"} "ocaml"]',
  "web.2": 'depends: ["lwt" {>= "5"} "ocaml" {< "5"}]',
  "web.3": 'depends: ["lwt" {>= "5"} "ocaml" {>= "5"}]',
}).map(([id, opam]) => ({
  name: id.slice(0, id.indexOf(".")),
  version: id.slice(id.indexOf(".") + 1),
  opam,
}));

/** What a user reads whose .conf file has such packages. */
async function told(line: string, state: SwitchInput = {}): Promise<string> {
  const text = `main-noip: App.main\npackages: ${line}\n`;
  const { configuration } = parseConf(text, "app.conf");
  const written = configuration?.packages ?? [];
  const atoms = ["runtime", ...written.map(({ value }) => value)].flatMap((word) => {
    return parseAtom(word) ?? [];
  });
  const question = { request: { kind: "install", atoms }, state, variables: {} } as const;
  const resolver = await Resolver.open([{ kind: "packages", packages }]);
  const outcome = await resolver.resolve(question);
  if (outcome.kind === "plan") return "a plan";
  const error = refusal(outcome, await resolver.explain(question), written);
  return renderError(error, { source: () => text });
}

test("a package that mirage itself excludes", async () => {
  expect(await told("web=1")).toMatchInlineSnapshot(`
    "app.conf:2:11: error: runtime and web.1 cannot be installed together:
      mirage itself needs runtime
      web 1 needs lwt < 5
      runtime needs lwt >= 5
      1 | main-noip: App.main
    > 2 | packages: web=1
        |           ^^^^^
    hint: the oldest web after 1 that goes with the rest is 2, the newest 3"
  `);
});

test("packages that exclude each other, each at its place", async () => {
  expect(await told("web=2, compiler=5.3")).toMatchInlineSnapshot(`
    "app.conf:2:11: error: web.2 does not go with compiler.5.3
      1 | main-noip: App.main
    > 2 | packages: web=2, compiler=5.3
        |           ^^^^^

    app.conf:2:18: error: compiler.5.3 does not go with web.2
      1 | main-noip: App.main
    > 2 | packages: web=2, compiler=5.3
        |                  ^^^^^^^^^^^^

    web.2 and compiler.5.3 cannot be installed together:
      compiler 5.3 needs ocaml 5.3
      web 2 needs ocaml < 5
    hint: the newest web that goes with the rest is 3
          the newest compiler that goes with the rest is 4.14"
  `);
});

test("a package that the switch excludes", async () => {
  expect(
    await told("web=3", {
      installed: [
        { name: "compiler", version: "4.14" },
        { name: "ocaml", version: "4.14" },
      ],
      invariant: '"compiler" {= "4.14"}',
    }),
  ).toMatchInlineSnapshot(`
    "app.conf:2:11: error: web.3 cannot be installed:
      the switch has to keep compiler 4.14 (its invariant)
      web 3 needs ocaml >= 5
      compiler 4.14 needs ocaml 4.14
      1 | main-noip: App.main
    > 2 | packages: web=3
        |           ^^^^^
    hint: the newest web that goes with the rest is 2
          with another invariant of the switch, compiler would be 5.3 (--switch NAME)"
  `);
});

test("packages that aren't there", async () => {
  expect(await told("wbe, lwt>=7")).toMatchInlineSnapshot(`
    "app.conf:2:11: error: there is no opam package wbe
      1 | main-noip: App.main
    > 2 | packages: wbe, lwt>=7
        |           ^^^
    hint: did you mean web?

    app.conf:2:16: error: there is no lwt>=7
      1 | main-noip: App.main
    > 2 | packages: wbe, lwt>=7
        |                ^^^^^^
    hint: there is 4, 5

    there are no such packages: wbe, lwt>=7"
  `);
});

test("a target whose packages this compiler cannot have", () => {
  const [unix, socket, xen] = targets;
  const reasons = ["mirage-runtime-xen needs ocaml < 5.0 (there is only 5.4.1)"];
  const error = targetRefusal(
    xen ?? unix,
    { asked: [], reasons, lines: reasons, suggestions: [] },
    targets.map((target) => ({
      target,
      reasons: target === unix || target === socket ? [] : reasons,
    })),
  );
  expect(error.message).toBe(
    "the target --xen does not work with this compiler and the packages that there are:\n  " +
      "mirage-runtime-xen needs ocaml < 5.0 (there is only 5.4.1)",
  );
  expect(error.hint).toMatch(/^--unix and --socket can be had here; /);
});
