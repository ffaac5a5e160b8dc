import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Bytes that look random but are the same in every run (xorshift32). */
export function pseudoRandomBytes(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let x = seed | 1;
  for (let at = 0; at < length; at++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    bytes[at] = x & 0xff;
  }
  return bytes;
}

/**
 * Writes a web site of 213 files into `folder`: pages, images, odd names, an empty file and a
 * 20 MB binary. Returns the content by path.
 */
export function writeSite(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let page = 0; page < 120; page++) {
    const links = Array.from(
      { length: page % 17 },
      (_, to) => `<li><a href="/pages/${to}.html">${to}</a>`,
    );
    files.set(
      `pages/${page}.html`,
      Buffer.from(`<!doctype html><title>${page}</title>\n${links.join("\n")}\n`),
    );
  }
  for (let image = 0; image < 80; image++) {
    const png = Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      pseudoRandomBytes(image * 997, image + 1),
    ]);
    files.set(`images/deep/er/${image}.png`, png);
  }
  files.set("index.html", Buffer.from("<!doctype html><title>start</title>\n"));
  files.set("download/20MB.bin", pseudoRandomBytes(20_000_000, 42));
  files.set("empty", Buffer.alloc(0));
  files.set("nul.dat", Buffer.from([0, 1, 0, 255, 13, 10, 0]));
  for (const name of [
    "with space.txt",
    "ümläut.txt",
    "100%.txt",
    "let.ml",
    ".hidden",
    "_under/dune",
    "1",
  ]) {
    files.set(`odd/${name}`, Buffer.from(`${name}\n`));
  }
  files.set(".well-known/security.txt", Buffer.from("Contact: mailto:nobody@example.org\n"));
  files.set("exactly-one-page.bin", pseudoRandomBytes(4096, 7));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  mkdirSync(join(folder, "empty-folder"), { recursive: true });
  return files;
}

/** A path as a URL's path. */
export function urlPath(path: string): string {
  return `/${path.split("/").map(encodeURIComponent).join("/")}`;
}
