import type { TcpConnection } from "@mirage/virtual-switch";
import type { SiteRequest } from "./messages.js";

/** A response whose head has come. */
export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  /** The next octets of the body; nothing at its end. */
  read(): Promise<Uint8Array | undefined>;
}

/** Headers that are of one connection (RFC 9110, 7.6.1), or that this client sets itself. */
const ofConnection = new Set([
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const longestHead = 64 * 1024;

/** Makes one request of HTTP/1.1 (RFC 9112), on a connection for it alone. */
export async function request(
  connection: TcpConnection,
  { method, target, headers, body }: SiteRequest,
  host: string,
): Promise<HttpResponse> {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `host: ${host}`,
    "connection: close",
    ...headers
      .filter(([name]) => !ofConnection.has(name.toLowerCase()))
      .map(([name, value]) => `${name}: ${value}`),
    ...(body ? [`content-length: ${body.byteLength}`] : []),
  ];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  if (body) await connection.write(new Uint8Array(body));
  const reader = new Reader(connection);
  for (;;) {
    const head = parseHead(await reader.head());
    if (head.status >= 200) return { ...head, read: bodyReader(method, head, reader) };
  }
}

interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
}

function parseHead(text: string): Head {
  const [first = "", ...lines] = text.split("\r\n");
  const [, status, statusText = ""] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first) ?? [];
  if (status === undefined) throw new Error("the unikernel's answer is not HTTP");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { status: Number(status), statusText, headers };
}

/** How a body ends (RFC 9112, 6.3). */
function bodyReader(method: string, { status, headers }: Head, reader: Reader) {
  const value = (name: string) => headers.find(([other]) => other === name)?.[1];
  if (method === "HEAD" || status === 204 || status === 304) return async () => undefined;
  if (/\bchunked\s*$/i.test(value("transfer-encoding") ?? "")) return chunks(reader);
  const length = value("content-length");
  return length === undefined ? () => reader.some() : limited(reader, Number(length));
}

function limited(reader: Reader, length: number) {
  let left = length;
  return async () => {
    if (left === 0) return undefined;
    const data = await reader.some(left);
    if (!data) throw new Error("the unikernel closed the connection in the middle of its answer");
    left -= data.length;
    return data;
  };
}

function chunks(reader: Reader) {
  let left = 0;
  let isOver = false;
  return async () => {
    if (isOver) return undefined;
    if (left === 0) {
      left = Number.parseInt(await reader.line(), 16);
      if (!(left > 0)) {
        isOver = true;
        return undefined;
      }
    }
    const data = await reader.some(left);
    if (!data) throw new Error("the unikernel closed the connection in the middle of a chunk");
    left -= data.length;
    if (left === 0) await reader.line();
    return data;
  };
}

/** The octets of a connection, with what was read too much put back. */
class Reader {
  readonly #connection: TcpConnection;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(connection: TcpConnection) {
    this.#connection = connection;
  }

  /** Up to `most` octets; nothing at the end. */
  async some(most = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
    const data = this.#rest.length > 0 ? this.#rest : await this.#connection.read();
    if (!data) return undefined;
    this.#rest = data.subarray(Math.min(most, data.length));
    return data.subarray(0, Math.min(most, data.length));
  }

  line(): Promise<string> {
    return this.#until("\r\n");
  }

  head(): Promise<string> {
    return this.#until("\r\n\r\n");
  }

  async #until(mark: string): Promise<string> {
    let text = "";
    const decoder = new TextDecoder("latin1");
    for (;;) {
      const data = await this.some();
      if (!data) throw new Error("the unikernel closed the connection without an answer");
      const before = text.length;
      text += decoder.decode(data);
      const end = text.indexOf(mark);
      if (end >= 0) {
        this.#rest = data.subarray(end + mark.length - before);
        return text.slice(0, end);
      }
      if (text.length > longestHead)
        throw new Error("the head of the unikernel's answer is too long");
    }
  }
}
