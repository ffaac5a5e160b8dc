import { MirageError } from "@mirage/diagnostics";
import type { Domain } from "./domain.js";
import { type DomainEvent, Follower } from "./follower.js";
import type { XenHost } from "./host.js";
import { findDomain } from "./list.js";
import { pollDomains } from "./poll.js";

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds between two looks; 1,000 unless said otherwise. */
  readonly intervalMs?: number;
}

/**
 * Follows a domain until it has ended, through restarts. The reason is known however soon the domain
 * vanished: xl notes it in its log.
 * @param domain its name or number, or what `createDomain` returned: then it may have ended already
 * @throws MirageError `ERR_MIRAGE_XL_NO_DOMAIN`, `ERR_MIRAGE_XL_*`, `ERR_MIRAGE_INTERRUPTED`
 */
export async function* followDomain(
  host: XenHost,
  domain: string | number | { readonly id: number; readonly name: string },
  { signal, intervalMs = 1_000 }: FollowOptions = {},
): AsyncGenerator<DomainEvent, void> {
  const { id, name } =
    typeof domain === "object" ? domain : await existing(host, domain, signal ? { signal } : {});
  const follower = new Follower(id, name);
  for await (const snapshot of pollDomains(host, name, intervalMs, signal)) {
    for (const event of follower.look(snapshot)) {
      yield event;
      if (event.type === "ended") return;
    }
  }
}

async function existing(
  host: XenHost,
  domain: string | number,
  options: { signal?: AbortSignal },
): Promise<Domain> {
  const found = await findDomain(host, domain, options);
  if (found) return found;
  throw new MirageError("ERR_MIRAGE_XL_NO_DOMAIN", `${host.name} runs no domain ${domain}`, {
    hint: "`xl list` shows those that it runs",
  });
}
