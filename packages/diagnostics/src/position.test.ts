import { expect, test } from "vitest";
import { lineIndex } from "./position.js";

test("offsets become lines and columns, counted from 1", () => {
  const index = lineIndex("ab\n\ncd");
  expect(index.positionAt(0)).toEqual({ offset: 0, line: 1, column: 1 });
  expect(index.positionAt(2)).toEqual({ offset: 2, line: 1, column: 3 });
  expect(index.positionAt(3)).toEqual({ offset: 3, line: 2, column: 1 });
  expect(index.positionAt(5)).toEqual({ offset: 5, line: 3, column: 2 });
});

test("an offset outside the text is moved to its edge", () => {
  const index = lineIndex("ab");
  expect(index.positionAt(99)).toEqual({ offset: 2, line: 1, column: 3 });
  expect(index.positionAt(-1)).toEqual({ offset: 0, line: 1, column: 1 });
});
