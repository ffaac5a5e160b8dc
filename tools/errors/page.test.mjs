import ts from "typescript";
import { expect, test } from "vitest";
import { codesIn, errorPage, problemsIn } from "./page.mjs";

const source = `
const code = "ERR_MIRAGE_SHARED";
export function f(name: string) {
  throw new MirageError("ERR_MIRAGE_ONE", \`\${name} is not there\`, { hint: "look for it" });
}
problems.error(at, () => ({ code, message: "two of a kind", hint: \`keep \${1}\` }));
const more = { code: "ERR_MIRAGE_TWO", severity: "error" } as const;
if (error.code === "ERR_MIRAGE_TWO") use("ERR_MIRAGE_");
`;

test("codes, messages and hints are read from calls, objects and constants", () => {
  const problems = problemsIn(ts, source, "f.ts");
  expect(problems.filter(({ message }) => message)).toEqual([
    { code: "ERR_MIRAGE_ONE", message: "… is not there", hint: "look for it" },
    { code: "ERR_MIRAGE_SHARED", message: "two of a kind", hint: "keep …" },
  ]);
  expect(new Set(problems.map(({ code }) => code))).toEqual(
    new Set(["ERR_MIRAGE_ONE", "ERR_MIRAGE_SHARED", "ERR_MIRAGE_TWO"]),
  );
  const page = errorPage([{ room: "@mirage/a", problems }]);
  expect(codesIn(page)).toEqual(["ERR_MIRAGE_ONE", "ERR_MIRAGE_SHARED", "ERR_MIRAGE_TWO"]);
  expect(page).toContain("### ERR_MIRAGE_ONE\n\n- … is not there. _look for it_\n");
});
