import { constants, readFileSync } from "node:fs";
import { access, stat } from "node:fs/promises";
import { fileIdentity } from "@mirage/conf";
import { type DomainConfig, domainConfigs, localHost, type XenHost } from "@mirage/xl/host";

/** This machine where its domains can be seen: it is domain 0, which xenfs says. */
export function domain0(): XenHost | undefined {
  try {
    const capabilities = readFileSync("/proc/xen/capabilities", "utf8");
    return capabilities.includes("control_d") ? localHost() : undefined;
  } catch {
    return undefined;
  }
}

/** What the toolstack says of the domains; nothing where this user may not ask it. */
export function domainsOf(xen: XenHost): Promise<readonly DomainConfig[]> {
  return domainConfigs(xen).catch(() => []);
}

/**
 * The domain that keeps a disk image from this user's programs: one that may write to it, or one that reads
 * it if this user may write. Xen's back ends take no lock on an image, and a domain goes on when what
 * created it is gone, so the toolstack is asked.
 */
export async function domainWithDisk(
  path: string,
  domains: readonly DomainConfig[],
): Promise<DomainConfig | undefined> {
  const [image, mayWrite] = await Promise.all([
    identityOf(path),
    access(path, constants.W_OK).then(
      () => true,
      () => false,
    ),
  ]);
  for (const domain of domains) {
    for (const { target, readOnly } of domain.disks) {
      if (!target?.startsWith("/") || (readOnly && !mayWrite)) continue;
      const other = await identityOf(target);
      if (image !== undefined && other === image) return domain;
    }
  }
  return undefined;
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && fileIdentity(found);
}
