import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { inPlaceProgress } from "./in-place.js";

const esc = "\x1b";

/** Control sequences, line ends, and the text between them. */
const pieces = new RegExp(`${esc}\\[\\?*[\\d;]*[A-Za-z]|\\n|[^${esc}\\n]+`, "g");

/** A terminal of which only the last state counts: what is erased is gone. */
class Screen extends Writable {
  readonly columns: number;
  #lines = [""];

  constructor(columns = 80) {
    super({ decodeStrings: false });
    this.columns = columns;
  }

  override _write(chunk: string, _: unknown, done: () => void): void {
    for (const piece of String(chunk).match(pieces) ?? []) {
      const last = this.#lines.length - 1;
      if (piece === "\x1b[2K") this.#lines[last] = "";
      else if (piece === "\x1b[1A") this.#lines.pop();
      else if (piece === "\n") this.#lines.push("");
      else if (!piece.startsWith("\x1b")) this.#lines[last] += piece;
    }
    done();
  }

  get text(): string {
    return stripVTControlCharacters(this.#lines.join("\n"));
  }
}

function display(screen: Screen) {
  const clock = { ms: 0 };
  const progress = inPlaceProgress(screen, { color: false, now: () => clock.ms });
  const pass = (seconds: number) => {
    clock.ms += seconds * 1000;
  };
  return { progress, pass };
}

const count = { number: 2, total: 43 };

test("a line for each task; the last is redrawn with its news, count and time", () => {
  const screen = new Screen();
  const { progress, pass } = display(screen);
  progress.task("set up a private opam root");
  pass(3);
  progress.task("install with opam");
  pass(64);
  progress.news({ text: "building lwt", count });
  expect(screen.text).toBe(
    "✓ set up a private opam root  3 s\n⠋ install with opam  building lwt (2 of 43)  1 min 4 s",
  );
  pass(1);
  progress.news({ text: "still building lwt, 30 s so far", count, reminder: true });
  progress.news({ text: "downloaded cstruct.6.1.1" });
  expect(screen.text).toContain("install with opam  downloaded cstruct.6.1.1 (2 of 43)  1 min 5 s");
  progress.end(true);
  expect(screen.text).toBe(
    "✓ set up a private opam root  3 s\n✓ install with opam  43 packages, 1 min 5 s\n",
  );
});

test("what is said meanwhile stays above the task", () => {
  const screen = new Screen();
  const { progress } = display(screen);
  progress.task("compiling www");
  progress.note("a sentence");
  progress.output("warning: one\nwarning: two");
  expect(screen.text).toBe("a sentence\nwarning: one\nwarning: two\n⠋ compiling www  0 s");
  progress.end(false);
  expect(screen.text).toBe("a sentence\nwarning: one\nwarning: two\n✗ compiling www  0 s\n");
});

test("news are cut to one line", () => {
  const screen = new Screen(40);
  const { progress, pass } = display(screen);
  progress.task("install with opam");
  pass(1);
  progress.news({ text: "building mirage-runtime-kernel", count });
  expect(screen.text).toBe("⠋ install with opam  building mir…  1 s");
  expect(screen.text.trimEnd().length).toBeLessThanOrEqual(40);
  progress.end(true);
});
