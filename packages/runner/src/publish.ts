import { isIP } from "node:net";
import { MirageError } from "@mirage/diagnostics";

export type Protocol = "tcp" | "udp";

/** A port of this machine that leads to a port of the unikernel. */
export interface Publication {
  /** Address on which this machine listens. */
  readonly host: string;
  /** Where it listens besides, if it can; for TCP without an address. */
  readonly alsoOn?: string;
  /** 0: any free port. */
  readonly hostPort: number;
  /** Port of the unikernel. */
  readonly port: number;
  readonly protocol: Protocol;
}

const form =
  /^(?:(?<host>[^[\]:]+|\[[^\]]+\]):)?(?<hostPort>\d+):(?<port>\d+)(?:\/(?<protocol>\w+))?$/;

/**
 * Reads `[ADDRESS:]HOST:PORT[/tcp|/udp]`, such as `8080:80` or `127.0.0.1:5353:53/udp`; an IPv6
 * address stands in brackets. HOST 0 asks for any free port. Without an address it is `127.0.0.1`, for
 * TCP with `::1` besides: what `localhost` means differs from program to program.
 * @throws MirageError `ERR_MIRAGE_RUN_PUBLISH`
 */
export function parsePublish(text: string): Publication {
  const groups = form.exec(text)?.groups;
  if (!groups) throw invalid(text, "doesn't have the form HOST:PORT");
  const host = (groups.host ?? "127.0.0.1").replace(/^\[(.*)\]$/, "$1");
  if (isIP(host) === 0) throw invalid(text, `has \`${host}\`, which is no IP address`);
  const protocol = groups.protocol ?? "tcp";
  if (protocol !== "tcp" && protocol !== "udp") {
    throw invalid(text, `has the protocol \`${protocol}\`, which isn't tcp or udp`);
  }
  const hostPort = Number(groups.hostPort);
  const port = Number(groups.port);
  if (hostPort > 65535) throw invalid(text, `has the port ${hostPort}, above 65535`);
  if (port < 1 || port > 65535) throw invalid(text, `has the port ${port}, not from 1 to 65535`);
  const alsoOn = groups.host === undefined && protocol === "tcp" ? { alsoOn: "::1" } : {};
  return { host, ...alsoOn, hostPort, port, protocol };
}

/** `127.0.0.1:8080`, or `[::1]:8080`. */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function invalid(text: string, problem: string): MirageError {
  return new MirageError("ERR_MIRAGE_RUN_PUBLISH", `--publish ${text} ${problem}`, {
    hint: "write a port of this machine and one of the unikernel: 8080:80, 127.0.0.1:8080:80 or 5353:53/udp",
    exitCode: 2,
  });
}
