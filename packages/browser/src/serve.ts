import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fromSystemError } from "@mirage/diagnostics";

const mediaTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
};

/** The plain file name that a request's target stands for; empty if it stands for none. */
function fileNameIn(target: string): string {
  const path = target.split("?", 1)[0] ?? "";
  if (path === "/") return "index.html";
  return /^\/[\w-][\w.-]*$/.test(path) ? path.slice(1) : "";
}

/** A folder that is served. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the files of a folder on 127.0.0.1; port 0 is any free one.
 * @throws MirageError if the port cannot be had
 */
export async function serve(folder: string, port = 0): Promise<Served> {
  const server = createServer(async (request, response) => {
    const name = fileNameIn(request.url ?? "/");
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) {
      response.writeHead(404, { "content-type": "text/plain" }).end("There is no such file.\n");
      return;
    }
    response.writeHead(200, {
      "content-type": mediaTypes[extname(name)] ?? "application/octet-stream",
      "content-length": found.size,
      "cache-control": "no-cache",
    });
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(fromSystemError(error, `127.0.0.1:${port}`)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
