import { expect, test } from "vitest";
import { compatibilityWarnings, currentLibraries, currentPackages } from "./compatibility.js";
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

test("syntax extensions are left out with a warning at their place", () => {
  expect(compatibilityWarnings(configuration)).toMatchObject([
    {
      severity: "warning",
      message: expect.stringContaining("lwt.syntax"),
      span: { start: { line: 2 } },
    },
  ]);
});
