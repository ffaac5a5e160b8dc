import { didYouMean, MirageError } from "@mirage/diagnostics";
import type { TargetName } from "@mirage/types";

/** A disk image that an application needs when it runs: zeros. */
export interface Disk {
  readonly path: string;
  readonly bytes: number;
}

/** An application to begin with. */
export interface Template {
  readonly name: string;
  readonly doc: string;
  /** The targets on which it configures, builds and runs as it is. */
  readonly targets: readonly TargetName[];
  /** How `mirage run --publish` makes it reachable, if it has something to reach. */
  readonly publish?: string;
  /** What then is to be seen, for a person. */
  readonly result?: string;
  readonly disk?: Disk;
}

const everywhere = [
  "unix-direct",
  "unix-socket",
  "xen",
  "javascript",
] as const satisfies TargetName[];

/** All templates; the simplest is the first. */
export const templates: readonly Template[] = [
  { name: "hello", doc: "a line on the console, no network", targets: everywhere },
  {
    name: "site",
    doc: "a static web site from a folder",
    targets: everywhere,
    publish: "8080:8080",
    result: "http://127.0.0.1:8080/",
  },
  {
    name: "http",
    doc: "an HTTP service, as a functor over the server",
    targets: everywhere,
    publish: "8080:8080",
    result: "http://127.0.0.1:8080/time",
  },
  {
    name: "ping",
    doc: "a TCP/IP stack that answers ping, and a UDP echo service",
    // On sockets the host answers ping, and port 7 takes a privilege.
    targets: ["unix-direct", "xen", "javascript"],
    publish: "7007:7/udp",
    result: "UDP port 7007 of 127.0.0.1 sends everything back",
  },
  {
    name: "block",
    doc: "a counter on a disk",
    targets: everywhere,
    disk: { path: "disk.img", bytes: 1 << 20 },
  },
];

/** The template of that name. @throws MirageError `ERR_MIRAGE_INIT_TEMPLATE` if there is none. */
export function findTemplate(name: string): Template {
  const found = templates.find((template) => template.name === name);
  if (found) return found;
  const names = templates.map((template) => template.name);
  const meant = didYouMean(name, names);
  throw new MirageError("ERR_MIRAGE_INIT_TEMPLATE", `there is no template ${name}`, {
    hint: meant === undefined ? `there are ${names.join(", ")}` : `did you mean ${meant}?`,
    exitCode: 2,
  });
}
