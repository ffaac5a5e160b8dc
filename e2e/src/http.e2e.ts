import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { copyOfExample, mirageOk, run, startMirage } from "./support/mirage.js";
import { pseudoRandomBytes } from "./support/site.js";

const page = `<!doctype html><title>long</title>\n${"<p>the same again\n".repeat(200)}`;
const large = pseudoRandomBytes(3_000_000, 5);

/** Files, an upload that says what came, and a WebSocket that echoes. */
const dispatch = `open Lwt.Infix
module Files = HTTP.Static (Filesystem_static)

let echo socket =
  let rec loop () =
    HTTP.Websocket.receive socket >>= function
    | None -> Lwt.return_unit
    | Some message -> HTTP.Websocket.send socket message >>= loop
  in
  loop ()

let callback _connection request body =
  match Cohttp.Request.resource request with
  | "/echo" -> HTTP.Websocket.upgrade ~protocols:[ "echo" ] request echo
  | "/upload" ->
      Cohttp_lwt.Body.to_string body >>= fun body ->
      HTTP.Server.respond_string ~status:\`OK ~body:(Digest.to_hex (Digest.string body)) ()
  | _ -> (
      Filesystem_static.connect () >>= function
      | \`Ok files -> Files.serve files request
      | \`Error _ -> Lwt.fail_with "no files")
`;

const keys = `fs-static-compress: br, gzip
fs-static-cache-control: public, max-age=3600
fs-static-last-modified: 2026-03-01
`;

/** What the server answers to octets, until it closes; the first line of each head. */
function ask(port: number, octets: string): Promise<{ heads: string[]; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(octets, "latin1"));
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve({ heads: text.match(/^HTTP\/1\.1 \d+/gm) ?? [], text }));
  });
}

/** curl's output: the heads, and what \`--write-out\` adds; the body goes to a file. */
async function curl(folder: string, ...args: string[]) {
  const body = join(folder, "body");
  const { code, stdout } = await run("curl", ["-s", "-m", "60", "-D", "-", "-o", body, ...args]);
  const status = Number(/^HTTP\/1\.1 (\d+) (?![\s\S]*^HTTP)/m.exec(stdout)?.[1]);
  const field = (name: string) => new RegExp(`^${name}: (.*?)\r?$`, "im").exec(stdout)?.[1];
  return { code, stdout, status, field, body: () => readFileSync(body) };
}

describe("HTTP on the unikernel's own network", () => {
  let folder = "";

  beforeAll(async () => {
    const jobs: (() => void)[] = [];
    folder = copyOfExample("www", (job) => jobs.push(job));
    writeFileSync(join(folder, "dispatch.ml"), dispatch);
    writeFileSync(join(folder, "www.conf"), keys, { flag: "a" });
    mkdirSync(join(folder, "htdocs/sub"));
    writeFileSync(join(folder, "htdocs/sub/index.html"), page);
    writeFileSync(join(folder, "htdocs/404.html"), "<title>lost</title>\n");
    writeFileSync(join(folder, "htdocs/large.bin"), large);
    await mirageOk(["configure", "--unix"], folder);
    await mirageOk(["build"], folder);
    return () => {
      for (const job of jobs) job();
    };
  });

  /** The host's port for the program's, which runs until the end of the test. */
  async function serve(): Promise<{ port: number; url: string }> {
    const running = startMirage(["run", "--publish", "127.0.0.1:0:80"], folder);
    const [, port = ""] = await running.says(/127\.0\.0\.1:(\d+)/);
    await running.says(/is ready/);
    return { port: Number(port), url: `http://127.0.0.1:${port}` };
  }

  test("curl gets a page, its parts, its forms, and nothing when it has it", async () => {
    const { url } = await serve();
    const whole = await curl(folder, `${url}/sub/`);
    expect(whole.status).toBe(200);
    expect(whole.body().toString()).toBe(page);
    const etag = whole.field("etag") ?? "";
    expect(etag).toBe(`"${createHash("md5").update(page).digest("hex")}"`);
    expect(whole.field("cache-control")).toBe("public, max-age=3600");
    expect(whole.field("last-modified")).toBe("Sun, 01 Mar 2026 00:00:00 GMT");
    const date = Date.parse(whole.field("date") ?? "");
    expect(new Date(date).toUTCString()).toBe(whole.field("date"));
    expect((await curl(folder, "-H", `If-None-Match: ${etag}`, `${url}/sub/`)).status).toBe(304);
    expect((await curl(folder, "-H", 'If-Match: "x"', `${url}/sub/`)).status).toBe(412);
    const later = ["-z", "Mon, 02 Mar 2026 00:00:00 GMT"];
    expect((await curl(folder, ...later, `${url}/sub/`)).status).toBe(304);
    const part = await curl(folder, "-r", "10-19", `${url}/sub/`);
    expect([part.status, part.body().toString()]).toEqual([206, page.slice(10, 20)]);
    expect((await curl(folder, "-r", "999999-", `${url}/sub/`)).status).toBe(416);
    for (const [accept, coding] of [
      ["gzip", "gzip"],
      ["gzip, br", "br"],
    ]) {
      const wire = await curl(folder, "-H", `Accept-Encoding: ${accept}`, `${url}/sub/`);
      expect(wire.field("content-encoding")).toBe(coding);
      expect(wire.field("vary")).toBe("accept-encoding");
      expect(wire.body().length).toBeLessThan(page.length / 2);
    }
    const restored = await curl(folder, "--compressed", `${url}/sub/`);
    expect(restored.body().toString()).toBe(page);
  });

  test("a download that was interrupted goes on", async () => {
    const { url } = await serve();
    const body = join(folder, "body");
    writeFileSync(body, large.subarray(0, 1_234_567));
    const rest = await run("curl", ["-s", "-m", "60", "-C", "-", "-o", body, `${url}/large.bin`]);
    expect(rest.code).toBe(0);
    expect(readFileSync(body).equals(large)).toBe(true);
  });

  test("folders, missing pages and methods", async () => {
    const { url } = await serve();
    const folderOf = await curl(folder, "-L", `${url}/sub?x=1`);
    expect(folderOf.stdout).toMatch(/301 Moved Permanently[\s\S]*location: \/sub\/\?x=1\r\n/);
    expect(folderOf.body().toString()).toBe(page);
    const missing = await curl(folder, `${url}/none`);
    expect([missing.status, missing.body().toString()]).toEqual([404, "<title>lost</title>\n"]);
    for (const method of ["PUT", "DELETE", "PATCH"]) {
      const refused = await curl(folder, "-X", method, `${url}/`);
      expect([refused.status, refused.field("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    }
    for (const method of ["FOO", "TRACE"]) {
      expect((await curl(folder, "-X", method, `${url}/`)).status).toBe(501);
    }
  });

  test("an upload that nobody wants ends at once, with its answer", async () => {
    const { url } = await serve();
    const upload = join(folder, "upload");
    writeFileSync(upload, Buffer.alloc(2_000_000));
    for (const headers of [[], ["-H", "Expect:"], ["-H", "Transfer-Encoding: chunked"]]) {
      const answer = await curl(folder, ...headers, "--data-binary", `@${upload}`, `${url}/`);
      expect([answer.code, answer.status], answer.stdout).toEqual([0, 405]);
    }
    const read = await curl(folder, "--data-binary", `@${upload}`, `${url}/upload`);
    expect(read.body().toString()).toBe(
      createHash("md5").update(readFileSync(upload)).digest("hex"),
    );
  });

  test("what is malformed is refused, and the connection ends", async () => {
    const { port } = await serve();
    const chunks = "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const [octets, status] of [
      ["GET / HTTP/1.1\r\n\r\n", 400],
      ["GET / HTTP/1.1\r\nHost:\r\n\r\n", 400],
      ["GET / HTTP/1.1\r\nHost: a b/<c>\r\n\r\n", 400],
      ["CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501],
      [`${chunks}3\nabc\r\n0\r\n\r\n`, 400],
      [`${chunks} 3\r\nabc\r\n0\r\n\r\n`, 400],
      [`${chunks}3;=\r\nabc\r\n0\r\n\r\n`, 400],
      [`${chunks}0\r\nno trailer\r\n\r\n`, 400],
      [`GET /${"x".repeat(9_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
      [`GET / HTTP/1.1\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, 431],
      ["POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413],
    ] as const) {
      const { heads } = await ask(port, octets);
      expect(heads, octets.slice(0, 100)).toEqual([`HTTP/1.1 ${status}`]);
    }
    const pipelined = "GET /sub/ HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20);
    const { heads } = await ask(port, `${pipelined}GET / HTTP/1.0\r\n\r\n`);
    expect(heads).toHaveLength(21);
  });

  test("an independent client speaks WebSocket", async () => {
    const { port } = await serve();
    // Debian's own: another Python does not know Debian's packages.
    const { code, stdout, stderr } = await run("/usr/bin/python3", [
      join(import.meta.dirname, "support/websocket.py"),
      `ws://127.0.0.1:${port}/echo`,
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe("echo\n12 messages\n1000\n");
  });
});
