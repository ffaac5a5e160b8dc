import { MirageError } from "@mirage/diagnostics";
import type { Target } from "@mirage/types";
import type { RunFlags } from "./launcher.js";

type RunAs = Target["run"]["as"];

/** A flag of `mirage run` that only some kinds of run understand. */
interface Limited {
  readonly flag: string;
  readonly isGiven: (flags: RunFlags) => boolean;
  readonly kinds: readonly RunAs[];
  /** For what it is, and how one gets that. */
  readonly purpose: string;
  readonly hint: string;
}

const xen = {
  kinds: ["xen"],
  purpose: "domains of Xen",
  hint: "leave it out, or configure with --xen",
} as const;
const machine = {
  kinds: ["qemu"],
  purpose: "virtual machines of QEMU",
  hint: "leave it out, or configure with --virtio",
} as const;
const page = {
  kinds: ["node"],
  purpose: "programs of --js",
  hint: "`mirage configure --js` and `mirage build` make one that a browser runs",
} as const;
const process = {
  kinds: ["process"],
  purpose: "processes of --unix and --socket",
  hint: "leave it out, or configure with --unix while you write the program",
} as const;

const limited: readonly Limited[] = [
  { flag: "--host", isGiven: ({ host }) => host !== undefined, ...xen },
  { flag: "--trust-xl", isGiven: ({ trustXl }) => trustXl === true, ...xen },
  { flag: "--memory", isGiven: ({ memory }) => memory !== undefined, ...machine },
  { flag: "--accelerator", isGiven: ({ accelerator }) => accelerator !== undefined, ...machine },
  { flag: "--browser", isGiven: ({ browser }) => browser === true, ...page },
  { flag: "--out", isGiven: ({ out }) => out !== undefined, ...page },
  { flag: "--no-sandbox", isGiven: ({ sandbox }) => sandbox === false, ...process },
  { flag: "--watch", isGiven: ({ watch }) => watch === true, ...process },
  {
    flag: "--publish",
    isGiven: ({ publish = [] }) => publish.length > 0,
    kinds: ["process", "qemu", "node"],
    purpose: "what runs in a private network of this machine",
    hint: "leave it out: a domain of Xen has an address of its own on its bridge",
  },
];

/**
 * Refuses flags that a target's kind of run would pass over in silence.
 * @throws MirageError `ERR_MIRAGE_USAGE`
 */
export function requireSuitable({ run, flag: own }: Target, flags: RunFlags): void {
  const wrong = limited.find(({ isGiven, kinds }) => isGiven(flags) && !kinds.includes(run.as));
  if (wrong === undefined) return;
  throw new MirageError(
    "ERR_MIRAGE_USAGE",
    `${wrong.flag} is for ${wrong.purpose}, and this was configured with ${own}`,
    { hint: wrong.hint, exitCode: 2 },
  );
}
