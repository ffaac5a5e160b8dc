import type { Station } from "@mirage/virtual-switch";
import { request } from "./http-client.js";
import type { PageConfiguration, SiteControl, SiteReply, SiteRequest } from "./messages.js";

/** Answers the service worker's requests by TCP connections to the unikernel. */
export class Site {
  readonly #instance: string;
  readonly #configuration: PageConfiguration;
  readonly #station: () => Station | undefined;

  /** `station` is the page's own computer on the wire, while there is one. */
  constructor(
    instance: string,
    configuration: PageConfiguration,
    station: () => Station | undefined,
  ) {
    this.#instance = instance;
    this.#configuration = configuration;
    this.#station = station;
  }

  listen(): void {
    navigator.serviceWorker.addEventListener("message", ({ data, ports }) => {
      const message = data as SiteRequest;
      const [port] = ports;
      if (message.type !== "mirage-request" || message.instance !== this.#instance || !port) return;
      void this.#answer(message, port);
    });
    navigator.serviceWorker.startMessages();
  }

  async #answer(message: SiteRequest, port: MessagePort): Promise<void> {
    const tell = (reply: SiteReply) => {
      port.postMessage(reply, reply.type === "chunk" ? [reply.data.buffer] : []);
    };
    tell({ type: "accepted" });
    try {
      const { network, httpPort } = this.#configuration;
      const station = this.#station();
      if (!station || !network)
        throw new Error("The unikernel does not run: start it, and reload.");
      if (httpPort === undefined) throw new Error("The unikernel has no web server.");
      const connection = await station.connect(network.address, httpPort);
      const { read, ...head } = await request(connection, message, network.address);
      // From here on, the service worker asks for each chunk.
      port.onmessage = async ({ data }: MessageEvent<SiteControl>) => {
        if (data.type === "cancel") {
          connection.abort();
          return;
        }
        try {
          const chunk = await read();
          if (!chunk) connection.close();
          tell(chunk ? { type: "chunk", data: chunk.slice() } : { type: "end" });
        } catch (error) {
          connection.abort();
          tell({ type: "error", message: words(error) });
        }
      };
      tell({ type: "head", ...head });
      if (message.method === "HEAD" || head.status === 204 || head.status === 304) {
        connection.close();
      }
    } catch (error) {
      tell({ type: "error", message: words(error) });
    }
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
