/** What the page is told of its unikernel: `unikernel.json` beside it. */
export interface PageConfiguration {
  readonly name: string;
  /** The module that `mirage build` has made, relative to the page. */
  readonly module: string;
  /** Absent where the program has no network device `net`. */
  readonly network?: {
    readonly address: string;
    readonly netmask: string;
    readonly gateway: string;
  };
  /** Where its web server listens, if it has one. */
  readonly httpPort?: number;
}

/** To the worker: start, once, and stop. */
export type ToWorker =
  | { readonly type: "start"; readonly module: string; readonly network?: MessagePort }
  | { readonly type: "stop" };

export type FromWorker =
  | { readonly type: "print"; readonly text: string; readonly stream: "stdout" | "stderr" }
  | { readonly type: "status"; readonly line: string }
  | { readonly type: "exited"; readonly code: number }
  | { readonly type: "failed"; readonly message: string };

/** From the service worker to pages: the one with the instance answers on the port. */
export interface SiteRequest {
  readonly type: "mirage-request";
  readonly instance: string;
  readonly method: string;
  /** Path and query on the site. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: ArrayBuffer | null;
}

/** On the port of a request; each `pull` of the service worker gets one chunk, or the end. */
export type SiteReply =
  | { readonly type: "accepted" }
  | {
      readonly type: "head";
      readonly status: number;
      readonly statusText: string;
      readonly headers: readonly (readonly [string, string])[];
    }
  | { readonly type: "chunk"; readonly data: Uint8Array<ArrayBuffer> }
  | { readonly type: "end" }
  | { readonly type: "error"; readonly message: string };

export type SiteControl = { readonly type: "pull" } | { readonly type: "cancel" };

/** Where the sites of unikernels are, below the page: `site/INSTANCE/`. */
export const siteFolder = "site/";
