import { MirageError } from "@mirage/diagnostics";
import type { XenHost } from "./host.js";
import { type CallOptions, runXl } from "./run.js";

/** Of a domain that runs: its name or its number. */
export type DomainReference = string | number;

/** How xl is told which domain is meant. */
export function domainArgument(domain: DomainReference): string {
  const text = String(domain);
  if (text !== "" && !/[\n\0]/.test(text)) return text;
  throw new MirageError("ERR_MIRAGE_XL_NO_DOMAIN", `\`${text}\` cannot be a domain`, {
    hint: "give its name or its number",
    exitCode: 2,
  });
}

type Control = (host: XenHost, domain: DomainReference, options?: CallOptions) => Promise<void>;

function control(subcommand: string, verb: string, timeoutMs = 30_000): Control {
  return async (host, domain, options) => {
    const words = [subcommand, "--", domainArgument(domain)];
    await runXl(host, `${verb} the domain ${domain}`, words, { timeoutMs, ...options });
  };
}

/** xl itself gives the guest 60 s to acknowledge a request. */
const requestTimeoutMs = 90_000;

/** Stops the processors of a domain. Errors: `ERR_MIRAGE_XL_NO_DOMAIN`, `ERR_MIRAGE_XL_*`. */
export const pauseDomain = control("pause", "pause");

/** Lets a paused domain go on. @throws MirageError as `pauseDomain` */
export const unpauseDomain = control("unpause", "unpause");

/** Ends a domain at once, as if its power was cut. @throws MirageError as `pauseDomain` */
export const destroyDomain = control("destroy", "destroy");

/**
 * Asks the guest to shut down, and does not wait for it: `followDomain` tells when it has.
 * Errors: `ERR_MIRAGE_XL_NO_ANSWER` if the guest has no driver that would hear it, and as of
 * `pauseDomain`.
 */
export const shutdownDomain = control("shutdown", "shut down", requestTimeoutMs);

/** Asks the guest to reboot; otherwise as `shutdownDomain`. */
export const rebootDomain = control("reboot", "reboot", requestTimeoutMs);
