import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, onTestFinished, test } from "vitest";
import { createProgram, listCompletion } from "../program.js";
import { describeCommands, toManual, toMarkdown } from "./index.js";

const program = createProgram();
listCompletion(program);
const commands = describeCommands(program);
const pages = toManual(commands, "1.2.3");

/** The page as man(1) shows it; its warnings are an error. */
function shown(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "mirage-manual-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "page.1");
  writeFileSync(file, text);
  const env = { ...process.env, MANWIDTH: "200", LC_ALL: "C.UTF-8", MAN_KEEP_FORMATTING: "" };
  const found = spawnSync("man", ["--warnings", "--local-file", file], { encoding: "utf8", env });
  expect(found.stderr).toBe("");
  return found.stdout;
}

describe.each(commands.map((command, index) => ({ ...command, index })))("$name", (command) => {
  const page = pages[command.index];

  test("its page is named after it, and man shows all there is to say", () => {
    expect(page?.file).toBe(`${command.name.replaceAll(" ", "-")}.1`);
    const text = shown(`${page?.text}`);
    for (const { term, doc } of [...command.args, ...command.options]) {
      expect(text).toContain(term);
      expect(text).toContain(doc.replaceAll("`", ""));
    }
  });

  test("the reference has all of it", () => {
    const text = toMarkdown(commands);
    for (const { term } of command.index === 0 ? [] : [...command.args, ...command.options]) {
      expect(text).toContain(`\`${term}\``);
    }
  });
});

test("what looks like a request of roff, or like a table in Markdown, is shown as it is", () => {
  const odd = new Command("odd").description(".SH is no heading");
  odd.command("one").option("--path <A|B>", "'quoted' C:\\new `code`, one|two");
  const [first, one] = toManual(describeCommands(odd), "1");
  expect(shown(`${first?.text}`)).toContain(".SH is no heading");
  expect(shown(`${one?.text}`)).toContain("'quoted' C:\\new code, one|two");
  expect(toMarkdown(describeCommands(odd))).toContain("`--path <A\\|B>`");
  expect(toMarkdown(describeCommands(odd))).toContain("one\\|two");
});
