import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";
import { must, Problem } from "./problem.js";

/** The protected header of a request: RFC 8555, section 6.2. */
export interface Header {
  readonly alg: string;
  readonly nonce: string;
  readonly url: string;
  readonly jwk?: JsonWebKey;
  readonly kid?: string;
}

/** A request whose form was checked, but not yet its signature. */
export interface Signed {
  readonly header: Header;
  /** The payload's text; empty in a POST-as-GET. */
  readonly payload: string;
  readonly signed: string;
  readonly signature: Buffer;
}

const members = ["payload", "protected", "signature"];
const base64url = /^[A-Za-z0-9_-]*$/;

/** @throws Problem `malformed` for what is no flattened JWS with exactly the header that is asked for */
export function readJws(body: string): Signed {
  const jws: unknown = parse(body, "the body");
  must(isObject(jws), "the body is no JSON object");
  must(
    Object.keys(jws).sort().join() === members.join(),
    "not exactly the members of a flattened JWS",
  );
  const [payload, head, signature] = members.map((name) => {
    const text = jws[name];
    must(
      typeof text === "string" && base64url.test(text),
      `${name} is not base64url without padding`,
    );
    return text;
  }) as [string, string, string];
  const header: unknown = parse(Buffer.from(head, "base64url").toString(), "the protected header");
  must(isObject(header), "the protected header is no object");
  for (const name of ["alg", "nonce", "url"]) {
    must(typeof header[name] === "string", `the protected header has no ${name}`);
  }
  must("jwk" in header !== "kid" in header, "not exactly one of jwk and kid");
  const known = new Set(["alg", "nonce", "url", "jwk", "kid", "typ"]);
  must(
    Object.keys(header).every((name) => known.has(name)),
    "the header says more than is understood",
  );
  return {
    header: header as unknown as Header,
    payload: Buffer.from(payload, "base64url").toString(),
    signed: `${head}.${payload}`,
    signature: Buffer.from(signature, "base64url"),
  };
}

/** @throws Problem `badPublicKey`, unless it is of P-256 or RSA with 2,048 bits and more */
export function readKey(jwk: JsonWebKey): KeyObject {
  const names = jwk.kty === "EC" ? ["crv", "kty", "x", "y"] : ["e", "kty", "n"];
  const isKnown = jwk.kty === "RSA" || (jwk.kty === "EC" && jwk.crv === "P-256");
  if (!isKnown || Object.keys(jwk).sort().join() !== names.join()) {
    throw new Problem(
      "badPublicKey",
      "a public key of P-256 or RSA, and nothing else, is expected",
    );
  }
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    throw new Problem("badPublicKey", "the key is no point of the curve, or no modulus");
  }
}

/** RFC 7638. */
export function thumbprint(key: KeyObject): string {
  const jwk = key.export({ format: "jwk" });
  const sorted = Object.fromEntries(Object.entries(jwk).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("base64url");
}

/** @throws Problem `malformed` for a wrong signature, `badSignatureAlgorithm` for another algorithm than the key's */
export function checkSignature({ header, signed, signature }: Signed, key: KeyObject): void {
  const isEc = key.asymmetricKeyType === "ec";
  if (header.alg !== (isEc ? "ES256" : "RS256")) {
    throw new Problem("badSignatureAlgorithm", `${header.alg} is not for this key`);
  }
  const form = isEc ? ({ key, dsaEncoding: "ieee-p1363" } as const) : key;
  must(verify("sha256", Buffer.from(signed), form, signature), "the signature is wrong");
}

export function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("malformed", `${what} is no JSON`);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
