/** How `opam-resolve` ends, so that a script can tell an answer from a mishap. */
export const exit = {
  /** There is a plan. */
  plan: 0,
  /** There is none: the answer is no. */
  noPlan: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A repository, an opam root, or another file that the options name cannot be read. */
  unreadable: 3,
  /** The time limit was reached before there was an answer. */
  timeOut: 4,
  /** A bug in this program. */
  bug: 70,
  /** Ctrl-C: 128 and the number of the signal, as shells count. */
  interrupted: 130,
} as const;
