import type { Action } from "./actions.js";
import type { RetryOptions } from "./retry.js";

/**
 * Where and as whom to call AWS. What is absent comes from the SDK's standard chain: variables,
 * profiles with role assumption and SSO, web identity, container and instance metadata; endpoints
 * from AWS_ENDPOINT_URL.
 */
export interface ConnectionOptions {
  readonly region?: string;
  /** A profile of ~/.aws/config. */
  readonly profile?: string;
  readonly retry?: RetryOptions;
  /** How long a call may go without an answer, in milliseconds; 60,000 when absent. */
  readonly timeoutMs?: number;
  /** Connections to each service at once; 64 when absent. */
  readonly connections?: number;
  /** Told when a call is about to be repeated. */
  readonly onRetry?: (retry: Retry) => void;
}

export interface Retry {
  readonly action: Action;
  readonly region: string;
  /** Why, as AWS or the system names it. */
  readonly reason: string;
  /** How often it was tried. */
  readonly attempt: number;
  readonly pauseMs: number;
}
