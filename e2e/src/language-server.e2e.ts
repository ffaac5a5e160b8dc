import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import {
  CodeActionRequest,
  CompletionRequest,
  createProtocolConnection,
  DefinitionRequest,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  DocumentSymbolRequest,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  RenameRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { repository, temporaryFolder, userEnv } from "./support/mirage.js";

const unikernel = `module Main (C : V1_LWT.CONSOLE) (S : V1_LWT.STACKV4) = struct
  let start c (_ : S.t) = C.log_s c "hi"
end
`;

/** An editor with one file open, and what the server has said of it. */
async function openEditor(text: string) {
  const folder = temporaryFolder();
  const file = join(folder, "shop.conf");
  writeFileSync(file, text);
  writeFileSync(join(folder, "unikernel.ml"), unikernel);
  const uri = pathToFileURL(file).href;

  const bin = join(repository, "apps/mirage/bin/mirage.js");
  const child = spawn(process.execPath, [bin, "language-server", "--stdio"], {
    cwd: folder,
    env: userEnv(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill();
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const published: PublishDiagnosticsParams[] = [];
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    published.push(params);
  });
  connection.listen();
  const { capabilities } = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {},
  });
  await connection.sendNotification(InitializedNotification.type, {});
  await connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "mirage-conf", version: 1, text },
  });

  let version = 1;
  return {
    connection,
    capabilities,
    child,
    folder,
    file: { textDocument: { uri } },
    /** What is typed; the whole text. */
    async type(changed: string): Promise<void> {
      version++;
      await connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri, version },
        contentChanges: [{ text: changed }],
      });
    },
    async save(changed: string): Promise<void> {
      await this.type(changed);
      writeFileSync(file, changed);
      await connection.sendNotification(DidSaveTextDocumentNotification.type, {
        textDocument: { uri },
      });
    },
    /** The first problems that the server tells of this text and that satisfy a condition. */
    async problems(isWanted: (params: PublishDiagnosticsParams) => boolean) {
      const deadline = Date.now() + 240_000;
      while (Date.now() < deadline) {
        const found = published.find((params) => params.version === version && isWanted(params));
        if (found) return found.diagnostics;
        await new Promise((wake) => setTimeout(wake, 20));
      }
      throw new Error(`the server told only ${JSON.stringify(published)}`);
    },
  };
}

function at(line: number, character: number) {
  return { position: { line, character } };
}

test("an editor is told of problems as they are typed, and corrects them", async () => {
  const { type, problems, connection, file } = await openEditor("main-noip: Unikernel.main\n");
  await type("main-noip: Unikernel.main\nlog-leve: debug\n");
  const found = await problems(({ diagnostics }) => diagnostics.length > 0);
  expect(found).toMatchObject([
    {
      code: "ERR_MIRAGE_CONF_UNKNOWN_KEY",
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 8 } },
      message: "unknown key `log-leve`\ndid you mean `log-level`?",
    },
  ]);
  const [action] =
    (await connection.sendRequest(CodeActionRequest.type, {
      ...file,
      range: found[0]?.range ?? { start: at(0, 0).position, end: at(0, 0).position },
      context: { diagnostics: found },
    })) ?? [];
  expect(action).toMatchObject({ title: "Write `log-level`", kind: "quickfix" });
});

test("what is saved is checked as `mirage check` does, with the sources", async () => {
  const editor = await openEditor("main-noip: Unikernel.main\n");
  await editor.save("main-app: Unikernal.Main (console)\n");
  const found = await editor.problems(({ diagnostics }) => diagnostics.length > 0);
  expect(found).toMatchObject([
    {
      message: "no file makes the module `Unikernal`\ndid you mean `Unikernel`?",
      range: { start: { line: 0, character: 10 } },
    },
  ]);
});

test("keys, devices, libraries and packages are completed", async () => {
  const text = "main-app: Unikernel.Main (con)\nhtt\ndepends: \npackages: \n";
  const { connection, file } = await openEditor(text);
  const labels = async (line: number, character: number) => {
    const items = await connection.sendRequest(CompletionRequest.type, {
      ...file,
      ...at(line, character),
    });
    return (Array.isArray(items) ? items : []).map(({ label }) => label);
  };
  expect(await labels(1, 3)).toEqual(expect.arrayContaining(["http-port", "http-address"]));
  expect(await labels(0, 29)).toEqual(expect.arrayContaining(["console", "stack"]));
  expect(await labels(2, 9)).toEqual(expect.arrayContaining(["lwt", "cohttp-lwt"]));
  expect(await labels(3, 10)).toEqual(expect.arrayContaining(["lwt", "yojson"]));
});

test("hover, definition, rename and outline", async () => {
  const text = "main-app: Unikernel.Main (console, static)\nfs-static: htdocs\n";
  const { connection, file, folder } = await openEditor(text);
  expect(await connection.sendRequest(HoverRequest.type, { ...file, ...at(0, 2) })).toMatchObject({
    contents: { value: expect.stringContaining("Module.Functor") },
  });
  expect(await connection.sendRequest(DefinitionRequest.type, { ...file, ...at(0, 21) })).toEqual({
    uri: pathToFileURL(join(folder, "unikernel.ml")).href,
    range: { start: { line: 0, character: 7 }, end: { line: 0, character: 11 } },
  });
  const { changes = {} } =
    (await connection.sendRequest(RenameRequest.type, {
      ...file,
      ...at(0, 36),
      newName: "pages",
    })) ?? {};
  expect(changes[file.textDocument.uri]?.map(({ range }) => range.start)).toEqual([
    { line: 0, character: 35 },
    { line: 1, character: 3 },
  ]);
  await expect(
    connection.sendRequest(RenameRequest.type, { ...file, ...at(0, 36), newName: "console" }),
  ).rejects.toThrow("there is a device `console` already");
  const symbols = await connection.sendRequest(DocumentSymbolRequest.type, file);
  expect(symbols?.map(({ name }) => name)).toEqual(["main-app", "fs-static"]);
});

test("the server ends when the editor says so", async () => {
  const { connection, child } = await openEditor("main-noip: Unikernel.main\n");
  await connection.sendRequest(ShutdownRequest.type);
  const ended = once(child, "exit");
  await connection.sendNotification(ExitNotification.type);
  expect(await ended).toEqual([0, null]);
});
