import { execFileSync } from "node:child_process";
import { createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "./problem.js";

/** Certificates of an authority of the tests' own, by openssl(1). */
export class Authority {
  readonly #folder: string;

  /** Makes the authority's key and certificate in `folder`. */
  constructor(folder: string) {
    this.#folder = folder;
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const files = ["-keyout", this.#file("root.key"), "-out", this.root];
    const use = ["-addext", "keyUsage=critical,keyCertSign,digitalSignature"];
    this.#openssl([
      "req",
      "-x509",
      ...key,
      ...files,
      ...use,
      "-subj",
      "/CN=test root",
      "-days",
      "3",
    ]);
  }

  /** The file of the authority's certificate, in PEM. */
  get root(): string {
    return this.#file("root.pem");
  }

  /** Certificate and key of a server, in PEM. */
  server(names: string): { readonly cert: string; readonly key: string } {
    const [key, request] = [this.#file("server.key"), this.#file("server.csr")];
    const algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    this.#openssl(["req", ...algorithm, "-keyout", key, "-out", request, "-subj", "/CN=acme"]);
    return { cert: this.#sign(request, names, 86_400), key: readFileSync(key, "utf8") };
  }

  /**
   * The chain for a certificate request in DER, valid from five seconds ago for that many seconds from now.
   *
   * @throws Problem `badCSR`, unless it is for exactly these domains, and for another key than the account's
   */
  issue(der: Buffer, domains: readonly string[], account: KeyObject, seconds: number): string {
    const request = this.#file("request.csr");
    writeFileSync(request, der);
    const form = ["req", "-inform", "DER", "-in", request, "-noout"];
    const text = this.#read([...form, "-verify", "-text", "-subject", "-nameopt", "RFC2253"]);
    const asked = new Set([...text.matchAll(/\bDNS:([^,\s]+)/g)].map(([, name]) => name));
    for (const [, name] of text.matchAll(/^subject=.*CN=([^,\n]+)/gm)) asked.add(name);
    const others = /\b(IP Address|email|URI|DirName):/.exec(text);
    if (others || [...asked].sort().join() !== [...domains].sort().join()) {
      throw new Problem(
        "badCSR",
        `it is for ${[...asked].join(", ")}, not for ${domains.join(", ")}`,
      );
    }
    const key = createPublicKey(this.#read([...form, "-pubkey"]));
    if (key.equals(account)) throw new Problem("badCSR", "its key is the account's");
    const names = domains.map((domain) => `DNS:${domain}`).join(",");
    this.#openssl(["req", "-inform", "DER", "-in", request, "-out", this.#file("request.pem")]);
    return this.#sign(this.#file("request.pem"), names, seconds) + readFileSync(this.root, "utf8");
  }

  #sign(request: string, names: string, seconds: number): string {
    writeFileSync(this.#file("index.txt"), "");
    writeFileSync(this.#file("serial"), randomBytes(16).toString("hex").replace(/^./, "4"));
    writeFileSync(
      this.#file("ca.conf"),
      `[ca]\ndefault_ca=d\n[d]\ndatabase=${this.#file("index.txt")}\nserial=${this.#file("serial")}\n` +
        `new_certs_dir=${this.#folder}\ndefault_md=sha256\npolicy=p\nunique_subject=no\n` +
        "[p]\ncommonName=optional\n[e]\nbasicConstraints=critical,CA:FALSE\n" +
        `keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=critical,${names}\n`,
    );
    const out = this.#file("signed.pem");
    const from = Date.now() - 5_000;
    const dates = ["-startdate", asn1(from), "-enddate", asn1(Date.now() + seconds * 1000)];
    const issuer = ["-cert", this.root, "-keyfile", this.#file("root.key")];
    const how = ["ca", "-batch", "-notext", "-config", this.#file("ca.conf"), "-extensions", "e"];
    this.#openssl([...how, ...issuer, ...dates, "-subj", "/", "-in", request, "-out", out]);
    return readFileSync(out, "utf8");
  }

  #openssl(args: readonly string[]): void {
    execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  }

  #read(args: readonly string[]): string {
    try {
      return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    } catch {
      throw new Problem("badCSR", "it cannot be read, or its signature is wrong");
    }
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}

/** A GeneralizedTime: `20260301120000Z`. */
function asn1(time: number): string {
  return `${new Date(time).toISOString().replace(/[-:T]|\.\d+Z$/g, "")}Z`;
}
