import { renderDiagnostic } from "@mirage/diagnostics";
import { describe, expect, test } from "vitest";
import type { Configuration } from "./configuration.js";
import { parseConf } from "./parse-conf.js";

function configurationOf(text: string, file = "apps/www.conf"): Configuration {
  const { configuration, diagnostics } = parseConf(text, file);
  if (!configuration) throw new Error(JSON.stringify(diagnostics, null, 1));
  return configuration;
}

/** `line:column message` of each problem. */
function problemsOf(text: string, file = "www.conf"): string[] {
  return parseConf(text, file).diagnostics.map(
    ({ span, message }) => `${span?.start.line}:${span?.start.column} ${message}`,
  );
}

function hintsOf(text: string): (string | undefined)[] {
  return parseConf(text, "www.conf").diagnostics.map(({ hint }) => hint);
}

const noip = "main-noip: Hello.main\n";

describe("files in the style of 2013", () => {
  test("a web site", () => {
    const conf = configurationOf(`# IP configuration
ip-address: 10.0.0.2
ip-netmask: 255.255.255.0
ip-gateway: 10.0.0.1

http-port: 8080
http-address: *

# Filesystem
fs-static: ../files

main-http: Dispatch.t

depends: cohttp.mirage, uri, re
packages: cohttp, mirage-fs, mirage-net
`);
    expect(conf).toMatchObject({
      file: "apps/www.conf",
      directory: "apps",
      name: { value: "www" },
      main: { kind: "http", modulePath: ["Dispatch"], value: "t" },
      address: { kind: "static", given: true, gateway: { value: "10.0.0.1" } },
      http: { port: { value: 8080 }, address: { value: "*" } },
      filesystems: [{ name: "static", path: { value: "../files" } }],
      depends: [{ value: "cohttp.mirage" }, { value: "uri" }, { value: "re" }],
      packages: [{ value: "cohttp" }, { value: "mirage-fs" }, { value: "mirage-net" }],
    });
    expect(conf.name.span).toBeUndefined();
  });

  test("no main-ip key but a comment: the defaults serve", () => {
    const { address } = configurationOf("#ip-use-dhcp: true\nmain-ip: Ping.main");
    expect(address).toEqual({
      kind: "static",
      given: false,
      address: { value: "10.0.0.2" },
      netmask: { value: "255.255.255.0" },
      gateway: { value: "10.0.0.1" },
    });
  });

  test("`ip-use-dhcp: false` means a static address, with main-noip too", () => {
    const conf = configurationOf(`ip-use-dhcp: false
main-noip: Iperf_self.main
depends: mirage-net
packages: mirage, mirage-net
xl-memory: 512
xl-on_crash: "preserve"
xl-vif: [ 'mac=00:16:3e:11:22:33, bridge=xenbr0', 'mac=00:16:3e:11:33:34, bridge=xenbr0' ]
`);
    expect(conf.address).toMatchObject({ kind: "static", given: true });
    expect(conf.xl.map(({ key, text, value }) => ({ key, text, value }))).toEqual([
      { key: "memory", text: "512", value: { kind: "number", value: 512 } },
      { key: "on_crash", text: '"preserve"', value: { kind: "string", value: "preserve" } },
      {
        key: "vif",
        text: "[ 'mac=00:16:3e:11:22:33, bridge=xenbr0', 'mac=00:16:3e:11:33:34, bridge=xenbr0' ]",
        value: {
          kind: "list",
          items: [
            { kind: "string", value: "mac=00:16:3e:11:22:33, bridge=xenbr0" },
            { kind: "string", value: "mac=00:16:3e:11:33:34, bridge=xenbr0" },
          ],
        },
      },
    ]);
  });

  test("the case of a key's first letter does not matter", () => {
    expect(configurationOf("Ip-use-dhcp: true\nMain-ip: Ping.main").address.kind).toBe("dhcp");
  });

  test("depends and packages accumulate, without duplicates and empty items", () => {
    const conf = configurationOf(
      `${noip}depends: a, b,\ndepends:\ndepends: b, c\npackages: lwt >= 5`,
    );
    expect(conf.depends.map(({ value }) => value)).toEqual(["a", "b", "c"]);
    expect(conf.packages.map(({ value }) => value)).toEqual(["lwt>=5"]);
  });

  test("a key that was the wrong way round in a file of that time", () => {
    expect(hintsOf("main-noip: A.b\nip-main: Ping.main")).toEqual(["did you mean `main-ip`?"]);
  });
});

describe("main-app and its devices", () => {
  test("names built-in and declared devices in the functor's order", () => {
    const conf = configurationOf(`name: shop
main-app: Unikernel.Main (console, static, data,disk, eth1, stack)
fs-static: ./htdocs
block-disk: disk.img
fat-data: disk2
block-disk2: /dev/sdb
net-eth1: tap1
`);
    expect(conf.name).toMatchObject({ value: "shop", span: { start: { line: 1, column: 7 } } });
    expect(conf.main).toMatchObject({ kind: "app", modulePath: ["Unikernel", "Main"] });
    const args = conf.main.kind === "app" ? conf.main.args : [];
    expect(args.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "console console",
      "static fs",
      "data fat",
      "disk block",
      "eth1 network",
      "stack stack",
    ]);
    expect(args[1]?.span.start).toMatchObject({ line: 2, column: 36 });
    expect(conf.fats).toMatchObject([{ name: "data", block: { value: "disk2" } }]);
    expect(conf.networks).toMatchObject([{ name: "eth1", tap: { value: "tap1" } }]);
  });

  test("a plain structure takes no devices", () => {
    expect(configurationOf("main-app: Unikernel").main).toMatchObject({ args: [] });
    expect(configurationOf("main-app: Unikernel.Main ()").main).toMatchObject({ args: [] });
  });

  test.each([
    ["main-app: U.M (consol)", "1:16 no device is called `consol`", "did you mean `console`?"],
    [
      "main-app: U.M (fs-data)\nfs-data: .",
      "1:16 no device is called `fs-data`",
      "devices are named without prefix: `data`",
    ],
    [
      "main-app: U (console)",
      "1:11 `U` is a file, which cannot be a functor",
      "name the functor in it, such as `U.Main`",
    ],
    ["main-app: M.f (x", "1:13 `M.f (x` is not a functor with its devices", undefined],
    [
      "main-app: U.M (net) (stack)",
      "1:21 `U.M (net) (stack)` is not a functor with its devices",
      undefined,
    ],
    [
      "main-app: U.M (http)",
      "1:16 the device `http` needs `http-port` and `http-address`",
      "add `http-port: 80` and `http-address: *`",
    ],
    [
      "main-app: U.M\nfs-console: x",
      "2:1 the device `console` is built in",
      "choose another name, such as `fs-my_console`",
    ],
    [
      "main-app: U.M\nfs-a: x\nblock-a: y",
      "3:1 `fs-a` on line 2 already has the name `a`",
      undefined,
    ],
    [
      "main-app: U.M\nfat-a: disc\nblock-disk: y",
      "2:8 no block device is called `disc`",
      "did you mean `disk`?",
    ],
    [
      "main-app: U.M\nfat-a: x\nfat-b: x\nblock-x: y",
      "3:8 `x` already holds `fat-a`; two file systems on one block device would destroy each other",
      undefined,
    ],
    [
      "main-app: U.M\nnet-a: tap0\nnet-b: tap0",
      "3:8 `net-a` already uses the interface `tap0`",
      undefined,
    ],
    [
      "main-app: U.M\nnet-a: averylonginterface",
      "2:8 `averylonginterface` is not the name of a network interface",
      undefined,
    ],
    [
      "main-app: U.M\nfs-my-files: x",
      "2:1 `my-files` cannot be a part of an OCaml module name",
      "use up to 64 letters, digits and underscores, such as `fs-my_files`",
    ],
    [
      "main-app: U.M\nfs-: x",
      "2:1 `` cannot be a part of an OCaml module name",
      "use up to 64 letters, digits and underscores, such as `fs-data`",
    ],
  ])("%j", (text, message, hint) => {
    expect(problemsOf(text)).toEqual([message]);
    if (hint !== undefined) expect(hintsOf(text)).toEqual([hint]);
  });

  test("a fs-* may have the name of a built-in device where nothing names devices, as in 2013", () => {
    expect(configurationOf(`${noip}fs-console: x`).filesystems).toHaveLength(1);
  });
});

describe("settings of a file system", () => {
  const fs = `${noip}fs-a: htdocs\n`;

  test("are kept", () => {
    const text = `${fs}fs-a-compress: br , gzip\nfs-a-cache-control: public, x="a, b"\nfs-a-last-modified: 2026-02-28\n`;
    expect(configurationOf(text).filesystems).toMatchObject([
      {
        name: "a",
        compress: { value: ["br", "gzip"] },
        cacheControl: { value: 'public, x="a, b"' },
        lastModified: { value: "2026-02-28" },
      },
    ]);
    expect(configurationOf(`${fs}fs-a-compress: none`).filesystems[0]?.compress?.value).toEqual([]);
  });

  test.each([
    ["fs-b-compress: gzip", "`fs-b-compress` is about `fs-b`, which does not exist"],
    ...["zip", "gzip gzip", "gzip,gzip", "gzip,", "none, br"].map((value) => [
      `fs-a-compress: ${value}`,
      `\`${value}\` is not a list of content codings`,
    ]),
    ...["a b", "max-age=", "a,,b", "a,", 'x="a', "a\u00e9", "a; b"].map((value) => [
      `fs-a-cache-control: ${value}`,
      `\`${value}\` is not a Cache-Control`,
    ]),
    ...[
      "today",
      "2026-02-29",
      "2026-13-01",
      "01.03.2026",
      "2026-03-01T24:00:01Z",
      "2026-03-01 12:00",
    ].map((value) => [`fs-a-last-modified: ${value}`, `\`${value}\` is not a date`]),
  ])("%j", (line = "", message = "") => {
    expect(problemsOf(fs + line).map((problem) => problem.replace(/^\S+ /, ""))).toEqual([message]);
  });
});

describe("main-*", () => {
  test.each([
    ["fs-a: x", "1:1 nothing says where the program starts"],
    ["main-ip: A.b\nmain-noip: C.d", "2:1 `main-noip` is a second main: line 1 has `main-ip`"],
    ["main-noip: hello", "1:12 `hello` is not a value of an OCaml module"],
    ["main-noip: Hello", "1:12 `Hello` is not a value of an OCaml module"],
    ["main-noip: Hello.let", "1:12 `Hello.let` is not a value of an OCaml module"],
    ["main-noip: Hello.main ()", "1:12 `Hello.main ()` is not a value of an OCaml module"],
    [
      "main-noip: Main.main",
      "1:12 the module `Main` is the file main.ml that mirage itself writes",
    ],
    ["main-ip: Net.main", "1:10 the module `Net` is the file net.ml that mirage itself writes"],
    ["main-http: A.b", "1:1 `main-http` needs `http-port` and `http-address`"],
    ["main-http: A.b\nhttp-port: 80", "1:1 `main-http` needs `http-address`"],
    ["main-noip:", "1:1 `main-noip` has no value"],
  ])("%j", (text, message) => {
    expect(problemsOf(text)).toEqual([message]);
  });

  test("a nested module", () => {
    expect(configurationOf("main-noip: A.B'2._f'").main).toMatchObject({
      modulePath: ["A", "B'2"],
      value: "_f'",
    });
  });
});

describe("addresses", () => {
  const text = "is not an IPv4";
  test.each([
    ["ip-address: 10.0.0", `1:13 \`10.0.0\` ${text} address`],
    ["ip-address: 10.0.0.256", `1:13 \`10.0.0.256\` ${text} address`],
    ["ip-address: 10.0.0.02", `1:13 \`10.0.0.02\` ${text} address`],
    ["ip-address: 10.0.0.2 # mine", `1:13 \`10.0.0.2 # mine\` ${text} address`],
    ["ip-netmask: 24", `1:13 \`24\` ${text} netmask`],
    ["ip-netmask: 255.0.255.0", "1:13 255.0.255.0 is not the mask of a network"],
    ["ip-netmask: 0.0.0.0", "1:13 0.0.0.0 is not the mask of a network"],
    [
      "ip-netmask: 255.255.255.255",
      "1:13 the gateway 10.0.0.1 is outside the network 10.0.0.2/32 of 10.0.0.2",
    ],
    [
      "ip-netmask: 255.255.255.255\nip-gateway: 10.0.0.2",
      "2:13 10.0.0.2 is both `ip-address` and `ip-gateway`",
    ],
    ["ip-address: 10.0.0.0", "1:13 `ip-address` 10.0.0.0 is the address of the network itself"],
    [
      "ip-address: 10.0.0.255",
      "1:13 `ip-address` 10.0.0.255 is the broadcast address of its network",
    ],
    ["ip-address: 127.0.0.1", "1:13 `ip-address` 127.0.0.1 is a loopback address"],
    ["ip-address: 224.0.0.1", "1:13 `ip-address` 224.0.0.1 is a multicast address"],
    ["ip-gateway: 240.0.0.1", "1:13 `ip-gateway` 240.0.0.1 is a reserved address"],
    ["ip-gateway: 10.0.0.2", "1:13 10.0.0.2 is both `ip-address` and `ip-gateway`"],
    [
      "ip-address: 192.168.1.2",
      "1:13 the gateway 10.0.0.1 is outside the network 192.168.1.0/24 of 192.168.1.2",
    ],
    [
      "ip-gateway: 10.0.1.1",
      "1:13 the gateway 10.0.1.1 is outside the network 10.0.0.0/24 of 10.0.0.2",
    ],
    ["ip-use-dhcp: yes", "1:14 `ip-use-dhcp` is true or false, not `yes`"],
    ["ip-use-dhcp: true\nip-gateway: 10.0.0.1", "2:1 `ip-use-dhcp: true` contradicts `ip-gateway`"],
  ])("%j", (conf, message) => {
    expect(problemsOf(`${conf}\nmain-ip: A.b`)).toEqual([message]);
  });

  test.each([
    ["ip-address: 10.0.0.2/24", "write `ip-address: 10.0.0.2` and `ip-netmask: 255.255.255.0`"],
    ["ip-netmask: /16", "write `ip-netmask: 255.255.0.0`"],
    ["ip-netmask: 30", "write `ip-netmask: 255.255.255.252`"],
    ["ip-address: here", "write four numbers from 0 to 255, such as 10.0.0.2"],
    ["ip-address: 10.0.0.2 # mine", "a comment needs a line of its own"],
    ["ip-address: 192.168.1.2", "the gateway is the default one: add `ip-gateway`"],
  ])("%s has the hint %s", (conf, hint) => {
    expect(hintsOf(`${conf}\nmain-ip: A.b`)).toEqual([hint]);
  });

  test("the only address of a /32 has its gateway elsewhere", () => {
    const text =
      "ip-address: 192.0.2.7\nip-netmask: 255.255.255.255\nip-gateway: 192.0.2.1\nmain-ip: A.b";
    expect(problemsOf(text)).toEqual([]);
  });

  test("both addresses of a /31 are hosts", () => {
    const text =
      "ip-address: 10.0.0.0\nip-gateway: 10.0.0.1\nip-netmask: 255.255.255.254\nmain-ip: A.b";
    expect(problemsOf(text)).toEqual([]);
  });
});

test("compat knows a year and releases", () => {
  expect(configurationOf("main-noip: A.b\ncompat: 1.1.3").compat).toMatchObject({ value: "1.1.3" });
  expect(configurationOf("main-noip: A.b\ncompat: 2013").compat).toMatchObject({ value: "2013" });
  expect(problemsOf("main-noip: A.b\ncompat: 2012")).toEqual([
    "2:9 there are no modules for programs of `2012`",
  ]);
});

describe("log-level", () => {
  test("is info without the key", () => {
    expect(configurationOf("main-noip: A.b").logLevel).toEqual({ value: "info" });
    expect(configurationOf("main-noip: A.b\nlog-level: debug").logLevel).toMatchObject({
      value: "debug",
      span: { start: { line: 2 } },
    });
  });

  test.each([
    ["warnings", "did you mean `warning`?"],
    ["7", "write one of quiet, app, error, warning, info, debug"],
  ])("%s is none", (level, hint) => {
    const conf = `main-noip: A.b\nlog-level: ${level}`;
    expect(problemsOf(conf)).toEqual([`2:12 \`${level}\` is not a level of the log`]);
    expect(hintsOf(conf)).toEqual([hint]);
  });
});

describe("memory-budget", () => {
  test("is a size in octets", () => {
    expect(configurationOf("main-noip: A.b").memoryBudget).toBeUndefined();
    expect(configurationOf("main-noip: A.b\nmemory-budget: 48MiB").memoryBudget).toMatchObject({
      value: 48 * 2 ** 20,
    });
  });

  test.each(["lots", "1MB", "0.5GiB", "64KiB", "1GiB", "-1MiB"])("%s is none", (size) => {
    expect(problemsOf(`main-noip: A.b\nmemory-budget: ${size}`)).toEqual([
      `2:16 \`${size}\` is not a size from 1MiB to 1023MiB`,
    ]);
  });
});

describe("other keys", () => {
  test.each([
    ["ip-adress: 10.0.0.2", "1:1 unknown key `ip-adress`", "did you mean `ip-address`?"],
    ["fs_static: x", "1:1 unknown key `fs_static`", "did you mean `fs-static`?"],
    ["blok-disk: x", "1:1 unknown key `blok-disk`", "did you mean `block-disk`?"],
    ["fs: x", "1:1 unknown key `fs`", "did you mean `fs-NAME`?"],
    ["depend: x", "1:1 unknown key `depend`", "did you mean `depends`?"],
    [": x", "1:1 a key is missing before `:`", undefined],
    [
      "flavour: x",
      "1:1 unknown key `flavour`",
      "the keys are name, main-*, ip-*, http-*, depends, packages, fs-*, block-*, fat-*, net-*, argument-*, xl-*",
    ],
    ["hello", "1:1 `hello` is not a `key: value` line", undefined],
    ["name: x\n\nname: y", "3:1 `name` is already on line 1", "keep one of them"],
    ["fs-a: x\nFs-a: y", "2:1 `fs-a` is already on line 1", "keep one of them"],
    ["xl-vif: []\nxl-vif: []", "2:1 `xl-vif` is already on line 1", undefined],
    ["name: my site", "1:7 `my site` cannot be the name of a program", undefined],
    [
      "depends: lwt cstruct",
      "1:10 `lwt cstruct` is not the name of an ocamlfind library",
      "put commas between them",
    ],
    ["packages: lwt, 5", "1:16 `5` is not an opam package", undefined],
    ["packages: lwt>=", "1:11 `lwt>=` is not an opam package", undefined],
    ["name: a\tb\u0007c", "1:10 the value of `name` contains a control character", undefined],
    ["fs-a: caf\ufffd", "1:10 the value of `fs-a` is not UTF-8 text", undefined],
    ["compiler: 4.00.1", "1:1 `compiler` has no effect, and never had", undefined],
    [
      "ip-address: 10.0.0.9",
      "1:1 `ip-address` has no effect: `main-noip` has no network",
      undefined,
    ],
    ["http-port: 80", "1:1 `http-port` has no effect: nothing here serves HTTP for it", undefined],
    ["http-port: 0", "1:12 `0` is not a TCP port", undefined],
    ["http-port: 65536", "1:12 `65536` is not a TCP port", undefined],
    ["http-address: localhost", "1:15 `localhost` is not an address to listen on", undefined],
  ])("%j", (text, message, hint) => {
    const found = problemsOf(`${text}\n${noip}`).filter(
      (line) => !/^1:1 `http-.* has no effect/.test(line) || line === message,
    );
    expect(found).toEqual([message]);
    if (hint !== undefined) expect(hintsOf(`${text}\n${noip}`)).toContain(hint);
  });

  test("warnings do not refuse the file", () => {
    const { configuration, diagnostics } = parseConf(`${noip}compiler: 4.00.1`, "a.conf");
    expect(configuration?.compiler?.value).toBe("4.00.1");
    expect(diagnostics.map(({ severity }) => severity)).toEqual(["warning"]);
  });

  test("a file name that cannot be the name of a program", () => {
    expect(problemsOf(noip, "my app.conf")).toEqual([
      "1:1 the file's name gives the program the name `my app`, which is not possible",
    ]);
    expect(problemsOf(`name: app\n${noip}`, "my app.conf")).toEqual([]);
  });
});

describe("xl-*", () => {
  test.each([
    [
      "xl-on_crash: preserve",
      "1:14 `preserve` is neither a number nor in quotes",
      'put quotes around it: `"preserve"`',
    ],
    [
      "xl-vif: [ 'a'",
      "1:9 the list of `vif` has no closing `]`",
      "write a `]` behind its last value",
    ],
    [
      "xl-vif: [ 'a' 'b' ]",
      "1:15 a comma is missing before `'b'`",
      "the values of a list are separated by commas",
    ],
    ["xl-memory: 512MB", "1:12 `512MB` is neither a number nor in quotes", undefined],
    ["xl-extra: 'a\\x41b'", "1:13 xl does not know the escape `\\x`", undefined],
    [
      "xl-memory: 64; kernel = '/x'",
      "1:14 `; kernel = '/x'` does not belong behind the value of `memory`",
      "write one value, and nothing behind it",
    ],
    [
      "xl-memory: 64 # MiB",
      "1:15 `# MiB` does not belong behind the value of `memory`",
      "a comment needs a line of its own",
    ],
    [
      "xl-on-crash: 'x'",
      "1:1 `on-crash` is not a key of an xl file",
      "did you mean `xl-on_crash`?",
    ],
    [
      'xl-type: "pv"',
      "1:10 a domain of type `pv` cannot boot the kernel, which is a PVH guest",
      'remove the line, or write `"pvh"`',
    ],
    [`xl-a: ${"[".repeat(65)}${"]".repeat(65)}`, "1:72 lists are nested too deeply", undefined],
  ])("%j", (text, message, hint) => {
    expect(problemsOf(`${text}\n${noip}`)).toEqual([message]);
    if (hint !== undefined) expect(hintsOf(`${text}\n${noip}`)).toEqual([hint]);
  });
});

test("all problems are reported at once, each with its place and a hint", () => {
  const text = `ip-adress: 10.0.0.2
main-http: Dispatch.t
http-port: 80800
http-address: *
xl-on_crash: preserve
`;
  const shown = parseConf(text, "www.conf").diagnostics.map((diagnostic) =>
    renderDiagnostic(diagnostic, { source: () => text }),
  );
  expect(shown.join("\n\n")).toMatchInlineSnapshot(`
    "www.conf:1:1: error: unknown key \`ip-adress\`
    > 1 | ip-adress: 10.0.0.2
        | ^^^^^^^^^
      2 | main-http: Dispatch.t
    hint: did you mean \`ip-address\`?

    www.conf:3:12: error: \`80800\` is not a TCP port
      2 | main-http: Dispatch.t
    > 3 | http-port: 80800
        |            ^^^^^
      4 | http-address: *
    hint: write a number from 1 to 65535, such as 80

    www.conf:5:14: error: \`preserve\` is neither a number nor in quotes
      4 | http-address: *
    > 5 | xl-on_crash: preserve
        |              ^^^^^^^^
    hint: put quotes around it: \`"preserve"\`"
  `);
});

test.each([
  "main-app: Unikernel.Main (console) # the entry",
  "main-noip: Hello.main # the entry",
  "name: hello # as in 2013\nmain-noip: Hello.main",
  "main-ip: Ping.main\nip-address: 10.0.0.2 # fixed",
  "main-noip: Hello.main\ndepends: lwt # threads, str",
  "main-http: Www.main\nhttp-address: *\nhttp-port: 80 # plain",
])("a comment behind a value is said to be a part of it: %j", (text) => {
  const [problem] = parseConf(text, "hello.conf").diagnostics;
  expect(problem).toMatchObject({
    severity: "error",
    hint: expect.stringContaining("a comment needs a line of its own"),
  });
});

test.each([
  ["stackv4v6", "stack"],
  ["default_console", "console"],
  ["pclock", "clock"],
])("the device %s of later versions is called %s", (later, name) => {
  const { diagnostics } = parseConf(`main-app: Unikernel.Main (${later})`, "a.conf");
  expect(diagnostics).toMatchObject([{ hint: `here it is called \`${name}\`` }]);
});
