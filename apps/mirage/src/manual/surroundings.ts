import type { Entry } from "./reference.js";

/** What the exit code of every command means. */
export const exitCodes: readonly Entry[] = [
  { term: "0", doc: "It is done." },
  { term: "1", doc: "The input or the machine is at fault; the message says what to change." },
  { term: "2", doc: "The command line is wrong." },
  { term: "70", doc: "A bug in mirage." },
  {
    term: "other",
    doc: "`run` ends with the application's own code, or 128 and the number of the signal that ended it: 130 after Ctrl-C.",
  },
];

/** Environment variables that matter to mirage. */
export const variables: readonly Entry[] = [
  { term: "NO_COLOR", doc: "No colours, as when the output is no terminal or TERM is dumb." },
  {
    term: "OPAMROOT",
    doc: "The opam root that --switch means, where --opam-root names none; by default ~/.opam.",
  },
  {
    term: "XDG_DATA_HOME",
    doc: "mirage's own opam root is in its folder mirage; by default ~/.local/share.",
  },
  {
    term: "XDG_STATE_HOME",
    doc: "Records and logs of what runs are in its folder mirage; by default ~/.local/state.",
  },
  {
    term: "XDG_CACHE_HOME",
    doc: "What can be made again is in its folder mirage; by default ~/.cache.",
  },
  { term: "CC", doc: "The C compiler, where the TAP binding has to be compiled." },
];

/** What is printed where, for pipes and scripts. */
export const output =
  "Results go to stdout, progress and messages to stderr. With --json the result is JSON. Nothing is asked where stdin or stderr is no terminal.";
