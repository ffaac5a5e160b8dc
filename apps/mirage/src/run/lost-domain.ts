import type { Instance } from "@mirage/instances";
import { type Domain, findDomain, localHost } from "@mirage/xl/host";

/** The domain of this machine that goes on although nobody follows it any more, if it can be seen. */
export async function lostDomain({ domain }: Instance): Promise<Domain | undefined> {
  if (!domain || domain.host !== undefined) return undefined;
  try {
    const found = await findDomain(localHost(), domain.id);
    return found?.name === domain.name ? found : undefined;
  } catch {
    return undefined; // this user may not ask, or Xen doesn't run any more
  }
}
