import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mirage, mirageOk, temporaryFolder } from "./support/mirage.js";

const sources = {
  "hello.ml":
    "let main () = Lwt.return_unit\nlet number () = Lwt.return 3\nlet done_ = Lwt.return_unit\n",
  "alias.ml": "module type SCREEN = V1_LWT.CONSOLE\n",
  "unikernel.ml": `module Main (C : V1_LWT.CONSOLE) (S : V1_LWT.STACKV4) = struct
  let start c (_ : S.t) = C.log_s c "hi"
end

module Plain = struct
  let start () = Lwt.return_unit
end

module Short (C : V1_LWT.CONSOLE) (S : V1_LWT.STACKV4) = struct
  let start c = C.log_s c "hi"
end

module Late (C : V1_LWT.CONSOLE) = struct
  let start c = C.log c "hi"
end

module Other (C : V1_LWT.CONSOLE) = struct
  let strat c = C.log_s c "hi"
end

module Indirect (C : Alias.SCREEN) = struct
  let start (_ : C.t) = Lwt.return_unit
end

module Files (K : V1_LWT.KV_RO with type id = unit) (T : V1_LWT.TIME) = struct
  let start (_ : K.t) = T.sleep 1.
end
`,
};

let folder: string;
beforeAll(async () => {
  folder = temporaryFolder(afterAll);
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "data"));
  mkdirSync(join(folder, "gen"));
  writeFileSync(join(folder, "gen/dune"), "(rule (with-stdout-to gen.ml (echo)))\n");
  mkdirSync(join(folder, "mine"));
  writeFileSync(join(folder, "mine/dune"), "(library (name mine))\n");
  writeFileSync(join(folder, "mine/mine.ml"), "let main () = Lwt.return_unit\n");
  write("main-app: Unikernel.Main (console, stack)", "fs-docs: data");
  await mirageOk(["configure"], folder);
  await mirageOk(["clean"], folder);
});

function write(...lines: string[]): void {
  writeFileSync(join(folder, "app.conf"), `${lines.join("\n")}\n`);
}

test.each([
  ["main-noip: Helo.main", "1:12", "no file makes the module `Helo`", "`Hello`"],
  ["main-noip: Hello.mian", "1:12", "there is no value `Hello.mian` in hello.ml", "`Hello.main`"],
  ["main-noip: Hello.Sub.main", "1:12", "there is no module `Hello.Sub` in hello.ml", ""],
  ["main-app: Unikernel.Mian (console)", "1:11", "no module `Unikernel.Mian`", "`Unikernel.Main`"],
  [
    "main-app: Unikernel.Main (console)",
    "1:11",
    "takes 2 devices and is given 1: S (a STACKV4) is missing",
    "`main-app: Unikernel.Main (console, stack)`",
  ],
  [
    "main-app: Unikernel.Main",
    "1:11",
    "is given none: C (a CONSOLE), S (a STACKV4) are missing",
    "`main-app: Unikernel.Main (console, stack)`",
  ],
  [
    "main-app: Unikernel.Main (console, stack, clock)",
    "1:43",
    "takes 2 devices and is given 3",
    "`main-app: Unikernel.Main (console, stack)`",
  ],
  [
    "main-app: Unikernel.Main (stack, console)",
    "1:27",
    "`stack`, a STACKV4, is not what `Unikernel.Main` takes in this place: C is a CONSOLE",
    "`main-app: Unikernel.Main (console, stack)`",
  ],
  ["main-app: Unikernel.Plain (clock)", "1:28", "takes no devices", "`main-app: Unikernel.Plain`"],
  ["main-app: Unikernel.Indirect (clock)", "1:31", "C is a Alias.SCREEN", ""],
  [
    "main-app: Unikernel.Files (time, docs)\nfs-docs: data",
    "1:28",
    "`time`, a TIME, is not what `Unikernel.Files` takes",
    "`main-app: Unikernel.Files (docs, time)`",
  ],
  [
    "main-app: Unikernel.Short (console, stack)",
    "1:11",
    "has the type `Console.t -> unit Lwt.t`: given console, stack, it has to be `Console.t -> Stack.t -> unit Lwt.t`",
    "",
  ],
  [
    "main-app: Unikernel.Late (console)",
    "1:11",
    "has the type `Console.t -> unit`: given console, it has to be `Console.t -> unit Lwt.t`",
    "",
  ],
  [
    "main-app: Unikernel.Other (console)",
    "1:11",
    "there is no value `Unikernel.Other.start` in unikernel.ml",
    "`Unikernel.Other.strat`",
  ],
  [
    "main-noip: Hello.number",
    "1:12",
    "`Hello.number` has the type `unit -> int Lwt.t`: `main-noip` takes `unit -> unit Lwt.t`",
    "",
  ],
  ["main-noip: Hello.done_", "1:12", "has the type `unit Lwt.t`", ""],
  [
    "main-ip: Hello.main\nip-use-dhcp: true",
    "1:10",
    "`main-ip` takes `Net.Manager.t -> Net.Manager.interface -> Net.Manager.id -> unit Lwt.t`",
    "",
  ],
])("check and configure refuse %j before anything is written", async (text, at, message, hint) => {
  write(text);
  const before = readdirSync(folder).sort();
  const checked = await mirage(["check"], folder);
  expect(checked.code).toBe(1);
  expect(checked.stderr).toContain(`app.conf:${at}: error: `);
  expect(checked.stderr).toContain(message);
  expect(checked.stderr).toContain(hint);
  const configured = await mirage(["configure"], folder);
  expect(configured).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  expect(readdirSync(folder).sort()).toEqual(before);
});

test("unknown libraries and a wrong functor are told together, each at its place", async () => {
  write("main-app: Unikernel.Main (console)", "depends: lwtt, lwt, cohttpp, mine");
  const { code, stderr } = await mirage(["check"], folder);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /app\.conf:2:10: error: there is no library `lwtt`[\s\S]*did you mean `lwt`/,
  );
  expect(stderr).toMatch(
    /app\.conf:2:21: error: there is no library `cohttpp`[\s\S]*`packages: NAME`/,
  );
  expect(stderr).toContain("app.conf:1:11: error: `Unikernel.Main` takes 2 devices");
  expect((await mirage(["configure"], folder)).code).toBe(1);
});

test.each([
  "main-app: Unikernel.Indirect (console)",
  "main-app: Unikernel.Plain",
  "main-app: Unikernel.Files (docs, time)\nfs-docs: data",
  "main-noip: Hello.main\ndepends: mine",
  "main-noip: Mine.main\ndepends: mine",
  "main-noip: Gen.main",
])("check takes %j", async (text) => {
  write(text);
  expect((await mirageOk(["check"], folder)).stderr).toContain("no errors");
});

test("sources that do not compile are not the .conf file's fault", async () => {
  write("main-app: Broken.Main (console)");
  writeFileSync(
    join(folder, "broken.ml"),
    'let x : int = "no"\nmodule Main (C : T) = struct end\n',
  );
  expect((await mirageOk(["check"], folder)).stderr).toContain("no errors");
});
