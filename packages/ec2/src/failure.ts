import { MirageError } from "@mirage/diagnostics";
import { type Action, statementFor } from "./actions.js";

/** What is kept of an error of the SDK: nothing that could hold a credential. */
export class AwsError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly status: number | undefined,
    readonly requestId: string | undefined,
  ) {
    super(message);
  }
}

interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly message?: string;
  readonly cause?: unknown;
  readonly $metadata?: {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
    readonly clockSkewCorrected?: boolean;
  };
  readonly $response?: {
    readonly statusCode?: number;
    readonly headers?: Record<string, string>;
  };
}

const throttled = new Set([
  "ConcurrentLimitExceededException",
  "EC2ThrottledException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "SnapshotCreationPerVolumeRateExceeded",
  "Throttling",
  "ThrottlingException",
]);
const expired = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired"]);
const skewed = new Set([
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);
const rejected = new Set([
  "AuthFailure",
  "IncompleteSignature",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);
const forbidden = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "Client.UnauthorizedOperation",
  "UnauthorizedOperation",
]);
const unreachable = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);
const timedOut = new Set(["RequestTimeout", "RequestTimeoutException", "TimeoutError"]);
/** Answered with a status of 500, but no repetition helps within minutes. */
const lasting = new Set([
  "InsufficientInstanceCapacity",
  "InsufficientAddressCapacity",
  "Unsupported",
]);

/** Whether the same call may succeed a little later. */
export function isTransient(error: unknown): boolean {
  const { $metadata: metadata = {} } = asSdkError(error);
  const name = nameOf(error);
  if (lasting.has(name)) return false;
  if (throttled.has(name) || timedOut.has(name) || isNetwork(error)) return true;
  if (skewed.has(name) && metadata.clockSkewCorrected) return true;
  const status = metadata.httpStatusCode ?? asSdkError(error).$response?.statusCode ?? 0;
  return status === 429 || status >= 500;
}

/** The pause that the answer asks for with Retry-After (RFC 9110, 10.2.3), in milliseconds. */
export function retryAfterMs(error: unknown): number | undefined {
  const seconds = Number(asSdkError(error).$response?.headers?.["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** AWS's own name of what went wrong, such as `InvalidAMIName.Duplicate`. */
export function awsErrorName(error: unknown): string | undefined {
  return error instanceof MirageError && error.cause instanceof AwsError
    ? error.cause.name
    : undefined;
}

/** Whatever a call threw, as an error for a person. */
export function failureOf(action: Action, region: string, error: unknown): MirageError {
  const name = nameOf(error);
  const { $metadata: metadata } = asSdkError(error);
  const said = firstLine(asSdkError(error).message);
  const status = metadata?.httpStatusCode ?? asSdkError(error).$response?.statusCode;
  const cause = new AwsError(name, said, status, metadata?.requestId);
  const where = `${action} in ${region}`;
  const type = asSdkError(error).$response?.headers?.["content-type"] ?? "";
  if (/^text\/html/i.test(type)) {
    return new MirageError(
      "ERR_MIRAGE_EC2_NOT_AWS",
      `${where}: the answer is a web page, with the status ${status}, and not AWS's`,
      {
        cause,
        hint: "a proxy or a captive portal answers: check HTTPS_PROXY, AWS_ENDPOINT_URL and the network",
      },
    );
  }
  if (name === "AbortError") {
    return new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted", { cause });
  }
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    return new MirageError("ERR_MIRAGE_EC2_CREDENTIALS", `no AWS credentials: ${said}`, {
      cause,
      hint: "set AWS_PROFILE or --profile, the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso login`",
    });
  }
  if (expired.has(name)) {
    return new MirageError("ERR_MIRAGE_EC2_CREDENTIALS_EXPIRED", `${where}: ${said || name}`, {
      cause,
      hint: "get new credentials (`aws sso login`, or a new session token) and run the command again: it continues where it stopped",
    });
  }
  if (forbidden.has(name)) {
    return new MirageError(
      "ERR_MIRAGE_EC2_PERMISSION",
      `these credentials may not call ${where}${inWords(said)}`,
      { cause, hint: permissionHint(action, region, said) },
    );
  }
  if (rejected.has(name)) {
    return new MirageError(
      "ERR_MIRAGE_EC2_CREDENTIALS",
      `${where}: AWS rejects the credentials (${name})${inWords(said)}`,
      {
        cause,
        hint: "check the access key, that the region is enabled for this account, and this machine's clock",
      },
    );
  }
  if (throttled.has(name)) {
    return new MirageError(
      "ERR_MIRAGE_EC2_THROTTLED",
      `${where}: AWS keeps throttling calls${inWords(said)}`,
      {
        cause,
        hint: "try again later, or with fewer --workers",
      },
    );
  }
  if (isNetwork(error) || timedOut.has(name)) {
    return new MirageError("ERR_MIRAGE_EC2_UNREACHABLE", `${where}: no answer (${said || name})`, {
      cause,
      hint: "check the network, the region's name and AWS_ENDPOINT_URL, then run the command again",
    });
  }
  if (status !== undefined) {
    return new MirageError(
      "ERR_MIRAGE_EC2_REFUSED",
      `${where}: ${name}${said ? `: ${said}` : ""}`,
      {
        cause,
        ...(metadata?.requestId ? { hint: `AWS's request id is ${metadata.requestId}` } : {}),
      },
    );
  }
  return new MirageError("ERR_MIRAGE_EC2_CALL", `${where}: ${said || name}`, { cause });
}

/** AWS's own words, behind mirage's. */
function inWords(said: string): string {
  return said === "" ? "" : `: ${said}`;
}

/** Who can allow it: not always the policy of who calls. */
function permissionHint(action: Action, region: string, said: string): string {
  const all = "`mirage ec2 policy` prints everything that mirage needs";
  if (/service control policy/i.test(said)) {
    return "a policy of the organization forbids it, whatever this account allows: ask who administers the organization";
  }
  if (/explicit deny/i.test(said)) {
    return "a policy forbids it explicitly, which no other one can undo: change that one";
  }
  const key = /\bkms:(\w+)|\bKMS\b|encryption key/.exec(said);
  if (key && !action.startsWith("kms:")) {
    const what = key[1] ? `kms:${key[1]}` : "its use";
    return `the key of KMS has to allow ${what}, in its own policy and in that of these credentials; ${all}`;
  }
  return `allow it with ${statementFor(action, region)}; ${all}`;
}

function isNetwork(error: unknown, depth = 0): boolean {
  const { code, cause } = asSdkError(error);
  if (code !== undefined && unreachable.has(code)) return true;
  return cause !== undefined && depth < 5 && isNetwork(cause, depth + 1);
}

/** AWS's name of an error of the SDK. */
export function nameOf(error: unknown): string {
  const { name, Code: code } = asSdkError(error);
  return (name === undefined || name === "Error" ? code : name) ?? "Error";
}

function asSdkError(error: unknown): SdkError {
  return typeof error === "object" && error !== null ? error : { message: String(error) };
}

/**
 * An answer to a wrong signature repeats, on further lines, the headers that were signed; one of
 * them is the session token.
 */
function firstLine(message: string | undefined): string {
  const line = /^[^\r\n]*/.exec(message ?? "")?.[0] ?? "";
  return line
    .replace(/(?:The )?Canonical String.*/i, "")
    .replace(/Encoded authorization failure message:.*/i, "")
    .trim()
    .slice(0, 500);
}
