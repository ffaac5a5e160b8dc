import { createConnection } from "vscode-languageserver/node";
import { serve } from "./server.js";

/** Answers the editor that started this process, by its standard input and output, and ends with it. */
export function serveStdio(): void {
  serve(createConnection(process.stdin, process.stdout));
}
