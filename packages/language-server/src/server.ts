import { readFile } from "node:fs/promises";
import { allProblems } from "@mirage/application/check";
import { configuredOpam } from "@mirage/application/opam";
import { parseConf } from "@mirage/conf";
import { type Offered, offered } from "@mirage/dependencies";
import type { Diagnostic as Problem } from "@mirage/diagnostics";
import {
  type Connection,
  type InitializeResult,
  type Position,
  type TextDocumentPositionParams,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { codeActions } from "./code-actions.js";
import { completion } from "./completion.js";
import { definition } from "./definition.js";
import { toDiagnostic } from "./diagnostics.js";
import { hover } from "./hover.js";
import { pathOf } from "./path-of.js";
import { prepareRename, references, rename } from "./rename.js";
import { documentSymbols } from "./symbols.js";

/** What stands between keys, values and their parts: an editor asks again behind it. */
const triggerCharacters = [":", " ", ",", "(", ".", "/", "-"];

/** Answers an editor until it closes the connection. */
export function serve(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  const offers = new Map<string, Promise<Offered | undefined>>();
  let snippets = false;
  let checked = Promise.resolve();

  connection.onInitialize(({ capabilities }): InitializeResult => {
    snippets = capabilities.textDocument?.completion?.completionItem?.snippetSupport ?? false;
    return {
      serverInfo: { name: "mirage" },
      capabilities: {
        textDocumentSync: {
          openClose: true,
          change: TextDocumentSyncKind.Incremental,
          save: true,
        },
        completionProvider: { triggerCharacters },
        hoverProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        renameProvider: { prepareProvider: true },
        documentSymbolProvider: true,
        codeActionProvider: true,
      },
    };
  });

  // As one types, what the text alone says; when it is saved, what the disk and the compiler say.
  documents.onDidChangeContent(({ document }) => {
    const { diagnostics } = parseConf(document.getText(), pathOf(document.uri));
    return publish(document, diagnostics);
  });
  documents.onDidOpen(({ document }) => checkSaved(document));
  documents.onDidSave(({ document }) => {
    offers.delete(document.uri);
    return checkSaved(document);
  });
  documents.onDidClose(({ document: { uri } }) => {
    offers.delete(uri);
    return connection.sendDiagnostics({ uri, diagnostics: [] });
  });

  connection.onCompletion(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    return document && completion(document, position, { snippets, offered: () => offer(document) });
  });
  connection.onHover(at(hover));
  connection.onDefinition(at(definition));
  connection.onReferences(at(references));
  connection.onPrepareRename(at(prepareRename));
  connection.onRenameRequest((request) => {
    return at((document, position) => rename(document, position, request.newName))(request);
  });
  connection.onDocumentSymbol(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    return document && documentSymbols(document);
  });
  connection.onCodeAction(({ textDocument, context }) => {
    const document = documents.get(textDocument.uri);
    return document && codeActions(document, context.diagnostics);
  });

  documents.listen(connection);
  connection.listen();

  /** The handler of a request about a place of a document. */
  function at<T>(answer: (document: TextDocument, position: Position) => T) {
    return ({ textDocument, position }: TextDocumentPositionParams): T | undefined => {
      const document = documents.get(textDocument.uri);
      return document && answer(document, position);
    };
  }

  function publish({ uri, version }: TextDocument, problems: readonly Problem[]): Promise<void> {
    return connection.sendDiagnostics({ uri, version, diagnostics: problems.map(toDiagnostic) });
  }

  /** All that `mirage check` finds, one file after the other, unless the text has changed by then. */
  function checkSaved(document: TextDocument): Promise<void> {
    const { version } = document;
    checked = checked
      .then(() => check(document, version))
      .catch((error: unknown) => {
        connection.console.error(String(error));
      });
    return checked;
  }

  async function check(document: TextDocument, version: number): Promise<void> {
    const { uri } = document;
    const isCurrent = () => documents.get(uri)?.version === version;
    const saved = await readFile(pathOf(uri), "utf8").catch(() => undefined);
    if (!isCurrent() || saved !== document.getText()) return;
    const problems = await allProblems(pathOf(uri));
    if (isCurrent()) await publish(document, problems);
  }

  /** What the application can name; asked for once, until the file is saved. */
  function offer({ uri }: TextDocument): Promise<Offered | undefined> {
    const known = offers.get(uri);
    if (known) return known;
    const asked = configuredOpam(pathOf(uri))
      .then(offered)
      .catch((error: unknown) => {
        connection.console.warn(String(error));
        return undefined;
      });
    offers.set(uri, asked);
    return asked;
  }
}
