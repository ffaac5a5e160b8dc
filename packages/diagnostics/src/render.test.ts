import { expect, test } from "vitest";
import { MirageError } from "./mirage-error.js";
import { lineIndex } from "./position.js";
import { renderDiagnostic, renderError, toJson } from "./render.js";

const source = "name: www\nip-adress: 10.0.0.2\nmain-ip: M.f\n";
const span = lineIndex(source).span("www.conf", 10, 19);
const unknownKey = {
  code: "ERR_MIRAGE_CONF_UNKNOWN_KEY",
  message: "unknown key `ip-adress`",
  hint: "did you mean `ip-address`?",
  severity: "error",
  span,
} as const;

test("a diagnostic shows place, frame and hint", () => {
  expect(renderDiagnostic(unknownKey, { source: () => source })).toBe(
    [
      "www.conf:2:1: error: unknown key `ip-adress`",
      "  1 | name: www",
      "> 2 | ip-adress: 10.0.0.2",
      "    | ^^^^^^^^^",
      "  3 | main-ip: M.f",
      "hint: did you mean `ip-address`?",
    ].join("\n"),
  );
});

test("control characters and endless lines are shown safely", () => {
  const nasty = `${"x".repeat(10_000)}\0\x1b[31m\r\n`;
  const at = lineIndex(nasty).span("f", 10_000, 10_001);
  const rendered = renderDiagnostic({ ...unknownKey, span: at }, { source: () => nasty });
  expect(rendered).toContain("\u2400\u241b[31m");
  for (const line of rendered.split("\n")) expect(line.length).toBeLessThan(140);
});

test("several problems are followed by their summary", () => {
  const error = new MirageError("ERR_MIRAGE_CONF", "2 problems in www.conf", {
    details: [unknownKey, { ...unknownKey, severity: "warning" }],
  });
  const rendered = renderError(error);
  expect(rendered).toContain("www.conf:2:1: error:");
  expect(rendered).toContain("www.conf:2:1: warning:");
  expect(rendered).toMatch(/2 problems in www.conf$/);
});

test("stack and causes appear only when asked for", () => {
  const error = new MirageError("ERR_MIRAGE_X", "it failed", { cause: new Error("deep reason") });
  expect(renderError(error)).toBe("error: it failed");
  expect(renderError(error, { verbose: true })).toContain("deep reason");
});

test("anything that is not a MirageError is called a bug", () => {
  expect(renderError(new TypeError("x is undefined"))).toContain("this is a bug in mirage");
});

test("JSON keeps the span", () => {
  expect(toJson(unknownKey)).toMatchObject({
    code: unknownKey.code,
    file: "www.conf",
    start: { line: 2 },
  });
});
