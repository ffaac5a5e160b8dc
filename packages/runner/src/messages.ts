import { type Diagnostic, MirageError } from "@mirage/diagnostics";
import type { RunEvent } from "./events.js";
import type { LocalSpec } from "./options.js";
import type { Protocol } from "./publish.js";
import type { Exit } from "./unikernel.js";

/** A port of the unikernel that is reached from outside. */
export interface Target {
  readonly protocol: Protocol;
  readonly port: number;
}

/** What the process in the private network is told. */
export type ToInside =
  | {
      readonly kind: "begin";
      readonly spec: LocalSpec;
      readonly startTimeoutMs: number;
    }
  /** Perform the action of that index in the plan of the spec's LocalRun. */
  | { readonly kind: "perform"; readonly index: number }
  /** With a connection, or a UDP socket, as the handle. */
  | { readonly kind: "forward"; readonly target: Target }
  /** Return the UDP sockets. */
  | { readonly kind: "release" }
  | { readonly kind: "kill"; readonly signal: NodeJS.Signals }
  | { readonly kind: "end" };

/** What the process in the private network tells. */
export type ToOutside =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: SentError }
  | { readonly kind: "event"; readonly event: RunEvent }
  /** With a UDP socket as the handle. */
  | { readonly kind: "returned"; readonly target: Target }
  /** All UDP sockets are returned. */
  | { readonly kind: "released" }
  | { readonly kind: "exited"; readonly exit: Exit };

/** An error as plain data. */
export type SentError =
  | { readonly known: Diagnostic; readonly exitCode: 1 | 2 | 70 }
  | { readonly unknown: string };

export function sendable(error: unknown): SentError {
  if (error instanceof MirageError) {
    const [known] = error.toDiagnostics();
    if (known) return { known, exitCode: error.exitCode };
  }
  return { unknown: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function received(error: SentError): Error {
  if ("unknown" in error) return new Error(error.unknown);
  const { code, message, hint } = error.known;
  const options = { exitCode: error.exitCode, ...(hint === undefined ? {} : { hint }) };
  return new MirageError(code as MirageError["code"], message, options);
}
