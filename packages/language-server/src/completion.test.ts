import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Libraries } from "@mirage/findlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { completion } from "./completion.js";
import { marked } from "./testing/marked.js";

let findlib: string;
beforeAll(() => {
  findlib = mkdtempSync(join(tmpdir(), "mirage-findlib-"));
  mkdirSync(join(findlib, "lwt"));
  writeFileSync(join(findlib, "lwt/META"), 'package "unix" ( requires = "lwt" )\n');
});
afterAll(() => rmSync(findlib, { recursive: true }));

const files = {
  "unikernel.ml":
    "let helper = 1\n\nmodule Main (C : V1_LWT.CONSOLE) = struct\n  let start = 2\nend\n",
  "main.ml": "",
  "disk.img": "",
};

async function proposals(text: string, snippets = false) {
  const { document, position, folder } = marked(text, files);
  mkdirSync(join(folder, "htdocs"));
  const offered = async () => ({
    installed: new Libraries([findlib]),
    libraries: ["lwt", "yojson"],
    packages: ["cohttp", "lwt"],
  });
  return { document, items: await completion(document, position, { snippets, offered }) };
}

async function labels(text: string): Promise<string[]> {
  return (await proposals(text)).items.map(({ label }) => label);
}

describe("keys", () => {
  test("those that the file does not have yet, as docs/conf.md has them", async () => {
    const found = await labels("main-noip: Hello.main\nhttp-port: 80\n|");
    expect(found).toEqual(expect.arrayContaining(["name", "http-address", "fs-NAME", "depends"]));
    expect(found).not.toContain("http-port");
    expect(found).not.toContain("main-app");
    expect(found).not.toContain("compiler");
  });

  test("settings of the folders there are", async () => {
    expect(await labels("fs-static: htdocs\n|")).toContain("fs-static-compress");
  });

  test("those of xl where one is begun", async () => {
    expect(await labels("xl-|")).toEqual(expect.arrayContaining(["xl-memory", "xl-vif"]));
  });

  test.each([
    ["log|", "log-level", "log-level: "],
    ["  htt|p-po: 80", "http-port", "  http-port: 80"],
    ["fs|", "fs-NAME", "fs-"],
  ])("%j becomes %j", async (text, label, expected) => {
    const { document, items } = await proposals(text);
    const edit = items.find((item) => item.label === label)?.textEdit;
    if (!edit || !("range" in edit)) throw new Error(`no ${label}`);
    expect(TextDocument.applyEdits(document, [edit])).toBe(expected);
  });

  test("a name to fill in, for editors that have such places", async () => {
    const { items } = await proposals("|", true);
    expect(items.find(({ label }) => label === "block-NAME")).toMatchObject({
      insertTextFormat: 2,
      textEdit: { newText: expect.stringMatching(/^block-\$\{1:NAME\}: \$0$/) },
    });
  });

  test("none in a comment", async () => {
    expect(await labels("# the |")).toEqual([]);
  });
});

describe("values", () => {
  test.each([
    ["log-level: |", ["quiet", "app", "error", "warning", "info", "debug"]],
    ["ip-use-dhcp: t|", ["true", "false"]],
    ["argument-size: |", expect.arrayContaining(["int", "cidr"])],
    ["argument-size: int = |", []],
    ["fs-static: |", ["htdocs"]],
    ["block-disk: |", ["disk.img", "htdocs", "main.ml", "unikernel.ml"]],
    ["block-disk: disk.img\nfat-data: |", ["disk"]],
    ["main-noip: |", ["Unikernel"]],
    ["main-noip: Unikernel.|", ["helper"]],
    ["main-app: Unikernel.|", ["Main"]],
    ["fs-static: htdocs\nmain-app: Unikernel.Main (console, |", expect.arrayContaining(["static"])],
    ["depends: |", ["lwt", "yojson"]],
    ["depends: yojson, lwt.|", ["lwt.unix"]],
    ["packages: co|", ["cohttp", "lwt"]],
    ["packages: cohttp.|", []],
    ["no-such-key: |", []],
  ])("of %j", async (text, expected) => {
    expect(await labels(text)).toEqual(expected);
  });

  test("take the place of what is typed of them alone", async () => {
    const { document, items } = await proposals("depends: yojson, lw|, re");
    const edit = items.find(({ label }) => label === "lwt")?.textEdit;
    if (!edit || !("range" in edit)) throw new Error("no edit");
    expect(TextDocument.applyEdits(document, [edit])).toBe("depends: yojson, lwt, re");
  });
});
