import { type Domain, domainUptimes, listDomains, sshHost } from "@mirage/xl/host";
import { duration } from "../terminal/duration.js";
import { table } from "../terminal/table.js";

export interface HostDomain extends Domain {
  readonly upSeconds?: number;
}

/** The guests of another machine. */
export async function listHost(host: string): Promise<HostDomain[]> {
  const xen = sshHost(host);
  const [domains, uptimes] = await Promise.all([listDomains(xen), domainUptimes(xen)]);
  return domains
    .filter(({ id }) => id !== 0)
    .map((domain) => {
      const uptime = uptimes.find(({ id }) => id === domain.id);
      return { ...domain, ...(uptime ? { upSeconds: uptime.seconds } : {}) };
    });
}

export function describeDomains(domains: readonly HostDomain[]): string {
  return table([
    ["NAME", "DOMAIN", "STATUS", "MEMORY", "CPU"],
    ...domains.map(({ name, id, state, upSeconds, memoryMb, cpuSeconds }) => [
      name,
      String(id),
      upSeconds === undefined ? state : `${state} for ${duration(upSeconds)}`,
      `${memoryMb} MB`,
      `${cpuSeconds} s`,
    ]),
  ]);
}
