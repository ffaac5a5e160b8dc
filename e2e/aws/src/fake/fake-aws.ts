import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, type Call, Refusal } from "./answer.js";
import { EbsDirect } from "./ebs.js";
import { Ec2 } from "./ec2.js";
import { misfits } from "./model.js";
import { Region } from "./region.js";
import { type Credentials, scopeOf, verify } from "./signature.js";

/** What goes wrong with a call. */
export type FaultKind =
  /** Refused as one of too many. */
  | "throttle"
  /** Status 500, nothing done. */
  | "error"
  /** Connection reset before anything was done. */
  | "reset"
  /** Done, but the connection is reset before the answer. */
  | "lost"
  /** Done, but only half of the answer arrives. */
  | "truncated"
  /** Answered after the client's patience. */
  | "slow"
  /** Not allowed; `words` are AWS's. */
  | "forbidden"
  /** Answered as if there were nothing of that name. */
  | "not-yet"
  /** A proxy's web page, with status 500. */
  | "html"
  /** From this call on, the credentials have expired. */
  | "expired"
  /** From this call on, the server's clock is 20 minutes ahead. */
  | "skew"
  /** Never answered; whoever calls is to be killed. */
  | "hang";

export interface Fault {
  /** The number of the call, counted from 0, or an action. */
  readonly at: number | string;
  readonly kind: FaultKind;
  /** How many calls from there, 1 when absent; of an action only that action's. */
  readonly times?: number;
  readonly words?: string;
}

/** A call that the server has seen. */
export interface Seen {
  readonly action: string;
  readonly region: string;
  readonly path: string;
  readonly bytes: number;
  /** What the answer was, or the fault. */
  outcome: string;
}

export interface FakeAwsOptions {
  /** How often something new must be looked at until it is ready; 1 when absent. */
  readonly looks?: number;
  /** Pause before each answer, in milliseconds. */
  readonly latencyMs?: number;
  /** How long `slow` answers take, in milliseconds. */
  readonly slowMs?: number;
}

export const accessKey = "AKIDEXAMPLE0MIRAGE00";
export const secretKey = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY";
export const sessionToken = "FwoGZXIvYXdzEExampleSessionToken0123456789";
export const regionNames = ["eu-west-1", "us-east-1", "ap-southeast-2"] as const;

const webPage: Answer = {
  status: 500,
  headers: { "content-type": "text/html; charset=utf-8" },
  body: "<html><body><h1>Proxy error</h1></body></html>",
};

/** How an action says that it knows no such thing. */
function unknownTo(action: string): string {
  if (action.startsWith("ebs:")) return "ResourceNotFoundException";
  if (action.endsWith("Snapshots") || action === "ec2:RegisterImage")
    return "InvalidSnapshot.NotFound";
  return action === "ec2:GetConsoleOutput" ? "InvalidInstanceID.NotFound" : "InvalidAMIID.NotFound";
}

/** EBS direct and EC2 on one port of the loopback interface, with state by region. */
export class FakeAws {
  readonly seen: Seen[] = [];
  readonly regions = new Map<string, Region>(regionNames.map((name) => [name, new Region(name)]));
  readonly credentials = new Map<string, Credentials>([
    [accessKey, { secret: secretKey, token: sessionToken, isExpired: false }],
  ]);
  faults: Fault[] = [];
  /** What becomes of the next sealed snapshots and new images. */
  readonly snapshotFates: ("completed" | "error")[] = [];
  readonly imageFates: ("available" | "failed")[] = [];
  consoleOutput = "Hello from a unikernel\r\n";
  /** Called for each call with its number, before anything is done. */
  onCall: (number: number) => void = () => {};
  /** Called when a call hangs. */
  onHang: () => void = () => {};
  /** How far the server's clock is ahead, in milliseconds. */
  clockOffset = 0;
  readonly #server: Server;
  readonly #ebs: EbsDirect;
  readonly #ec2: Ec2;
  #lastId = 0;
  /** What in requests and answers does not fit AWS's own model of its services. */
  readonly misfits: string[] = [];
  readonly #faultsUsed = new Map<Fault, number>();

  readonly #options: FakeAwsOptions;

  private constructor(options: FakeAwsOptions) {
    this.#options = options;
    const newId = (prefix: string) =>
      `${prefix}-${(++this.#lastId).toString(16).padStart(17, "0")}`;
    const looks = () => options.looks ?? 1;
    this.#ebs = new EbsDirect(newId, looks);
    const self = this;
    this.#ec2 = new Ec2((name) => this.region(name), regionNames, newId, {
      looks,
      fateOfImage: () => this.imageFates.shift() ?? "available",
      fateOfSnapshot: () => this.snapshotFates.shift() ?? "completed",
      get consoleOutput() {
        return self.consoleOutput;
      },
    });
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => request.socket.destroy());
    });
  }

  static async start(options: FakeAwsOptions = {}): Promise<FakeAws> {
    const fake = new FakeAws(options);
    fake.#server.listen(0, "127.0.0.1");
    await once(fake.#server, "listening");
    return fake;
  }

  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Variables with which the SDK and the AWS command line call this server and nothing else. */
  environment(home: string): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_REGION: regionNames[0],
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: `${home}/.aws/config`,
      AWS_SHARED_CREDENTIALS_FILE: `${home}/.aws/credentials`,
    };
  }

  region(name: string): Region {
    const region = this.regions.get(name);
    if (region) return region;
    throw new Refusal("AuthFailure", `the region ${name} is not enabled`, 401);
  }

  /** The region that calls go to when nothing else is said. */
  get home(): Region {
    return this.region(regionNames[0]);
  }

  /** Calls by action, in their order. */
  get actions(): string[] {
    return this.seen.map(({ action }) => action);
  }

  /** Forgets the calls and faults, keeps what there is. */
  forgetCalls(): void {
    this.seen.length = 0;
    this.faults = [];
    this.#faultsUsed.clear();
  }

  /** Credentials and clock as at the start. */
  recover(): void {
    this.faults = [];
    this.clockOffset = 0;
    for (const credentials of this.credentials.values()) credentials.isExpired = false;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? "/", "http://fake");
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const { region, service } = scopeOf(headers.authorization);
    const call: Call = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers,
      body: Buffer.concat(chunks),
      region,
    };
    const api = service === "ebs" ? this.#ebs : this.#ec2;
    const requestId = `request-${this.seen.length}`;
    const seen: Seen = {
      action: `${service}:?`,
      region,
      path: call.path,
      bytes: call.body.length,
      outcome: "",
    };
    this.seen.push(seen);
    const number = this.seen.length - 1;
    this.onCall(number);
    let answer: Answer;
    let fault: FaultKind | undefined;
    try {
      const action = api.actionOf(call);
      Object.assign(seen, { action });
      const due = this.#faultFor(action, number);
      fault = due?.kind;
      seen.outcome = fault ?? "";
      if (this.#options.latencyMs) await sleep(this.#options.latencyMs);
      this.#applyFault(due, action);
      if (fault === "reset") {
        request.socket.resetAndDestroy();
        return;
      }
      if (fault === "hang") {
        this.onHang();
        return;
      }
      verify(call, this.credentials, Date.now() + this.clockOffset);
      answer = api.handle(action, call, this.region(region), requestId);
      this.misfits.push(...misfits(action, call, answer));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      seen.outcome = error.code;
      answer = error.code === "html" ? webPage : api.refuse(error, requestId);
    }
    if (fault === "slow") await sleep(this.#options.slowMs ?? 1000);
    if (fault === "lost") {
      request.socket.resetAndDestroy();
      return;
    }
    this.#write(response, answer, fault === "truncated");
  }

  #faultFor(action: string, number: number): Fault | undefined {
    const fault = this.faults.find((one) => {
      const used = this.#faultsUsed.get(one) ?? 0;
      const isDue = typeof one.at === "string" ? one.at === action : one.at === number || used > 0;
      return isDue && used < (one.times ?? 1);
    });
    if (fault) this.#faultsUsed.set(fault, (this.#faultsUsed.get(fault) ?? 0) + 1);
    return fault;
  }

  #applyFault(fault: Fault | undefined, action: string): void {
    const ebs = action.startsWith("ebs:");
    switch (fault?.kind) {
      case "html":
        throw new Refusal("html", "a proxy");
      case "not-yet":
        throw new Refusal(unknownTo(action), "It does not exist.", ebs ? 404 : 400);
      case "throttle":
        throw new Refusal(
          ebs ? "RequestThrottledException" : "RequestLimitExceeded",
          "Request limit exceeded.",
          ebs ? 400 : 503,
        );
      case "error":
        throw new Refusal(
          ebs ? "InternalServerException" : "InternalError",
          "An internal error has occurred",
          500,
        );
      case "forbidden":
        throw new Refusal(
          ebs ? "AccessDeniedException" : "UnauthorizedOperation",
          fault.words ?? "You are not authorized to perform this operation.",
          403,
        );
      case "expired":
        for (const credentials of this.credentials.values()) credentials.isExpired = true;
        break;
      case "skew":
        this.clockOffset = 20 * 60_000;
        break;
      default:
    }
  }

  #write(response: ServerResponse, answer: Answer, half: boolean): void {
    const body = Buffer.from(answer.body ?? "");
    response.writeHead(answer.status, {
      date: new Date(Date.now() + this.clockOffset).toUTCString(),
      "content-length": body.length,
      ...answer.headers,
    });
    if (half) {
      const cut = () => response.socket?.destroy();
      if (body.length === 0) cut();
      else response.write(body.subarray(0, body.length / 2), cut);
    } else {
      response.end(body);
    }
  }
}
