import { mkdtemp, rm } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfiguredApplication } from "@mirage/application";
import { type PageOptions, serve, writePage } from "@mirage/browser";
import { networkDevices } from "@mirage/codegen";
import { MirageError } from "@mirage/diagnostics";
import type { RunFlags, RunObserver } from "../launcher.js";
import { addressing, httpPort } from "../told.js";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Where a page is looked for by people; any free port if that is taken. */
const usualPort = 8080;

/** What the address is by DHCP, which the page serves. */
const leased = { address: "10.0.0.2", netmask: "255.255.255.0", gateway: "10.0.0.1" };

/** Writes the page of an application, and serves it until a signal comes. */
export async function runPage(
  application: ConfiguredApplication,
  flags: RunFlags,
  observer: RunObserver,
): Promise<number> {
  const options = pageOptions(application, flags);
  if (flags.out !== undefined) {
    await writePage(flags.out, options);
    observer.say(`the page is in ${flags.out}: any web server can serve it`);
    return 0;
  }
  const folder = await mkdtemp(join(tmpdir(), "mirage-page-"));
  try {
    await writePage(folder, options);
    const served = await serve(folder, usualPort).catch(() => serve(folder));
    observer.note({ phase: "running" });
    observer.say(`the unikernel runs in each page of ${served.url}`);
    observer.ready();
    const name = await firstSignal();
    observer.asked();
    await served.close();
    return 128 + constants.signals[name];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function firstSignal(): Promise<(typeof signals)[number]> {
  return new Promise((resolve) => {
    for (const name of signals) process.once(name, () => resolve(name));
  });
}

/** What the page is told. @throws MirageError for what makes no sense in one */
export function pageOptions(application: ConfiguredApplication, flags: RunFlags): PageOptions {
  const { configuration, target, directory, program, name } = application;
  const { args = [], environment = {}, publish = [] } = flags;
  if (publish.length > 0 || args.length > 0 || Object.keys(environment).length > 0) {
    throw new MirageError(
      "ERR_MIRAGE_USAGE",
      "a page of a browser takes no --publish, no arguments and no environment",
      { hint: "leave them out, or run it in Node.js, without --browser and --out", exitCode: 2 },
    );
  }
  const told = { args, environment };
  const address = addressing(configuration, told);
  const port = httpPort(configuration, told);
  const hasNetwork = networkDevices(configuration, target).some(({ device }) => device === "net");
  return {
    name,
    module: join(directory, program),
    ...(hasNetwork ? { network: networkOf(address) } : {}),
    ...(port === undefined ? {} : { httpPort: port }),
  };
}

function networkOf(address: ReturnType<typeof addressing>): NonNullable<PageOptions["network"]> {
  if (address?.kind !== "static") return leased;
  return { address: address.address, netmask: address.netmask, gateway: address.gateway };
}
