import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { MirageError } from "@mirage/diagnostics";
import { formatEndpoint, type Publication } from "./publish.js";

/** How many ports after a taken one are tried. */
const attempts = 100;

/** A socket of this machine that is bound for a publication. */
export interface Bound<S> {
  readonly socket: S;
  readonly hostPort: number;
}

/** Listens for TCP connections; they stay unread until somebody takes them. */
export function bindTcp(publication: Publication, strict: boolean): Promise<Bound<Server>> {
  return firstFree(publication, strict, async (port) => {
    const server = createServer({ pauseOnConnect: true });
    server.listen({ host: publication.host, port, backlog: 4096 });
    await once(server, "listening");
    return server;
  });
}

/** Binds a UDP socket. */
export function bindUdp(publication: Publication, strict: boolean): Promise<Bound<UdpSocket>> {
  return firstFree(publication, strict, async (port) => {
    const socket = createSocket(publication.host.includes(":") ? "udp6" : "udp4");
    socket.bind(port, publication.host);
    await once(socket, "listening");
    return socket;
  });
}

async function firstFree<S extends { address(): string | AddressInfo | null }>(
  publication: Publication,
  strict: boolean,
  bind: (port: number) => Promise<S>,
): Promise<Bound<S>> {
  const { hostPort } = publication;
  const last = strict ? hostPort : Math.min(hostPort + attempts, 65535);
  for (let port = hostPort; ; port++) {
    try {
      const socket = await bind(port);
      return { socket, hostPort: (socket.address() as AddressInfo).port };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EADDRINUSE" && port < last) continue;
      throw bindError(publication, strict, error);
    }
  }
}

function bindError(
  { host, hostPort, port }: Publication,
  strict: boolean,
  cause: unknown,
): unknown {
  const endpoint = formatEndpoint(host, hostPort);
  switch ((cause as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return new MirageError(
        "ERR_MIRAGE_RUN_PORT_TAKEN",
        `${endpoint} is taken${strict ? "" : `, and so are the ${attempts} ports after it`}`,
        { cause, hint: `choose another port: \`--publish 0:${port}\` takes any free one` },
      );
    case "EACCES":
      return new MirageError(
        "ERR_MIRAGE_RUN_PORT_PRIVILEGE",
        `this user may not listen on ${endpoint}`,
        {
          cause,
          hint: `choose a port from 1024 up, such as \`--publish 8080:${port}\``,
        },
      );
    case "EADDRNOTAVAIL":
      return new MirageError(
        "ERR_MIRAGE_RUN_PORT_ADDRESS",
        `${host} is not an address of this machine`,
        {
          cause,
          hint: `leave it out for 127.0.0.1, or write 0.0.0.0 for every address`,
        },
      );
    default:
      return cause;
  }
}
