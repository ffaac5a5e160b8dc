import type { RunEvent } from "@mirage/runner";

/** How long, in milliseconds, a program that serves a port may take to serve the others. */
const settleMs = 1_000;

interface Port {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
}

/** Says which published ports the program does not serve, once it serves others. */
export class ServedPorts {
  readonly #say: (text: string) => void;
  readonly #published: (Port & { readonly hostPort: number })[] = [];
  readonly #served: Port[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  tell(event: RunEvent): void {
    if (event.type === "published") this.#published.push(event);
    if (event.type !== "serving" || this.#published.length === 0) return;
    this.#served.push(event);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#compare(), settleMs);
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #compare(): void {
    for (const { protocol, port, hostPort } of this.#published) {
      const served = this.#served.filter((other) => other.protocol === protocol);
      if (served.length === 0 || served.some((other) => other.port === port)) continue;
      const ports = served.map((other) => other.port);
      const suffix = protocol === "udp" ? "/udp" : "";
      this.#say(
        `port ${port} is published, but the unikernel serves ${protocol.toUpperCase()} port ${ports.join(", ")}: \`--publish ${hostPort}:${ports[0]}${suffix}\` leads there`,
      );
    }
  }
}
