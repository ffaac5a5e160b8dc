import { basename } from "node:path";
import { formatEndpoint, type Protocol } from "./publish.js";

/** What happens to a unikernel, in the order in which it happens. */
export type RunEvent =
  | { readonly type: "starting"; readonly binary: string }
  /** This machine listens and leads connections to a port of the unikernel. */
  | {
      readonly type: "published";
      readonly protocol: Protocol;
      readonly host: string;
      readonly hostPort: number;
      /** The port that was asked for, when it was taken. */
      readonly takenPort?: number;
      /** Port of the unikernel. */
      readonly port: number;
    }
  /** `user`: made in a user namespace, without privileges. */
  | { readonly type: "namespace"; readonly user: boolean }
  /** A TAP device is open; `host` is the address of this machine's side. */
  | {
      readonly type: "tap";
      readonly device: string;
      readonly tap: string;
      readonly mac: string;
      readonly host?: string;
    }
  | { readonly type: "dhcp-server"; readonly tap: string; readonly address: string }
  /** The program runs; its network and its main function may not be there yet. */
  | { readonly type: "running" }
  /** The unikernel is in its sandbox; `missing`: why its root is not an empty one. */
  | { readonly type: "sandbox"; readonly missing?: string }
  /** The unikernel has an IP address. */
  | { readonly type: "network-up"; readonly address: string }
  /** The unikernel listens. */
  | { readonly type: "serving"; readonly protocol: Protocol; readonly port: number }
  /** The unikernel's main function runs. */
  | { readonly type: "ready" }
  /** Somebody had it pause, or go on. */
  | { readonly type: "paused" }
  | { readonly type: "resumed" }
  /** Somebody wants it ended and started again. */
  | { readonly type: "restart-asked" }
  /** A published port on which the unikernel refuses connections; told once for each port. */
  | { readonly type: "refused"; readonly port: number; readonly reason: string }
  | { readonly type: "warning"; readonly message: string; readonly hint?: string }
  /** The unikernel was asked to end. */
  | { readonly type: "stopping"; readonly signal: NodeJS.Signals; readonly graceMs: number }
  /** The unikernel didn't end by itself, or was not given the time to. */
  | { readonly type: "killing"; readonly reason: "grace-over" | "asked-again" }
  | {
      readonly type: "exited";
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
    };

/** An event in one plain sentence, without a full stop. */
export function describeEvent(event: RunEvent): string {
  switch (event.type) {
    case "starting":
      return `starting ${basename(event.binary)}`;
    case "published": {
      const { protocol, host, hostPort, takenPort, port } = event;
      const here = formatEndpoint(host, hostPort);
      const target = `${protocol.toUpperCase()} port ${port} of the unikernel`;
      return takenPort === undefined
        ? `${here} leads to ${target}`
        : `port ${takenPort} is taken, so ${here} leads to ${target}`;
    }
    case "namespace":
      return event.user
        ? "made a private network, without privileges"
        : "made a private network, as root";
    case "tap": {
      const host = event.host === undefined ? "" : `, this machine's side has ${event.host}`;
      return `opened ${event.tap} for the device ${event.device}${host}`;
    }
    case "dhcp-server":
      return `started a DHCP server on ${event.tap} that gives the unikernel ${event.address}`;
    case "running":
      return "the unikernel runs";
    case "sandbox":
      return event.missing === undefined
        ? "the unikernel is in its sandbox"
        : `the unikernel is in its sandbox, without an empty root: ${event.missing}`;
    case "network-up":
      return `the unikernel's network is up with the address ${event.address}`;
    case "serving":
      return `the unikernel serves ${event.protocol.toUpperCase()} port ${event.port}`;
    case "ready":
      return "the unikernel is ready";
    case "paused":
      return "the unikernel is paused";
    case "resumed":
      return "the unikernel goes on";
    case "restart-asked":
      return "the unikernel is to be started again";
    case "refused":
      return `the unikernel doesn't answer on TCP port ${event.port}: ${event.reason}`;
    case "warning":
      return event.hint === undefined ? event.message : `${event.message} (${event.hint})`;
    case "stopping":
      return `sent ${event.signal} to the unikernel, which has ${event.graceMs / 1000} s to end`;
    case "killing":
      return event.reason === "grace-over"
        ? "the unikernel didn't end in time and is killed"
        : "asked again, so the unikernel is killed at once";
    case "exited":
      return event.signal === null
        ? `the unikernel ended with exit code ${event.code}`
        : `the unikernel was ended by ${event.signal}`;
  }
}
