import { MirageError } from "@mirage/diagnostics";
import type { Blob } from "./blob.js";
import { bytesOf } from "./blob.js";
import type { Credentials } from "./credentials.js";
import type { Image } from "./image.js";
import type { Reference } from "./reference.js";

export interface PushOptions {
  readonly credentials?: Credentials;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
  /** Octets of one request; 8 MiB without. */
  readonly chunkSize?: number;
}

/** How often a request is tried again that a registry did not answer, or answered with 5xx. */
const attempts = 4;

/**
 * Puts an image into a registry, as the OCI distribution specification 1.1 has it: what is there already is
 * not sent; an upload that breaks off goes on where it was. Registries on this machine are spoken to by
 * HTTP, all others by HTTPS.
 * @throws MirageError `ERR_MIRAGE_OCI_REGISTRY`
 */
export async function push(
  image: Image,
  reference: Reference,
  options: PushOptions = {},
): Promise<void> {
  const registry = new Registry(reference, options);
  for (const blob of [image.layer, image.config]) await registry.putBlob(blob);
  await registry.putManifest(image.manifest);
}

class Registry {
  readonly #reference: Reference;
  readonly #options: PushOptions;
  readonly #base: string;
  #authorization: string | undefined;

  constructor(reference: Reference, options: PushOptions) {
    this.#reference = reference;
    this.#options = options;
    const { registry, repository } = reference;
    const host = registry.replace(/:\d+$/, "");
    const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);
    this.#base = `${isHere ? "http" : "https"}://${registry}/v2/${repository}`;
  }

  async putBlob(blob: Blob): Promise<void> {
    const { onProgress = () => {} } = this.#options;
    const known = await this.#ask("HEAD", `${this.#base}/blobs/${blob.digest}`);
    if (known.ok) {
      onProgress(`${short(blob)} is there already`);
      return;
    }
    let failures = 0;
    let location = await this.#beginUpload();
    let sent = 0;
    while (sent < blob.size) {
      const chunk = await part(blob, sent, this.#options.chunkSize ?? 8 * 1024 ** 2);
      const headers = {
        "content-type": "application/octet-stream",
        "content-range": `${sent}-${sent + chunk.length - 1}`,
        "content-length": `${chunk.length}`,
      };
      const answer = await this.#ask("PATCH", location, { headers, body: chunk }).catch(
        (error: unknown) => {
          if (++failures >= attempts) throw error;
          return undefined;
        },
      );
      if (answer?.status === 202) {
        location = this.#locationOf(answer, location);
        sent += chunk.length;
      } else {
        if (answer && answer.status !== 416 && ++failures >= attempts) throw refused(answer);
        const state = await this.#ask("GET", location);
        if (state.status === 204) {
          location = this.#locationOf(state, location);
          sent = receivedOf(state);
        } else {
          location = await this.#beginUpload();
          sent = 0;
        }
      }
      onProgress(`${short(blob)}: ${Math.floor((100 * sent) / Math.max(1, blob.size))} %`);
    }
    const end = new URL(location);
    end.searchParams.set("digest", blob.digest);
    const stored = await this.#ask("PUT", end.href, { headers: { "content-length": "0" } });
    if (stored.status !== 201) throw await failed(stored);
  }

  async putManifest(manifest: Blob): Promise<void> {
    const answer = await this.#ask("PUT", `${this.#base}/manifests/${this.#reference.tag}`, {
      headers: { "content-type": manifest.mediaType },
      body: await bytesOf(manifest),
    });
    if (answer.status !== 201) throw await failed(answer);
  }

  async #beginUpload(): Promise<string> {
    const url = `${this.#base}/blobs/uploads/`;
    const begun = await this.#ask("POST", url, { headers: { "content-length": "0" } });
    if (begun.status !== 202) throw await failed(begun);
    return this.#locationOf(begun, url);
  }

  #locationOf(answer: Response, before: string): string {
    const location = answer.headers.get("location");
    return location === null ? before : new URL(location, before).href;
  }

  /** Asks; when the registry wants to know who it is, tells it and asks again. */
  async #ask(method: string, url: string, request: RequestInit = {}): Promise<Response> {
    const answer = await this.#fetch(method, url, request);
    if (answer.status !== 401) return answer;
    this.#authorization = await this.#authorize(answer);
    return this.#fetch(method, url, request);
  }

  async #fetch(method: string, url: string, { headers, ...request }: RequestInit) {
    const { signal } = this.#options;
    const isOwn = new URL(url).origin === new URL(this.#base).origin;
    try {
      return await fetch(url, {
        ...request,
        method,
        headers: {
          ...(headers as Record<string, string> | undefined),
          ...(this.#authorization && isOwn ? { authorization: this.#authorization } : {}),
        },
        ...(signal ? { signal } : {}),
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
      throw new MirageError(
        "ERR_MIRAGE_OCI_REGISTRY",
        `${this.#reference.registry} does not answer: ${why instanceof Error ? why.message : why}`,
        { cause, hint: "check its name, and that it runs" },
      );
    }
  }

  /** RFC 7617, or a token as Docker's registries give it. */
  async #authorize(answer: Response): Promise<string> {
    const challenge = answer.headers.get("www-authenticate") ?? "";
    const { credentials } = this.#options;
    const basic =
      credentials &&
      `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64")}`;
    if (/^basic\b/i.test(challenge) && basic) return basic;
    const parameters = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
    );
    if (/^bearer\b/i.test(challenge) && parameters.realm !== undefined) {
      const url = new URL(parameters.realm);
      if (url.protocol === "https:" || this.#base.startsWith("http:")) {
        if (parameters.service) url.searchParams.set("service", parameters.service);
        url.searchParams.set("scope", `repository:${this.#reference.repository}:pull,push`);
        const given = await fetch(url, basic ? { headers: { authorization: basic } } : {});
        const { token, access_token } = (await given.json().catch(() => ({}))) as {
          token?: string;
          access_token?: string;
        };
        const word = token ?? access_token;
        if (given.ok && word !== undefined) return `Bearer ${word}`;
      }
    }
    const { registry } = this.#reference;
    throw new MirageError("ERR_MIRAGE_OCI_REGISTRY", `${registry} wants to know who you are`, {
      hint: `\`podman login ${registry}\` or \`docker login ${registry}\` stores a user for it`,
    });
  }
}

/** A part of a blob, from an octet on. */
async function part(blob: Blob, from: number, length: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for await (const chunk of blob.chunks()) {
    const piece = chunk.subarray(
      Math.max(0, from - at),
      Math.max(0, Math.min(chunk.length, from + length - at)),
    );
    if (piece.length > 0) chunks.push(piece);
    at += chunk.length;
    if (at >= from + length) break;
  }
  return Buffer.concat(chunks);
}

/** `Range: 0-99` stands for 100 octets; `0-0` for none or one, of which none is the safe guess. */
function receivedOf(answer: Response): number {
  const last = Number(/^0-(\d+)$/.exec(answer.headers.get("range") ?? "")?.[1] ?? 0);
  return last === 0 ? 0 : last + 1;
}

function short({ digest }: Blob): string {
  return digest.slice(7, 19);
}

function refused(answer: Response): MirageError {
  return new MirageError(
    "ERR_MIRAGE_OCI_REGISTRY",
    `the registry answers ${answer.status} ${answer.statusText}`,
    { hint: "it may be full or out of order: try again later" },
  );
}

/** With the registry's own words, if it has some. */
async function failed(answer: Response): Promise<MirageError> {
  const text = await answer.text().catch(() => "");
  let words = "";
  try {
    const [first] =
      (JSON.parse(text) as { errors?: { code?: string; message?: string }[] }).errors ?? [];
    words = [first?.code, first?.message].filter((word) => word).join(": ");
  } catch {
    // no JSON, nothing to say
  }
  return new MirageError(
    "ERR_MIRAGE_OCI_REGISTRY",
    `the registry answers ${answer.status}${words ? `: ${words}` : ""}`,
    {
      hint:
        answer.status === 401 || answer.status === 403
          ? "this user may not write there"
          : "check the image's name",
    },
  );
}
