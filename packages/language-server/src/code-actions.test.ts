import { parseConf } from "@mirage/conf";
import { expect, test } from "vitest";
import { codeActions } from "./code-actions.js";
import { toDiagnostic } from "./diagnostics.js";
import { edited, marked } from "./testing/marked.js";

function corrected(text: string): string[] {
  const { document } = marked(text);
  const problems = parseConf(document.getText(), "shop.conf").diagnostics.map(toDiagnostic);
  return codeActions(document, problems).map(({ edit }) => edited(document, edit?.changes));
}

test.each([
  ["main-noip: Hello.main\nlog-leve: info\n", "main-noip: Hello.main\nlog-level: info\n"],
  ["main-app: Unikernel.Main (consol)\n", "main-app: Unikernel.Main (console)\n"],
  ["main-app: Unikernel.Main (fs-a)\nfs-a: a\n", "main-app: Unikernel.Main (a)\nfs-a: a\n"],
  ["main-app: Unikernel.Main (stackv4)\n", "main-app: Unikernel.Main (stack)\n"],
])("%j", (text, expected) => {
  expect(corrected(text)).toEqual([expected]);
});

test("a hint that leaves something to its reader is no edit", () => {
  expect(corrected("main-noip: Hello.main\nblock: disk.img\n")).toEqual([]);
});

test("where the compiler knows the line, it is the whole line", () => {
  const { document } = marked("main-app: Unikernel.Main\nname: shop\n");
  const position = { line: 0, character: 10 };
  const [action] = codeActions(document, [
    {
      range: { start: position, end: position },
      message: "…\nwrite `main-app: Unikernel.Main (console)`",
    },
  ]);
  expect(edited(document, action?.edit?.changes)).toBe(
    "main-app: Unikernel.Main (console)\nname: shop\n",
  );
});
