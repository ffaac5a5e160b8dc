import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { composeImage } from "./image.js";
import { parseReference } from "./reference.js";
import { push } from "./registry.js";

/** A registry that can be told to fail; the real one is asked by e2e. */
class Strict {
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, string>();
  readonly requests: string[] = [];
  upload = Buffer.alloc(0);
  /** The next chunks that are taken by half, and not answered. */
  breaks = 0;
  readonly server = createServer((request, response) => void this.#answer(request, response));

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    this.requests.push(method);
    if (headers.authorization !== `Basic ${Buffer.from("ann:secret").toString("base64")}`) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="here"' }).end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { pathname, searchParams } = new URL(url, "http://here");
    const digest = pathname.split("/").at(-1) ?? "";
    const location = { location: "/v2/shop/www/blobs/uploads/1?state=x" };
    if (method === "HEAD") response.writeHead(this.blobs.has(digest) ? 200 : 404).end();
    else if (method === "POST") {
      this.upload = Buffer.alloc(0);
      response.writeHead(202, location).end();
    } else if (method === "PATCH") {
      expect(headers["content-range"]).toMatch(new RegExp(`^${this.upload.length}-`));
      const isBroken = this.breaks-- > 0;
      const taken = isBroken ? body.subarray(0, body.length / 2) : body;
      this.upload = Buffer.concat([this.upload, taken]);
      if (isBroken) response.destroy();
      else response.writeHead(202, location).end();
    } else if (method === "GET") {
      response.writeHead(204, { ...location, range: `0-${this.upload.length - 1}` }).end();
    } else if (pathname.includes("/manifests/")) {
      this.manifests.set(digest, body.toString());
      response.writeHead(201).end();
    } else {
      const wanted = searchParams.get("digest") ?? "";
      const found = `sha256:${createHash("sha256").update(this.upload).digest("hex")}`;
      if (found === wanted) this.blobs.set(wanted, this.upload);
      response.writeHead(found === wanted ? 201 : 400).end();
    }
  }
}

async function started(): Promise<{ strict: Strict; name: string }> {
  const strict = new Strict();
  strict.server.listen(0, "127.0.0.1");
  await once(strict.server, "listening");
  onTestFinished(() => void strict.server.close());
  return { strict, name: `127.0.0.1:${(strict.server.address() as AddressInfo).port}/shop/www` };
}

const credentials = { user: "ann", password: "secret" };
const image = composeImage({
  architecture: "amd64",
  files: [{ path: "program", mode: 0o755, content: Buffer.alloc(10_000, "abc") }],
});

test("an image is pushed in chunks, once, and goes on where an upload broke off", async () => {
  const { strict, name } = await started();
  strict.breaks = 2;
  const reference = parseReference(`${name}:1.0`);
  await push(await image, reference, { credentials, chunkSize: 4096 });
  const { layer, config, manifest } = await image;
  expect([...strict.blobs.keys()]).toEqual([layer.digest, config.digest]);
  expect(strict.manifests.get("1.0")).toContain(config.digest);
  expect(manifest.size).toBe(strict.manifests.get("1.0")?.length);
  strict.requests.length = 0;
  await push(await image, reference, { credentials });
  expect(strict.requests).toEqual(["HEAD", "HEAD", "HEAD", "PUT"]);
});

test("who is not known is told how to become so", async () => {
  const { name } = await started();
  await expect(push(await image, parseReference(name))).rejects.toMatchObject({
    code: "ERR_MIRAGE_OCI_REGISTRY",
    hint: expect.stringContaining("login"),
  });
});

test.each([
  ["registry.example.org/www", "registry.example.org", "www", "latest"],
  ["localhost:5000/a/b-c:1.0", "localhost:5000", "a/b-c", "1.0"],
  ["[::1]:5000/a", "[::1]:5000", "a", "latest"],
])("%s", (text, registry, repository, tag) => {
  expect(parseReference(text)).toEqual({ registry, repository, tag });
});

test.each(["www", "shop/www", "registry.example.org/Www", "registry.example.org/a:", "/a"])(
  "%s is no name of an image",
  (text) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({ code: "ERR_MIRAGE_OCI_REFERENCE" }),
    );
  },
);
