import type { ConnectionOptions, Retry } from "@mirage/ec2";
import { say } from "../terminal/terminal.js";

/** The options that every command has which calls AWS. */
export interface AwsFlags {
  readonly region?: string;
  readonly profile?: string;
}

/** Repetitions of one call that pass without a word. */
const silentRetries = 4;

export function connectionOf({ region, profile }: AwsFlags): ConnectionOptions {
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    onRetry: sayRetry,
  };
}

function sayRetry({ action, region, reason, attempt, pauseMs }: Retry): void {
  if (attempt < silentRetries) return;
  say(`${action} in ${region}: ${reason}; trying again in ${(pauseMs / 1000).toFixed(1)} s`);
}

/** Signals of a job: the first Ctrl-C, SIGTERM or SIGHUP, and the second. */
export interface Interruption {
  readonly first: AbortSignal;
  readonly second: AbortSignal;
}

/** Runs a job that cleans up when it is interrupted once, and leaves things when twice. */
export async function interruptibleTwice<T>(
  job: (interruption: Interruption) => Promise<T>,
): Promise<T> {
  const [first, second] = [new AbortController(), new AbortController()];
  const onSignal = () => (first.signal.aborted ? second : first).abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await job({ first: first.signal, second: second.signal });
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
