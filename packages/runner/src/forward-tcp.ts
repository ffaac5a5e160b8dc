import type { Socket } from "node:net";
import type { Guest } from "./guest.js";

/**
 * Leads a connection of this machine to a TCP port of the unikernel, until both ends are closed. One
 * side's end of sending is passed on alone, a reset as a reset. `onRefused` gets the reason when the
 * unikernel can't be reached; the client then sees a reset.
 */
export async function forwardTcp(
  client: Socket,
  guest: Guest,
  port: number,
  onRefused: (reason: string) => void,
): Promise<void> {
  client.allowHalfOpen = true;
  client.setNoDelay(true);
  const gone = new AbortController();
  const abort = () => gone.abort();
  client.on("error", () => {}); // "close" follows and says that there was one
  client.once("close", abort);
  let server: Socket;
  try {
    server = await guest.dial(port, gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) onRefused(reasonOf(error));
    client.resetAndDestroy();
    return;
  }
  client.off("close", abort);
  join(client, server);
}

function join(client: Socket, server: Socket): void {
  server.on("error", () => {});
  for (const [from, to] of [[client, server] as const, [server, client] as const]) {
    from.pipe(to);
    from.once("close", (failed) => {
      if (failed) to.resetAndDestroy();
    });
  }
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ECONNREFUSED":
      return "nothing listens there";
    case "EHOSTUNREACH":
    case "ETIMEDOUT":
      return "its network doesn't answer";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
