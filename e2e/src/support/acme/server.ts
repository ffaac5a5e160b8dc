import { type KeyObject, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { Authority } from "./authority.js";
import { http01, type Place, type Proof, tlsAlpn01 } from "./challenges.js";
import {
  checkSignature,
  isObject,
  parse,
  readJws,
  readKey,
  type Signed,
  thumbprint,
} from "./jws.js";
import { must, Problem } from "./problem.js";

/** How the authority behaves. */
export interface Behaviour {
  /** Where it looks for the domains' servers. */
  readonly place: Place;
  /** Seconds for which its certificates are valid. */
  validity: number;
  /** How many of the next requests meet `badNonce`. */
  badNonces: number;
  /** How many of the next orders meet `rateLimited`. */
  rateLimits: number;
  /** How often an order is looked at until its certificate is there. */
  readonly polls: number;
}

interface Account {
  readonly url: string;
  readonly key: KeyObject;
  readonly contact: readonly string[];
}

interface Challenge {
  readonly type: "http-01" | "tls-alpn-01";
  readonly url: string;
  readonly token: string;
  status: "pending" | "processing" | "valid" | "invalid";
  error?: Problem;
}

interface Authorization {
  readonly owner: Account;
  readonly url: string;
  readonly domain: string;
  readonly challenges: readonly Challenge[];
  status: "pending" | "valid" | "invalid";
}

interface Order {
  readonly owner: Account;
  readonly url: string;
  readonly authorizations: readonly Authorization[];
  status: "pending" | "ready" | "processing" | "valid" | "invalid";
  polls: number;
  chain: string;
}

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly pem?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An authority that speaks ACME as strictly as RFC 8555 allows: nonces serve once, requests are signed for
 * their URL by the right key, what belongs to one account is no other's, resources change their state only
 * where the RFC lets them, and domains are really asked.
 */
export class AcmeServer {
  readonly authority: Authority;
  readonly behaviour: Behaviour;
  /** What was refused, as `kind: detail`. */
  readonly refusals: string[] = [];
  /** The domains that were proved, as `type domain`. */
  readonly proofs: string[] = [];
  /** The chains that were issued. */
  readonly issued: string[] = [];
  /** What accounts said of their owners. */
  readonly contacts: string[] = [];
  readonly #server: Server;
  readonly #nonces = new Set<string>();
  readonly #accounts = new Map<string, Account>();
  readonly #orders = new Map<string, Order>();
  readonly #authorizations = new Map<string, Authorization>();

  /** @param folder for the authority's files */
  constructor(folder: string, behaviour: Behaviour) {
    this.authority = new Authority(folder);
    this.behaviour = behaviour;
    const proof = this.authority.server("DNS:localhost,IP:127.0.0.1");
    this.#server = createServer(proof, (request, response) => void this.#serve(request, response));
  }

  async listen(): Promise<void> {
    await new Promise<void>((settle) => this.#server.listen(0, "127.0.0.1", settle));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((settle) => this.#server.close(settle));
  }

  get directory(): string {
    return this.#url("/directory");
  }

  /** Forgets its accounts, as one of another day would have. */
  forgetAccounts(): void {
    this.#accounts.clear();
  }

  #url(path: string): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  #newUrl(kind: string): string {
    return this.#url(`/${kind}/${randomBytes(8).toString("hex")}`);
  }

  #nonce(): string {
    const nonce = randomBytes(12).toString("base64url");
    this.#nonces.add(nonce);
    return nonce;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status = 200, body, pem, headers = {} } = await this.#answer(request);
    const text = pem ?? (body === undefined ? "" : JSON.stringify(body));
    const type = pem ? "application/pem-certificate-chain" : "application/json";
    const isNew = request.method === "POST" || request.url === "/new-nonce";
    response.writeHead(status, {
      link: `<${this.directory}>;rel="index"`,
      ...(isNew ? { "replay-nonce": this.#nonce(), "cache-control": "no-store" } : {}),
      ...(text === ""
        ? {}
        : { "content-type": body instanceof Problem ? "application/problem+json" : type }),
      ...headers,
    });
    response.end(text);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    try {
      must(request.headers["user-agent"] !== undefined, "there is no User-Agent");
      if (request.method === "POST") return await this.#post(request);
      if (request.url === "/directory" && request.method === "GET") return this.#directory();
      if (request.url === "/new-nonce" && request.method === "HEAD") return {};
      if (request.url === "/new-nonce" && request.method === "GET") return { status: 204 };
      throw new Problem("malformed", "only POST, or POST-as-GET, gets to this", 405);
    } catch (e) {
      const problem = e instanceof Problem ? e : new Problem("serverInternal", String(e), 500);
      this.refusals.push(`${problem.kind}: ${problem.message}`);
      const wait = problem.kind === "rateLimited" ? { "retry-after": "3600" } : {};
      return { status: problem.status, body: problem, headers: wait };
    }
  }

  #directory(): Answer {
    const body = {
      newNonce: this.#url("/new-nonce"),
      newAccount: this.#url("/new-account"),
      newOrder: this.#url("/new-order"),
      revokeCert: this.#url("/revoke-cert"),
      keyChange: this.#url("/key-change"),
      meta: { termsOfService: "https://localhost/terms" },
    };
    return { body };
  }

  async #post(request: IncomingMessage): Promise<Answer> {
    const type = request.headers["content-type"];
    must(type === "application/jose+json", `${type} is not application/jose+json`, 415);
    let body = "";
    for await (const data of request) body += data;
    const signed = readJws(body);
    const { nonce, url, jwk, kid } = signed.header;
    const isKnown = this.#nonces.delete(nonce);
    if (!isKnown || this.behaviour.badNonces-- > 0) {
      throw new Problem("badNonce", isKnown ? "it is not liked" : "it is unknown, or was used");
    }
    if (url !== this.#url(request.url ?? "")) {
      throw new Problem("unauthorized", `it was signed for ${url}`, 401);
    }
    if (request.url === "/new-account") {
      must(jwk !== undefined, "a new account is signed with its jwk");
      const key = readKey(jwk);
      checkSignature(signed, key);
      return this.#newAccount(key, signed);
    }
    must(kid !== undefined, "it is to be signed with the kid of an account");
    const account = this.#accounts.get(kid);
    if (!account) throw new Problem("accountDoesNotExist", `there is no account ${kid}`);
    checkSignature(signed, account.key);
    return this.#resource(url, account, signed.payload);
  }

  #newAccount(key: KeyObject, { payload }: Signed): Answer {
    const asked = parse(payload, "the payload");
    must(isObject(asked), "the payload is no object");
    for (const account of this.#accounts.values()) {
      if (account.key.equals(key)) return this.#account(account, 200);
    }
    if (asked.onlyReturnExisting === true) {
      throw new Problem("accountDoesNotExist", "there is no account of this key");
    }
    if (asked.termsOfServiceAgreed !== true) {
      throw new Problem("userActionRequired", "the terms of service are not agreed to", 403);
    }
    const contact = asked.contact ?? [];
    must(Array.isArray(contact), "contact is no array");
    for (const each of contact) {
      if (!/^mailto:[^@,?\s]+@[^@,?\s]+$/.test(String(each))) {
        throw new Problem("unsupportedContact", `${each} is no address of mail`);
      }
      this.contacts.push(each);
    }
    const account = { url: this.#newUrl("account"), key, contact };
    this.#accounts.set(account.url, account);
    return this.#account(account, 201);
  }

  #account({ url, contact }: Account, status: number): Answer {
    const body = { status: "valid", contact, orders: `${url}/orders` };
    return { status, headers: { location: url }, body };
  }

  async #resource(url: string, account: Account, payload: string): Promise<Answer> {
    if (url === this.#url("/new-order")) return this.#newOrder(account, payload);
    if (url === account.url) return this.#account(account, 200);
    const part = /\/(finalize|certificate)$/.exec(url)?.[1];
    const order = this.#orders.get(part ? url.slice(0, -part.length - 1) : url);
    if (order) {
      own(order, account);
      if (part === "finalize") return this.#finalize(order, payload);
      must(payload === "", "the payload of a POST-as-GET is empty");
      if (part === undefined) return this.#order(order);
      must(order.status === "valid", "there is no certificate yet", 404);
      return { pem: order.chain };
    }
    for (const authorization of this.#authorizations.values()) {
      const challenge = authorization.challenges.find((each) => each.url === url);
      if (authorization.url !== url && !challenge) continue;
      own(authorization, account);
      if (challenge) return this.#challenge(authorization, challenge, payload);
      must(payload === "", "the payload of a POST-as-GET is empty");
      return { body: authorizationBody(authorization) };
    }
    throw new Problem("malformed", "there is no such thing", 404);
  }

  #newOrder(owner: Account, payload: string): Answer {
    if (this.behaviour.rateLimits-- > 0) {
      throw new Problem("rateLimited", "too many orders", 429);
    }
    const asked = parse(payload, "the payload");
    must(isObject(asked) && Array.isArray(asked.identifiers), "there are no identifiers");
    must(asked.identifiers.length > 0, "there are no identifiers");
    const authorizations = asked.identifiers.map((identifier: unknown) => {
      must(isObject(identifier), "an identifier is no object");
      if (identifier.type !== "dns") {
        throw new Problem("unsupportedIdentifier", `the type ${identifier.type} is not known`);
      }
      const domain = String(identifier.value);
      must(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(domain), `${domain} is no name in lower case`);
      if (/(^|\.)forbidden\./.test(domain)) {
        throw new Problem("rejectedIdentifier", `${domain} is on a list`, 403);
      }
      return this.#newAuthorization(owner, domain);
    });
    const url = this.#newUrl("order");
    const polls = this.behaviour.polls;
    const order: Order = { owner, url, authorizations, status: "pending", polls, chain: "" };
    this.#orders.set(url, order);
    return { ...this.#order(order), status: 201, headers: { location: url } };
  }

  #newAuthorization(owner: Account, domain: string): Authorization {
    const challenges = (["http-01", "tls-alpn-01"] as const).map((type): Challenge => {
      const token = randomBytes(24).toString("base64url");
      return { type, url: this.#newUrl("challenge"), token, status: "pending" };
    });
    const url = this.#newUrl("authorization");
    const authorization: Authorization = { owner, url, domain, challenges, status: "pending" };
    this.#authorizations.set(url, authorization);
    return authorization;
  }

  #order(order: Order): Answer {
    const { url, authorizations, status } = order;
    if (status === "processing" && order.polls-- <= 0) order.status = "valid";
    const body = {
      status: order.status,
      expires: new Date(Date.now() + 3_600_000).toISOString(),
      identifiers: authorizations.map(({ domain }) => ({ type: "dns", value: domain })),
      authorizations: authorizations.map((each) => each.url),
      finalize: `${url}/finalize`,
      ...(order.status === "valid" ? { certificate: `${url}/certificate` } : {}),
    };
    return { body, headers: order.status === "processing" ? { "retry-after": "1" } : {} };
  }

  #challenge(authorization: Authorization, challenge: Challenge, payload: string): Answer {
    const body = () => challengeBody(challenge);
    const up = { link: `<${authorization.url}>;rel="up"` };
    if (payload === "") return { body: body(), headers: up };
    must(payload === "{}", "the payload of a response is {}");
    must(authorization.status === "pending", "the authorization is not pending");
    if (challenge.status === "pending") {
      challenge.status = "processing";
      void this.#validate(authorization, challenge);
    }
    return { body: body(), headers: up };
  }

  async #validate(authorization: Authorization, challenge: Challenge): Promise<void> {
    const { domain, owner } = authorization;
    const { token, type } = challenge;
    const proof: Proof = { domain, token, keyAuthorization: `${token}.${thumbprint(owner.key)}` };
    try {
      await (type === "http-01" ? http01 : tlsAlpn01)(proof, this.behaviour.place);
      challenge.status = "valid";
      authorization.status = "valid";
      this.proofs.push(`${type} ${domain}`);
    } catch (e) {
      challenge.error = e instanceof Problem ? e : new Problem("serverInternal", String(e), 500);
      challenge.status = "invalid";
      authorization.status = "invalid";
      this.refusals.push(`${challenge.error.kind}: ${challenge.error.message}`);
    }
    for (const order of this.#orders.values()) {
      if (order.status !== "pending" || !order.authorizations.includes(authorization)) continue;
      if (authorization.status === "invalid") order.status = "invalid";
      else if (order.authorizations.every(({ status }) => status === "valid"))
        order.status = "ready";
    }
  }

  #finalize(order: Order, payload: string): Answer {
    if (order.status !== "ready") {
      throw new Problem("orderNotReady", `the order is ${order.status}`, 403);
    }
    const asked = parse(payload, "the payload");
    must(isObject(asked) && typeof asked.csr === "string", "there is no csr");
    must(/^[A-Za-z0-9_-]+$/.test(asked.csr), "the csr is not base64url without padding");
    const domains = order.authorizations.map(({ domain }) => domain);
    const der = Buffer.from(asked.csr, "base64url");
    order.chain = this.authority.issue(der, domains, order.owner.key, this.behaviour.validity);
    order.status = "processing";
    this.issued.push(order.chain);
    return { ...this.#order(order), headers: { location: order.url } };
  }
}

function own({ owner }: { readonly owner: Account }, account: Account): void {
  if (owner !== account) throw new Problem("unauthorized", "it is another account's", 403);
}

function challengeBody({ type, url, token, status, error }: Challenge) {
  return { type, url, token, status, ...(error ? { error } : {}) };
}

function authorizationBody({ domain, status, challenges }: Authorization) {
  return {
    identifier: { type: "dns", value: domain },
    status,
    expires: new Date(Date.now() + 3_600_000).toISOString(),
    challenges: challenges.map(challengeBody),
  };
}
