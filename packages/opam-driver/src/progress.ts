import type { Count, News } from "./install-progress.js";

/** Turns opam's output into short texts for a person who waits. */
export interface OpamProgress {
  /** A line of the output; the news in it, if any. */
  news(line: string): News | undefined;
}

/**
 * Follows one run of opam, called with `--verbose`, in English and ASCII. Counts packages, not
 * opam's internal actions. Packages that opam runs no command for, such as those that stand for the
 * distribution's, are only counted, and reported together at the end.
 */
export function opamProgress(): OpamProgress {
  const commanded = new Set<string>();
  let planned = 0;
  let installed = 0;
  let withoutWork = 0;
  let current = "";
  let last: string | undefined;
  const counted = (text: string, number: number): News => {
    const count: Count = { number: Math.min(number, planned), total: planned };
    return planned > 1 ? { text, count } : { text };
  };
  const interpret = (line: string): News | undefined => {
    if (/^ {2}(?:-|\*) (?:install|upgrade|downgrade|recompile) /.test(line)) {
      planned += 1;
      return undefined;
    }
    const retrieved = /^-> retrieved (\S+)/.exec(line);
    if (retrieved) return { text: `downloaded ${retrieved[1]}` };
    const [, done, name] = /^-> installed (([^.\s]+)\S*)/.exec(line) ?? [];
    if (done !== undefined && name !== undefined) {
      installed += 1;
      if (commanded.has(name)) return counted(`installed ${done}`, installed);
      withoutWork += 1;
      return undefined;
    }
    if (line === "Done." && withoutWork > 0) {
      const packages = withoutWork === 1 ? "1 package" : `${withoutWork} packages`;
      return { text: `registered ${packages} that needed no build` };
    }
    const locked = /^Another process has locked (\S+), waiting/.exec(line);
    if (locked) return { text: `waiting for another opam, which has locked ${locked[1]}` };
    if (!line.startsWith("Processing ")) return undefined;
    const actions = [...line.matchAll(/\[([^:\]\s]+): +([^\]]*)/g)];
    for (const [, package_ = ""] of actions) commanded.add(package_);
    const [, first, action] = actions[0] ?? [];
    if (first === undefined || action === undefined) return undefined;
    const doing = isDownload(action) ? "downloading" : "building";
    if (`${doing} ${first}` === current) return undefined;
    current = `${doing} ${first}`;
    return isDownload(action) ? { text: current } : counted(current, installed + 1);
  };
  return {
    news: (line) => {
      const news = interpret(line);
      if (news === undefined || news.text === last) return undefined;
      last = news.text;
      return news;
    },
  };
}

function isDownload(action: string): boolean {
  return /^(?:http|rsync|git|hg|darcs|curl|extract)\b/.test(action);
}
