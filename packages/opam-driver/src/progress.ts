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
  let current = "";
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
    const [, name, action] = /^Processing +\d+\/\d+: +\[([^:\]\s]+): +([^\]]*)/.exec(line) ?? [];
    if (name === undefined || action === undefined) return undefined;
    const doing = isDownload(action) ? "downloading" : "building";
    if (`${doing} ${name}` === current) return undefined;
    current = `${doing} ${name}`;
    return isDownload(action) ? current : `${current}${position()}`;
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

function isDownload(action: string): boolean {
  return /^(?:http|rsync|git|hg|darcs|curl|extract)\b/.test(action);
}
