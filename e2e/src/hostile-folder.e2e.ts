import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  mirageOk,
  type Outcome,
  run,
  startMirage,
  temporaryFolder,
  userEnv,
} from "./support/mirage.js";
import { asNobody, isRoot } from "./support/namespace.js";

const nobody = 65534;
const bin = join(import.meta.dirname, "../../apps/mirage/bin/mirage.js");
const precious = "precious\n";
const hash = createHash("sha256").update(precious).digest("hex");

/** A folder that somebody made, in a folder of its victim's. */
let parent: string;
let app: string;
let home: string;
let victim: string;

/** Those who run `mirage` in it, with a home of their own. */
const users = [
  { user: "this user", prefix: [], owner: process.getuid?.() ?? 0 },
  ...(isRoot
    ? [
        {
          user: "a user without any right",
          prefix: ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"],
          owner: nobody,
        },
      ]
    : []),
];

describe.each(users)("a folder from a stranger, for $user", ({ prefix, owner }) => {
  beforeEach(() => {
    parent = temporaryFolder();
    [app, home, victim] = ["app", "home", "victim"].map((name) => join(parent, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [app, home, victim]) mkdirSync(folder);
    put("../victim/data", precious);
    put("../victim/.bashrc", precious);
    put("www.conf", "main-noip: Hello.main\n");
    put("hello.ml", "let main () = Lwt.return_unit\n");
  });

  /** Writes a file of the stranger's, by its path from the application's folder. */
  function put(path: string, text: string): void {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), text);
  }

  function link(target: string, path: string): void {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    symlinkSync(target, join(app, path));
  }

  function state(claims: Record<string, unknown>): void {
    const known = { format: 1, conf: "www.conf", target: "unix-direct", name: "www" };
    put(
      ".mirage/state.json",
      JSON.stringify({ ...known, products: ["mir-www"], generated: {}, ...claims }),
    );
  }

  /** What a command comes to for that user; all there is belongs to them. */
  async function mirage(...args: string[]): Promise<Outcome> {
    execFileSync("chown", ["-R", "-h", `${owner}:${owner}`, parent]);
    chmodSync(parent, 0o755);
    const [command = "", ...words] = [...prefix, process.execPath, bin, ...args];
    const outcome = await run(command, words, { cwd: app, env: userEnv(home) });
    expect(outcome.code, outcome.stderr).not.toBe(70);
    return outcome;
  }

  function untouched(): void {
    expect(readdirSync(victim).sort()).toEqual([".bashrc", "data"]);
    for (const name of [".bashrc", "data"]) {
      expect(readFileSync(join(victim, name), "utf8")).toBe(precious);
    }
  }

  test("clean removes nothing that its state names outside", async () => {
    for (const products of [["../victim"], ["../victim/data"], [victim], ["a/../../victim"]]) {
      state({ products });
      const { code, stderr } = await mirage("clean");
      expect(code).toBe(1);
      expect(stderr).toContain(JSON.stringify(products[0]));
      untouched();
    }
    state({ generated: { "../victim/.bashrc": hash } });
    expect((await mirage("clean")).code).toBe(1);
    untouched();
  });

  test("clean removes nothing within that the configuration does not make", async () => {
    put("notes.txt", precious);
    link("../victim", "mir-www");
    link("../victim", "_build");
    state({ products: ["mir-www", "_build", "notes.txt"], generated: { "hello.ml": hash } });
    const { code, stderr } = await mirage("clean");
    expect(code).toBe(0);
    for (const name of ["notes.txt", "hello.ml", "mir-www", "_build"]) {
      expect(stderr).toContain(`kept ${name}: `);
      expect(readdirSync(app)).toContain(name);
    }
    expect(existsSync(join(app, ".mirage"))).toBe(false);
    untouched();
  });

  test("configure removes nothing that its state names outside, also when forced", async () => {
    for (const force of [[], ["--force"]]) {
      state({ generated: { "../victim/.bashrc": hash, "../home/x": hash } });
      const { code, stderr } = await mirage("configure", "--no-install", ...force);
      expect(code).toBe(1);
      expect(stderr).toContain("../victim/.bashrc");
      untouched();
    }
  });

  test("a log, a state or mirage's own folder that is a link leads nowhere", async () => {
    link("../../victim/data", ".mirage/opam.log");
    const log = await mirage("configure");
    expect(log).toMatchObject({ code: 1, stderr: expect.stringContaining("opam.log is a symb") });
    untouched();

    execFileSync("rm", ["-r", join(app, ".mirage")]);
    link("../../victim/new", ".mirage/state.json");
    expect((await mirage("configure", "--no-install")).code).toBe(1);
    untouched();

    execFileSync("rm", ["-r", join(app, ".mirage")]);
    link("../victim", ".mirage");
    for (const command of ["configure", "build", "run", "clean", "lock"]) {
      const { code, stderr } = await mirage(command, "www.conf");
      expect(code, command).toBe(1);
      expect(stderr).toContain(".mirage is a symbolic link");
    }
    untouched();
  });

  test("a generated file that is a link is not written through", async () => {
    link("../victim/data", "main.ml");
    link("../victim/new", "Makefile");
    const refused = await mirage("configure", "--no-install");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/main\.ml: it is a symbolic link/);
    expect(refused.stderr).toMatch(/Makefile: it is a symbolic link/);
    untouched();
    expect((await mirage("configure", "--no-install", "--force")).code).toBe(0);
    untouched();
  });

  test("a build writes nowhere else", async () => {
    put("Makefile", "build:\n\t@echo built >_build/new\n");
    state({});
    link("../victim", "_build");
    expect(await mirage("build")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("_build is a symbolic link"),
    });
    untouched();
  });

  test("what never ends, never begins, or is enormous is a sentence at once", async () => {
    link("/dev/zero", "main.ml");
    expect(await mirage("configure", "--no-install")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("main.ml: it is a symbolic link"),
    });
    state({});
    expect(await mirage("build")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("main.ml is no file, or a link to none"),
    });
    execFileSync("rm", [join(app, ".mirage/state.json")]);
    execFileSync("rm", [join(app, "main.ml")]);
    execFileSync("mkfifo", [join(app, "main.ml")]);
    expect(await mirage("configure", "--no-install")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("main.ml: it is a device, a pipe or a socket"),
    });
    execFileSync("rm", [join(app, "main.ml")]);

    link("/dev/zero", ".mirage/state.json");
    expect((await mirage("clean")).code).toBe(1);
    execFileSync("rm", [join(app, ".mirage/state.json")]);
    execFileSync("mkfifo", [join(app, ".mirage/state.json")]);
    for (const command of ["clean", "build", "run"]) {
      expect(await mirage(command)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("a device, a pipe or a socket"),
      });
    }
    execFileSync("rm", [join(app, ".mirage/state.json")]);
    put(".mirage/state.json", "");
    truncateSync(join(app, ".mirage/state.json"), 2 * 1024 ** 3);
    for (const command of ["clean", "run"]) {
      expect((await mirage(command)).stderr).toContain("state.json is larger than 1 MiB");
    }
    execFileSync("rm", [join(app, ".mirage/state.json")]);

    link("/dev/zero", "zero.conf");
    execFileSync("mkfifo", [join(app, "fifo.conf")]);
    for (const name of ["zero.conf", "fifo.conf"]) {
      expect((await mirage("check", name)).code, name).toBe(1);
    }
    link("/dev/zero", "www.opam.locked");
    expect((await mirage("configure", "--no-install", "--locked", "www.conf")).stderr).toContain(
      "www.opam.locked is a symbolic link",
    );
  });

  test("no link in a folder of files embeds what lies elsewhere, unless allowed", async () => {
    put("www.conf", "main-noip: Hello.main\nfs-static: htdocs\n");
    link("../../victim/data", "htdocs/key.txt");
    for (const command of ["check", "configure"]) {
      const { code, stderr } = await mirage(command);
      expect(code).toBe(1);
      expect(stderr).toContain("www.conf:2:");
      expect(stderr).toContain("key.txt` is a link to `../../victim/data`");
      expect(stderr).toContain("fs-static-links: outside");
    }
    put("www.conf", "main-noip: Hello.main\nfs-static: htdocs\nfs-static-links: outside\n");
    expect((await mirage("check")).code).toBe(0);
  });

  test("no name of a file makes a rule", async () => {
    const name = "a\nall: evil\nevil:\n\ttouch stolen\n#.conf";
    writeFileSync(join(app, name), "main-noip: Hello.main\nname: www\n");
    const refused = await mirage("configure", "--no-install", name);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("cannot be the name of a .conf file");
    expect(existsSync(join(app, "Makefile"))).toBe(false);
    execFileSync("rm", [join(app, name)]);

    put("www.conf", "main-noip: Hello.main\nfs-static: htdocs\n");
    put("htdocs/x\nall: evil $(id)", "");
    expect((await mirage("configure", "--no-install")).code).toBe(0);
    for (const file of ["Makefile", "dune", "main.ml"]) {
      expect(readFileSync(join(app, file), "utf8")).not.toContain("evil");
    }
  });

  test("xl does nothing as root that was not trusted", async () => {
    const lines = [
      `xl-bootloader: "/tmp/x"`,
      `xl-vif: [ "script=/tmp/y" ]`,
      `xl-device_model_override: "/tmp/z"`,
      `xl-disk: [ "/dev/sda,raw,xvda,w" ]`,
    ];
    put("www.conf", ["main-noip: Hello.main", ...lines, ""].join("\n"));
    for (const args of [["check"], ["configure", "--xen", "--no-install"]]) {
      const { code, stderr } = await mirage(...args);
      expect(code).toBe(1);
      for (let line = 2; line <= 5; line++) expect(stderr).toContain(`www.conf:${line}:`);
      expect(stderr).toContain("--trust-xl");
    }
    const trusted = await mirage("configure", "--xen", "--no-install", "--trust-xl");
    expect(trusted).toMatchObject({ code: 0, stderr: expect.stringContaining("trusted by") });
    expect((await mirage("run", "--dry-run")).code).toBe(1);
    const shown = await mirage("run", "--dry-run", "--trust-xl");
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("/tmp/y` would be run");

    // The lines can also stand in the xl file alone, which nobody looks at.
    put("www.conf", "main-noip: Hello.main\n");
    const edited = await mirage("run", "--dry-run");
    expect(edited.code).toBe(1);
    expect(edited.stderr).toContain("www.xl:");
    put("www.xl", 'name = "www"\nkernel = "mir-www.xen"\nramdisk = "initrd"\n');
    link("../victim/data", "initrd");
    expect(await mirage("run", "--dry-run")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("initrd is a symbolic link"),
    });
  });

  test("a host is a host's name", async () => {
    put("www.conf", "main-noip: Hello.main\n");
    for (const host of ["root@$(id)", "a;id", "-oProxyCommand=id"]) {
      const { code, stderr } = await mirage("ps", `--host=${host}`);
      expect(code).toBe(2);
      expect(stderr).toContain("is not a host");
    }
  });
});

describe("the unikernel of a stranger", () => {
  let folder: string;
  beforeAll(async () => {
    const jobs: (() => void)[] = [];
    folder = temporaryFolder((job) => jobs.push(job));
    chmodSync(folder, 0o755);
    writeFileSync(
      join(folder, "probe.conf"),
      "main-app: Probe.Main (console, disk)\nblock-disk: disk.img\ndepends: unix\n",
    );
    writeFileSync(join(folder, "disk.img"), new Uint8Array(1024));
    writeFileSync(join(folder, "probe.ml"), probe);
    await mirageOk(["configure", "--unix"], folder);
    await mirageOk(["build"], folder);
    return () => {
      for (const job of jobs) job();
    };
  });

  const places = [
    { who: "this user", prefix: [] as readonly string[] },
    ...(isRoot ? [{ who: "a user without any right", prefix: asNobody }] : []),
  ];

  test.each(places)("finds nothing and may nothing, for $who", async ({ prefix }) => {
    process.env.SECRET_TOKEN = "hunter2";
    chownSync(join(folder, "disk.img"), prefix.length > 0 ? nobody : 0, 0);
    const running = startMirage(["run"], folder, prefix);
    delete process.env.SECRET_TOKEN;
    const { code, stdout, stderr } = await running.finished;
    expect(code, stdout + stderr).toBe(0);
    expect(stderr).toContain("the unikernel is in its sandbox");
    const said = Object.fromEntries(
      stdout
        .split("\n")
        .filter((line) => line.includes("="))
        .map((line) => line.split("=", 2) as [string, string]),
    );
    expect(said).toMatchObject({ secret: "none", disk: "written", passwd: "refused" });
    expect(said).toMatchObject({ socket: "refused", fork: "refused", root: "empty" });
    expect(said).toMatchObject({ CapEff: "0000000000000000", CapPrm: "0000000000000000" });
    expect(said).toMatchObject({ NoNewPrivs: "1", Seccomp: "2" });
    expect(readFileSync(join(folder, "disk.img"))[0]).toBe(42);
  });

  test("with --no-sandbox it is a program like others", async () => {
    const running = startMirage(["run", "--no-sandbox"], folder);
    const { stdout } = await running.finished;
    expect(stdout).toContain("passwd=read");
    expect(stdout).toContain("NoNewPrivs=0");
  });

  test.runIf(isRoot)("opam built it in its own sandbox, where that works", () => {
    const works = (() => {
      try {
        execFileSync("bwrap", ["--ro-bind", "/", "/", "--unshare-net", "true"]);
        return true;
      } catch {
        return false;
      }
    })();
    const root = execFileSync("find", [
      userEnv().HOME ?? "",
      ...["-maxdepth", "6", "-name", "config", "-path", "*/opam/config"],
    ]);
    const text = readFileSync(root.toString().split("\n")[0] ?? "", "utf8");
    expect(/^wrap-build-commands:/m.test(text)).toBe(works);
  });
});

/** Tries what an intruder would, and says what came of it. */
const probe = `
open Lwt.Infix

let status = open_in "/proc/self/status"

let attempt what f =
  let outcome =
    match f () with
    | outcome -> outcome
    | exception (Unix.Unix_error _ | Sys_error _) -> "refused"
  in
  print_endline (what ^ "=" ^ outcome)

let print_status () =
  try
    while true do
      let line = input_line status in
      match String.split_on_char ':' line with
      | [ (("CapEff" | "CapPrm" | "NoNewPrivs" | "Seccomp") as name); value ] ->
          print_endline (name ^ "=" ^ String.trim value)
      | _ -> ()
    done
  with End_of_file -> ()

module Main (C : V1_LWT.CONSOLE) (B : V1_LWT.BLOCK with type page_aligned_buffer = Cstruct.t) = struct
  let start _ disk =
    print_status ();
    attempt "secret" (fun () ->
        Option.value ~default:"none" (Sys.getenv_opt "SECRET_TOKEN"));
    attempt "passwd" (fun () -> close_in (open_in "/etc/passwd"); "read");
    attempt "root" (fun () ->
        if Sys.readdir "/" = [||] then "empty" else "not empty");
    attempt "socket" (fun () -> ignore (Unix.socket PF_INET SOCK_STREAM 0); "open");
    attempt "fork" (fun () -> if Unix.fork () = 0 then Unix._exit 0; "done");
    let sector = Cstruct.create 512 in
    Cstruct.memset sector 42;
    B.write disk 0L [ sector ] >|= function
    | \`Ok () -> print_endline "disk=written"
    | \`Error _ -> print_endline "disk=refused"
end
`;
