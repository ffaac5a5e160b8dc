import { type Domain, parseDomainTable } from "./domain.js";
import type { XenHost } from "./host.js";
import { type CallOptions, runXl } from "./run.js";

/** The domains of a host, domain 0 first (`xl list -v`). Errors: `ERR_MIRAGE_XL_*`. */
export async function listDomains(host: XenHost, options: CallOptions = {}): Promise<Domain[]> {
  return parseDomainTable(await runXl(host, "list the domains", ["list", "-v"], options));
}

/** A domain by its name or number; nothing if there is none. Errors: `ERR_MIRAGE_XL_*`. */
export async function findDomain(
  host: XenHost,
  domain: string | number,
  options: CallOptions = {},
): Promise<Domain | undefined> {
  const domains = await listDomains(host, options);
  return domains.find(({ id, name }) => (typeof domain === "number" ? id : name) === domain);
}
