import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { MirageError } from "./mirage-error.js";
import { fromSystemError } from "./system-error.js";

test("a missing file becomes a sentence with its path", () => {
  let thrown: unknown;
  try {
    readFileSync("/nonexistent/file");
  } catch (error) {
    thrown = fromSystemError(error);
  }
  expect(thrown).toBeInstanceOf(MirageError);
  expect(thrown).toMatchObject({
    code: "ERR_MIRAGE_SYSTEM_ENOENT",
    message: "/nonexistent/file: no such file or directory",
  });
});

test("what was open already is named by the caller", () => {
  const folder = tmpdir();
  expect(() => {
    try {
      readFileSync(folder);
    } catch (error) {
      throw fromSystemError(error, folder);
    }
  }).toThrow(`${folder}: illegal operation on a directory`);
});

test("other errors are left alone", () => {
  const bug = new TypeError("x");
  expect(fromSystemError(bug)).toBe(bug);
  expect(fromSystemError("text")).toBe("text");
});
