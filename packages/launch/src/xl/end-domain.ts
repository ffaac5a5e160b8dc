import { MirageError } from "@mirage/diagnostics";
import { destroyDomain, followDomain, shutdownDomain, type XenHost } from "@mirage/xl/host";
import type { StopRequest } from "../launcher.js";

/** Asks a domain to shut down, or destroys it, and waits until it has ended. */
export async function endDomain(
  xen: XenHost,
  domain: string | { readonly id: number; readonly name: string },
  { kill, timeoutMs, signal }: StopRequest,
): Promise<void> {
  const reference = typeof domain === "string" ? domain : domain.id;
  if (kill) {
    await destroyDomain(xen, reference, { signal });
    return;
  }
  const late = AbortSignal.timeout(timeoutMs);
  const followed = followDomain(xen, domain, { signal: AbortSignal.any([signal, late]) });
  try {
    await followed.next(); // its present state: from here on, no end is missed
    await shutdownDomain(xen, reference, { signal });
    for await (const event of followed) if (event.type === "ended") return;
  } catch (error) {
    if (!late.aborted) throw error;
    const name = typeof domain === "string" ? domain : domain.name;
    throw new MirageError(
      "ERR_MIRAGE_INSTANCE_STOP",
      `${name} didn't end within ${timeoutMs / 1000} s`,
      { cause: error, hint: "`mirage stop --kill` destroys it" },
    );
  }
}
