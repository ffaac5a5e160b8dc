import { duration } from "@mirage/diagnostics";
import type { News } from "./install-progress.js";

/** Milliseconds without news after which it is said that the work goes on. */
const longestSilence = 30_000;

/** Passes on what is reported, and says after every half minute without news what still goes on. */
export interface Heartbeat {
  /** News that name what is going on now. */
  report(news: News): void;
  /** A line of a program's output, which shows how far that is. */
  line(text: string): void;
  stop(): void;
}

/**
 * So that a build of many minutes does not look like one that hangs. The first repetition comes after
 * `patience` milliseconds, the following ones after as many each.
 */
export function heartbeat(progress: (news: News) => void, patience = longestSilence): Heartbeat {
  let current: News | undefined;
  let last = "";
  let rounds = 0;
  const beat = () => {
    if (current === undefined) return;
    rounds += 1;
    const detail = last === "" ? "" : `: ${last}`;
    const text = `still ${current.text}, ${duration((rounds * patience) / 1000)} so far${detail}`;
    progress({ ...current, text, reminder: true });
  };
  let timer = setInterval(beat, patience);
  timer.unref();
  return {
    report: (news) => {
      progress(news);
      current = news.text.startsWith("installed ") ? undefined : news;
      last = "";
      rounds = 0;
      clearInterval(timer);
      timer = setInterval(beat, patience);
      timer.unref();
    },
    line: (text) => {
      const shown = text.replace(/^[-+] */, "").trim();
      if (shown !== "") last = shown.slice(0, lineWidth);
    },
    stop: () => clearInterval(timer),
  };
}

/** Characters of a line of output that are shown. */
const lineWidth = 100;
