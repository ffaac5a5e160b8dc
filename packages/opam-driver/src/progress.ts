/** Turns opam's output into short texts for a person who waits. */
export interface OpamProgress {
  /** A line of the output; the text to show, if it means something. */
  text(line: string): string | undefined;
}

/**
 * Follows one run of opam, called with `--verbose`, in English and ASCII. Counts packages, not
 * opam's internal actions.
 */
export function opamProgress(): OpamProgress {
  let planned = 0;
  let installed = 0;
  let last: string | undefined;
  const position = () =>
    planned > 1 ? ` (${Math.min(installed + 1, planned)} of ${planned})` : "";
  const interpret = (line: string): string | undefined => {
    if (/^ {2}(?:-|\*) (?:install|upgrade|downgrade|recompile) /.test(line)) {
      planned += 1;
      return undefined;
    }
    const retrieved = /^-> retrieved (\S+)/.exec(line);
    if (retrieved) return `downloaded ${retrieved[1]}`;
    const done = /^-> installed (\S+)/.exec(line);
    if (done) {
      installed += 1;
      return `installed ${done[1]}${planned > 1 ? ` (${installed} of ${planned})` : ""}`;
    }
    const locked = /^Another process has locked (\S+), waiting/.exec(line);
    if (locked) return `waiting for another opam, which has locked ${locked[1]}`;
    const active = /^Processing +\d+\/\d+:((?: +\[[^\]]*\]?)+)/.exec(line);
    if (active) return actions(active[1] ?? "", position());
    return undefined;
  };
  return {
    text: (line) => {
      const text = interpret(line);
      if (text === last) return undefined;
      last = text ?? last;
      return text;
    },
  };
}

/** `[lwt: dune build] [re: http]` is "building lwt". */
function actions(list: string, position: string): string | undefined {
  const [, name, what] = /\[([\w+-]+(?:\.[^:\]\s]+)?):? +([^\]]*)/.exec(list) ?? [];
  if (name === undefined || what === undefined) return undefined;
  if (/^(?:http|rsync|git|hg|darcs|curl|extract)\b/.test(what)) return `downloading ${name}`;
  return `building ${name}${position}`;
}
