import { expect, test } from "vitest";
import { parseConf } from "./parse-conf.js";

const read = (path: string, more = "main-http: M.f\nhttp-port: 80\nhttp-address: *\n") =>
  parseConf(`${more}health-path: ${path}\n`, "test.conf");

test("a page tells whether the program does its work", () => {
  expect(read("/health").configuration?.http?.healthPath?.value).toBe("/health");
  expect(read("/").configuration?.http?.healthPath?.value).toBe("/");
});

test("what is no path is refused at its place, and one that nobody serves is warned of", () => {
  for (const path of ["health", "/a?b", "/a b", "/%2e"]) {
    const { configuration, diagnostics } = read(path);
    expect(configuration).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: "ERR_MIRAGE_CONF_HEALTH_PATH" }]);
  }
  expect(read("/health", "main-noip: M.f\n").diagnostics).toMatchObject([
    { code: "ERR_MIRAGE_CONF_UNUSED", severity: "warning" },
  ]);
});
