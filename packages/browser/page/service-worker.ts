// Turns requests below site/INSTANCE/ into messages to the page in which that unikernel runs.
import { type SiteControl, type SiteReply, type SiteRequest, siteFolder } from "./messages.js";

/** The parts of a service worker's global object that are used, which the types for pages lack. */
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: {
    claim(): Promise<void>;
    get(id: string): Promise<{ readonly url: string } | undefined>;
    matchAll(options: {
      readonly type: "window";
      readonly includeUncontrolled: true;
    }): Promise<
      readonly { readonly url: string; postMessage(message: unknown, ports: MessagePort[]): void }[]
    >;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: never) => void): void;
}

interface FetchEvent {
  readonly request: Request;
  readonly clientId: string;
  respondWith(response: Promise<Response>): void;
}

const scope = self as unknown as Scope;
const root = new URL(scope.registration.scope);
const sites = root.pathname + siteFolder;

/** Milliseconds that the page has to say that the unikernel is its own. */
const pageMs = 5000;

scope.addEventListener("install", (event: { waitUntil(done: Promise<void>): void }) =>
  event.waitUntil(scope.skipWaiting()),
);
scope.addEventListener("activate", (event: { waitUntil(done: Promise<void>): void }) =>
  event.waitUntil(scope.clients.claim()),
);
scope.addEventListener("fetch", (event: FetchEvent) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== root.origin) return;
  const site = siteOf(url);
  if (site) {
    event.respondWith(answer(request, site.instance, site.target));
    return;
  }
  // A link of the site that starts at its root comes from below it.
  const from = siteOf(new URL(request.referrer || root.href));
  if (!from) return;
  const moved = new URL(`${sites}${from.instance}${url.pathname}${url.search}`, root);
  if (request.mode === "navigate") {
    event.respondWith(Promise.resolve(Response.redirect(moved.href, 307)));
    return;
  }
  event.respondWith(answer(request, from.instance, url.pathname + url.search));
});

/** The instance and what is asked of it. */
function siteOf({ origin, pathname, search }: URL) {
  if (origin !== root.origin || !pathname.startsWith(sites)) return undefined;
  const [instance = ""] = pathname.slice(sites.length).split("/", 1);
  return { instance, target: (pathname.slice(sites.length + instance.length) || "/") + search };
}

async function answer(request: Request, instance: string, target: string): Promise<Response> {
  const message: SiteRequest = {
    type: "mirage-request",
    instance,
    method: request.method,
    target,
    headers: [...request.headers],
    body: ["GET", "HEAD"].includes(request.method) ? null : await request.arrayBuffer(),
  };
  const asked = (await pages()).map((page) => ask(page, message));
  const none = new Promise<undefined>((resolve) => setTimeout(resolve, pageMs));
  const page = await Promise.race([...asked, none]);
  if (!page) return failure("The page in which this unikernel ran is closed.");
  const head = await page.replies.next();
  if (head.type !== "head") {
    return failure(head.type === "error" ? head.message : "The answer has no head.");
  }
  const { status, statusText } = head;
  const headers = head.headers.map(([name, value]): [string, string] => [
    name,
    name === "location" ? value.replace(/^\/(?!\/)/, `${sites}${instance}/`) : value,
  ]);
  const isEmpty = request.method === "HEAD" || [101, 204, 205, 304].includes(status);
  return new Response(isEmpty ? null : bodyOf(page), { status, statusText, headers });
}

type Window = Awaited<ReturnType<Scope["clients"]["matchAll"]>>[number];

/** The windows that may have a unikernel: not those that show the site of one. */
async function pages(): Promise<Window[]> {
  const all = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter(({ url }) => !siteOf(new URL(url)));
}

interface Page {
  readonly port: MessagePort;
  readonly replies: Replies;
}

/** Settles when the window has said that it has the instance. */
async function ask(window: Window, message: SiteRequest): Promise<Page> {
  const { port1: port, port2 } = new MessageChannel();
  const replies = repliesOf(port);
  window.postMessage(message, [port2]);
  await replies.next();
  return { port, replies };
}

interface Replies {
  next(): Promise<SiteReply>;
}

function repliesOf(port: MessagePort): Replies {
  const come: SiteReply[] = [];
  const waiting: ((reply: SiteReply) => void)[] = [];
  port.onmessage = ({ data }: MessageEvent<SiteReply>) => {
    const next = waiting.shift();
    if (next) next(data);
    else come.push(data);
  };
  return {
    next: () =>
      new Promise((resolve) => {
        const reply = come.shift();
        if (reply) resolve(reply);
        else waiting.push(resolve);
      }),
  };
}

function bodyOf({ port, replies }: Page): ReadableStream<Uint8Array<ArrayBuffer>> {
  const tell = (control: SiteControl) => port.postMessage(control);
  return new ReadableStream({
    async pull(controller) {
      tell({ type: "pull" });
      const reply = await replies.next();
      if (reply.type === "chunk") {
        controller.enqueue(reply.data);
        return;
      }
      port.close();
      if (reply.type === "error") controller.error(new TypeError(reply.message));
      else controller.close();
    },
    cancel() {
      tell({ type: "cancel" });
      port.close();
    },
  });
}

function failure(sentence: string): Response {
  const text = sentence.replace(/[<&]/g, (c) => (c === "<" ? "&lt;" : "&amp;"));
  const page = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>No answer</title><body style="font:1rem/1.5 system-ui;margin:2rem;color:#444"><p>${text}</p>`;
  return new Response(page, {
    status: 503,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}
