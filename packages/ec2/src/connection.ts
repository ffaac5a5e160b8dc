import { setMaxListeners } from "node:events";
import { MirageError } from "@mirage/diagnostics";
import { EBSClient, EC2Client } from "#sdk";
import type { Action } from "./actions.js";
import type { ConnectionOptions } from "./connection-options.js";
import { failureOf, isTransient, nameOf, retryAfterMs } from "./failure.js";
import { settleAttempts, withRetries } from "./retry.js";

/** Answers that say no more than that AWS doesn't know something yet. */
export interface Settling {
  readonly names: readonly string[];
  /** How often at most, about 90 seconds' worth when absent. */
  readonly attempts?: number;
}

/** Calls to the services of one region, repeated while they fail transiently. */
export class Connection {
  readonly #options: ConnectionOptions;

  private constructor(
    readonly region: string,
    readonly ebs: EBSClient,
    readonly ec2: EC2Client,
    options: ConnectionOptions,
  ) {
    this.#options = options;
  }

  /** Finds the region; nothing is called yet. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const configuration = clientConfiguration(options);
    const ec2 = new EC2Client(configuration);
    let region: string;
    try {
      region = await ec2.config.region();
    } catch (cause) {
      ec2.destroy();
      throw noRegion(cause);
    }
    return new Connection(region, new EBSClient(configuration), ec2, options);
  }

  /** The same credentials and settings in another region. */
  async inRegion(region: string): Promise<Connection> {
    return region === this.region ? this : Connection.open({ ...this.#options, region });
  }

  /**
   * Makes a call, repeatedly if need be. Errors are MirageErrors; their cause has AWS's name. What is
   * about something just made may be answered as if it weren't there, by a part of AWS that hasn't
   * heard of it yet: `settling` are the names of these answers, which are waited for as well.
   */
  async call<T>(
    action: Action,
    send: (http: { abortSignal?: AbortSignal }) => Promise<T>,
    signal?: AbortSignal,
    settling?: Settling,
  ): Promise<T> {
    if (signal) setMaxListeners(0, signal); // one for each call under way
    try {
      return await withRetries(() => send(signal ? { abortSignal: signal } : {}), {
        ...this.#options.retry,
        isTransient,
        isNotYet: (error) => settling?.names.includes(nameOf(error)) === true,
        settleAttempts: settling?.attempts ?? settleAttempts,
        retryAfterMs,
        ...(signal ? { signal } : {}),
        onRetry: (error, attempt, pauseMs) => {
          const { name, code } = error as { name?: string; code?: string };
          const reason = code ?? name ?? "Error";
          this.#options.onRetry?.({ action, region: this.region, reason, attempt, pauseMs });
        },
      });
    } catch (error) {
      if (signal?.aborted) throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
      throw failureOf(action, this.region, error);
    }
  }

  close(): void {
    this.ebs.destroy();
    this.ec2.destroy();
  }
}

// The release in use runs on every Node.js that this package names; what later ones need is not the
// user's concern.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

function clientConfiguration(options: ConnectionOptions) {
  const { region, profile, timeoutMs = 60_000, connections = 64 } = options;
  const sockets = { maxSockets: connections, keepAlive: true };
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    maxAttempts: 1, // `call` repeats: the SDK stops all workers' repetitions after a hundred.
    requestHandler: {
      connectionTimeout: 10_000,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: sockets,
      httpsAgent: sockets,
      socketAcquisitionWarningTimeout: 0x7fffffff, // workers wait for a socket by intention
    },
  };
}

function noRegion(cause: unknown): MirageError {
  return new MirageError("ERR_MIRAGE_EC2_NO_REGION", "no AWS region is set", {
    cause,
    hint: "name it with --region, AWS_REGION, or `region` in the profile of ~/.aws/config",
  });
}
