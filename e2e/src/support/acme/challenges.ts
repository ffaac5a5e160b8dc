import { createHash } from "node:crypto";
import { request } from "node:http";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { Problem } from "./problem.js";

/** What is to be proved. */
export interface Proof {
  readonly domain: string;
  readonly token: string;
  readonly keyAuthorization: string;
}

/** Where the domains' servers are. */
export interface Place {
  readonly host: string;
  readonly httpPort: number;
  readonly tlsPort: number;
}

const patience = 10_000;

/**
 * Fetches the answer by HTTP, as RFC 8555, section 8.3, says.
 *
 * @throws Problem `connection`, `unauthorized` or `incorrectResponse`
 */
export async function http01(
  { domain, token, keyAuthorization }: Proof,
  place: Place,
): Promise<void> {
  const path = `/.well-known/acme-challenge/${token}`;
  const { status, body } = await new Promise<{ status?: number; body: string }>((settle, fail) => {
    const lost = (e: Error) => fail(new Problem("connection", `${domain}: ${e.message}`));
    const options = { host: place.host, port: place.httpPort, path, timeout: patience };
    const asked = request({ ...options, headers: { host: domain } }, (response) => {
      let body = "";
      response.on("data", (data) => {
        body += data;
      });
      response.on("error", lost);
      response.on("end", () => settle({ status: response.statusCode ?? 0, body }));
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer in time")));
    asked.on("error", lost);
    asked.end();
  });
  if (status !== 200)
    throw new Problem("unauthorized", `${domain}${path} has status ${status}`, 403);
  if (body.replace(/\s+$/, "") !== keyAuthorization) {
    throw new Problem("unauthorized", `${domain}${path} is not the key authorization`, 403);
  }
}

/** id-pe-acmeIdentifier, critical, and an OCTET STRING in an OCTET STRING: RFC 8737, section 3. */
const acmeIdentifier = Buffer.from("06082b0601050507011f0101ff04220420", "hex");

/**
 * Connects by TLS with ALPN `acme-tls/1`, as RFC 8737, section 3, says.
 *
 * @throws Problem `connection`, `tls` or `unauthorized`
 */
export async function tlsAlpn01({ domain, keyAuthorization }: Proof, place: Place): Promise<void> {
  const socket = await dial(domain, place);
  try {
    if (socket.alpnProtocol !== "acme-tls/1") {
      throw new Problem("unauthorized", `${domain} does not speak acme-tls/1`, 403);
    }
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) throw new Problem("unauthorized", `${domain} shows no certificate`, 403);
    const digest = createHash("sha256").update(keyAuthorization).digest();
    const faults = [
      certificate.subjectAltName !== `DNS:${domain}` && "is not for the domain alone",
      !certificate.verify(certificate.publicKey) && "is not signed by itself",
      !certificate.raw.includes(Buffer.concat([acmeIdentifier, digest])) &&
        "has no critical acmeIdentifier with the key authorization's digest",
    ].filter((fault) => fault !== false);
    if (faults.length > 0) {
      throw new Problem("unauthorized", `the certificate of ${domain} ${faults.join(", ")}`, 403);
    }
  } finally {
    socket.destroy();
  }
}

function dial(domain: string, { host, tlsPort }: Place): Promise<TLSSocket> {
  return new Promise((settle, fail) => {
    const socket = connect({
      host,
      port: tlsPort,
      ALPNProtocols: ["acme-tls/1"],
      rejectUnauthorized: false,
      ...(isIP(domain) ? {} : { servername: domain }),
    });
    socket.setTimeout(patience, () => socket.destroy(new Error("no answer in time")));
    socket.on("secureConnect", () => settle(socket));
    socket.on("error", (e: NodeJS.ErrnoException) => {
      const kind = e.code === "ECONNREFUSED" ? "connection" : "tls";
      fail(new Problem(kind, `${domain}: ${e.message}`));
    });
  });
}
