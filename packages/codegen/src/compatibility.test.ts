import { expect, test } from "vitest";
import { hasOldCallback, hasOwnNet, isOf2013, usesLwtSyntax } from "./compat-2013.js";
import {
  compatibilityWarnings,
  currentLibraries,
  currentPackages,
  packagesOfLibraries,
} from "./compatibility.js";
import { parse } from "./testing/golden.js";

const configuration = parse(`main-noip: Hello.main
depends: mirage, cohttp.mirage, mirage-net, uri, lwt.syntax, mirage-types.lwt
packages: mirage-net>=0.4.0, lwt>=5, mirage, cohttp.4.0.0, mirage-fs
`);

test("libraries of 2013 are those that have their modules now", () => {
  expect(currentLibraries(configuration)).toEqual([
    "mirage-runtime-http",
    "mirage-runtime-net",
    "uri",
    "mirage-types-v1.lwt",
  ]);
});

test("so are packages, and those of today keep their constraint", () => {
  expect(currentPackages(configuration)).toEqual([
    "mirage-runtime-net",
    "lwt>=5",
    "cohttp.4.0.0",
    "mirage-runtime-crunch",
  ]);
});

test("Lwt's syntax extension is translated, others are left out with a warning at their place", () => {
  expect(compatibilityWarnings(configuration)).toEqual([]);
  const others = parse("main-noip: A.b\ndepends: lwt.syntax, cstruct.syntax\n");
  expect(usesLwtSyntax(others)).toBe(true);
  expect(compatibilityWarnings(others)).toMatchObject([
    {
      severity: "warning",
      message: expect.stringContaining("cstruct.syntax"),
      span: { start: { line: 2 } },
    },
  ]);
});

test("beside ppx rewriters there is no place for it", () => {
  const both = parse("main-noip: A.b\ndepends: lwt.syntax\npreprocess: lwt_ppx\n");
  expect(usesLwtSyntax(both)).toBe(false);
  expect(compatibilityWarnings(both)).toMatchObject([
    { message: expect.stringContaining("lwt.syntax") },
  ]);
});

test("parts of libraries, and the devices that every program has, are mapped as well", () => {
  const program = parse(`main-noip: Hello.main
depends: tcpip.ethif, tcpip.ipv4, xenblock, xenblock.front, mirage-block-unix, mirage-console.unix
depends: io-page.unix, fat-filesystem.lwt, cohttp.lwt, mirage-clock-xen, xenstore.client
packages: tcpip, mirage-block-xen, mirage-clock-unix>=1.0.0, fat-filesystem
`);
  expect(currentLibraries(program)).toEqual([
    "mirage-runtime-net",
    "mirage-runtime-net",
    "mirage-runtime-fat",
    "cohttp-lwt",
  ]);
  expect(currentPackages(program)).toEqual(["mirage-runtime-net", "mirage-runtime-fat"]);
  expect(packagesOfLibraries(program)).toContain("mirage-runtime-fat");
});

test("only parts that there were are mapped", () => {
  const of = (libraries: string) =>
    currentLibraries(parse(`main-noip: A.b\ndepends: ${libraries}\n`));
  expect(of("tcpip.dhcpv4, tcpip.stack-socket, tcpip.udpv4-unix")).toEqual([
    "mirage-runtime-net",
    "mirage-runtime-net",
    "mirage-runtime-net",
  ]);
  expect(of("tcpip.ethiff, tcpip.http")).toEqual(["tcpip.ethiff", "tcpip.http"]);
});

test("a program of 2013 is one that says so, or depends on mirage", () => {
  const of = (line: string) => isOf2013(parse(`main-noip: Hello.main\n${line}\n`));
  const lines = [
    "depends: mirage",
    "compat: 2013",
    "depends: mirage-net",
    "depends: mirage-types",
    "",
  ];
  expect(lines.map(of)).toEqual([true, true, true, false, false]);
});

test("its network and its server are those of 2013 where its libraries are", () => {
  const of = (lines: string) => parse(`${lines}\n`);
  expect(hasOwnNet(of("main-noip: A.b\ndepends: mirage-net"))).toBe(true);
  expect(hasOwnNet(of("main-noip: A.b\ndepends: mirage"))).toBe(false);
  expect(hasOwnNet(of("main-ip: A.b\nip-use-dhcp: true\ndepends: mirage-net"))).toBe(false);
  const http = "main-http: A.b\nhttp-port: 80\nhttp-address: *\ndepends: cohttp.mirage";
  expect(hasOldCallback(of(http))).toBe(false);
  expect(hasOldCallback(of(`${http}, mirage`))).toBe(true);
});

test("libraries that have no successor are answered", () => {
  const program = parse("main-noip: Hello.main\ndepends: dns, dns.lwt, nettle\n");
  expect(compatibilityWarnings(program).map(({ code, hint }) => `${code} ${hint}`)).toEqual([
    expect.stringContaining("dns-client"),
    expect.stringContaining("dns-client"),
    "ERR_MIRAGE_LIBRARY_GONE use `mirage-crypto`",
  ]);
});

test("a rewriter in `depends` is told where it rewrites", () => {
  const lines = (...more: string[]) =>
    ["main-noip: Hello.main", "depends: lwt_ppx, ppx_sexp_conv.runtime-lib", ...more, ""].join(
      "\n",
    );
  expect(compatibilityWarnings(parse(lines()))).toMatchObject([
    { hint: "write `preprocess: lwt_ppx`, and remove it here", span: { start: { line: 2 } } },
  ]);
  expect(compatibilityWarnings(parse(lines("preprocess: lwt_ppx")))).toEqual([]);
});
