import type { Instance } from "@mirage/instances";
import {
  type Domain,
  domainUptimes,
  findDomain,
  listDomains,
  localHost,
  openConsole,
  sshHost,
} from "@mirage/xl/host";
import type { LeftRunning, RemoteGuest, RemoteGuests } from "../launcher.js";
import type { RemoteLauncher } from "../launchers.js";
import { endDomain } from "./end-domain.js";
import { planXen, runXen } from "./run.js";

/** How long, in milliseconds, a console may be silent before all in its buffer is taken for read. */
const silenceMs = 3_000;

const remote: RemoteGuests = {
  async list(host) {
    const xen = sshHost(host);
    const [domains, uptimes] = await Promise.all([listDomains(xen), domainUptimes(xen)]);
    return domains
      .filter(({ id }) => id !== 0)
      .map((domain): RemoteGuest => {
        const uptime = uptimes.find(({ id }) => id === domain.id);
        return { ...domain, ...(uptime ? { upSeconds: uptime.seconds } : {}) };
      });
  },

  async logs(host, name, { follow, signal, output }) {
    const leave = () => void console.close();
    const silence = follow ? undefined : setTimeout(leave, silenceMs);
    const console = openConsole(sshHost(host), name, {
      onOutput: (chunk) => {
        output(chunk);
        silence?.refresh();
      },
    });
    signal.addEventListener("abort", leave);
    await console.closed.finally(() => clearTimeout(silence));
  },

  stop: (host, name, request) => endDomain(sshHost(host), name, request),
};

/** Domains of Xen, by `xl`, on this machine or on one that ssh reaches. */
export const xlLauncher: RemoteLauncher = {
  patience: 90, // xl gives a guest 60 seconds
  plan: planXen,
  run: runXen,
  remote,
  async leftRunning(instance): Promise<LeftRunning | undefined> {
    const domain = await domainOf(instance);
    if (domain === undefined) return undefined;
    return {
      what: `its domain ${domain.name}`,
      stop: (request) => endDomain(localHost(), domain, request),
    };
  },
};

/** The domain of this machine that an instance is, if it can be seen. */
async function domainOf({ domain }: Instance): Promise<Domain | undefined> {
  if (!domain || domain.host !== undefined) return undefined;
  try {
    const found = await findDomain(localHost(), domain.id);
    return found?.name === domain.name ? found : undefined;
  } catch {
    return undefined; // this user may not ask, or Xen doesn't run any more
  }
}
