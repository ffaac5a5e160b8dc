import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConf } from "./parse-conf.js";
import { shownProblems } from "./problems.js";

const conf = "name: www\nip-use-dhcp: true\nmain-ip: Ping.main\n";

describe("unusual text files", () => {
  test.each([
    ["CRLF", conf.replaceAll("\n", "\r\n")],
    ["a byte order mark", `\ufeff${conf}`],
    ["no final newline", conf.trimEnd()],
    [
      "tabs and spaces",
      conf.replace(/^/gm, " \t ").replaceAll(":", "\t: \t").replaceAll("\n", " \t\n"),
    ],
    ["blank lines", conf.replaceAll("\n", "\n \n\t\n")],
    ["comments", `#\n  # ip-use-dhcp: false\n${conf}# Gr\ufffd\u0007\xdf\r\n#`],
  ])("%s", (_, text) => {
    const { configuration, diagnostics } = parseConf(text, "x.conf");
    expect(diagnostics).toEqual([]);
    expect(configuration).toMatchObject({
      name: { value: "www" },
      address: { kind: "dhcp" },
      main: { kind: "ip", modulePath: ["Ping"], value: "main" },
    });
  });

  test("NUL bytes are one problem, however many there are", () => {
    const { diagnostics } = parseConf(`${conf}\0\0\0`, "x.conf");
    expect(diagnostics).toMatchObject([
      { code: "ERR_MIRAGE_CONF_BINARY", span: { start: { line: 4, column: 1 } } },
    ]);
  });

  test("lines that end with CR alone", () => {
    const { diagnostics } = parseConf(conf.replaceAll("\n", "\r"), "x.conf");
    expect(diagnostics.map(({ code }) => code)).toContain("ERR_MIRAGE_CONF_CHARACTER");
  });
});

describe("rubbish", () => {
  const size = 10_000_000;
  const lines = (line: string) => line.repeat(size / line.length);

  test.each([
    ["one line", "x".repeat(size), 2],
    ["a key as long as the file", `${"_".repeat(size)}: x`, 2],
    ["a value as long as the file", `main-app: ${"[".repeat(size)}`, 1],
    ["NUL bytes", "\0".repeat(size), 1],
    ["colons", ":".repeat(size), 2],
    ["newlines", "\n".repeat(size), 1],
    ["a million bad lines", lines("rubbish!!\n"), shownProblems + 1],
    ["a million duplicates", lines("main-ip: A.b\n"), shownProblems + 1],
  ])(
    "10 MB: %s",
    (_, text, problems) => {
      const { configuration, diagnostics } = parseConf(text, "x.conf");
      expect(configuration).toBeUndefined();
      expect(diagnostics).toHaveLength(problems);
      for (const { message, hint } of diagnostics) {
        expect(message.length).toBeLessThan(200);
        expect(hint).toBeTruthy();
      }
    },
    60_000,
  );

  test("what is not shown is counted", () => {
    const { diagnostics } = parseConf(`main-ip: A.b\n${"rubbish\n".repeat(1000)}`, "x.conf");
    expect(diagnostics.at(-1)).toMatchObject({
      code: "ERR_MIRAGE_CONF_MORE_PROBLEMS",
      message: "975 more problems in x.conf",
      severity: "error",
    });
  });

  test("any text gets an answer", () => {
    const key = fc.constantFrom(
      "name",
      "main-ip",
      "main-app",
      "fs-a",
      "fat-a",
      "xl-a",
      "ip-address",
      "packages",
      "depends",
      "http-port",
    );
    const line = fc.oneof(
      fc.string(),
      fc.tuple(key, fc.string()).map(([k, v]) => `${k}: ${v}`),
    );
    const text = fc.array(line, { maxLength: 8 }).map((all) => all.join("\n"));
    fc.assert(
      fc.property(text, (sample) => {
        const { configuration, diagnostics } = parseConf(sample, "x.conf");
        const failed = diagnostics.some(({ severity }) => severity === "error");
        expect(configuration === undefined).toBe(failed);
        for (const { span } of diagnostics) {
          if (!span) continue;
          expect(span.start.offset).toBeLessThanOrEqual(span.end.offset);
          expect(span.end.offset).toBeLessThanOrEqual(sample.length);
        }
      }),
    );
  });
});
