import { workspace } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

/** Starts the language server; VS Code calls it when the first .conf file is opened. */
export async function activate(): Promise<void> {
  const command = workspace.getConfiguration("mirage").get("command", "mirage");
  client = new LanguageClient(
    "mirage",
    { command, args: ["language-server"], transport: TransportKind.stdio },
    { documentSelector: [{ language: "mirage-conf", scheme: "file" }] },
  );
  await client.start();
}

/** Ends the server with the window. */
export async function deactivate(): Promise<void> {
  await client?.stop();
}
