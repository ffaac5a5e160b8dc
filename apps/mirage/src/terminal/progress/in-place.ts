import { stripVTControlCharacters, styleText } from "node:util";
import { duration } from "@mirage/diagnostics";
import { createLogUpdate } from "log-update";
import { type News, newsText, type Progress } from "./progress.js";

/** The part of a terminal's stream that the display needs. */
export type Terminal = NodeJS.WritableStream & { readonly columns?: number };

export interface InPlaceOptions {
  readonly color: boolean;
  /** Milliseconds, such as `performance.now`. */
  readonly now?: () => number;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 120;

/**
 * Progress on a terminal: a line per task, the current one redrawn in place with its latest news and
 * the time it has taken.
 */
export function inPlaceProgress(terminal: Terminal, options: InPlaceOptions): Progress {
  const { now = () => performance.now() } = options;
  const display = createLogUpdate(terminal as NodeJS.WriteStream);
  const style = (format: "green" | "red" | "cyan" | "dim", text: string) =>
    options.color ? styleText(format, text, { validateStream: false }) : text;
  let current: { title: string; since: number; news?: News } | undefined;
  let frame = 0;
  let drawnAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const draw = () => {
    if (current === undefined) return;
    drawnAt = now();
    const { title, since, news } = current;
    const mark = style("cyan", frames[frame % frames.length] ?? "");
    const time = duration((now() - since) / 1000);
    const room = (terminal.columns ?? 80) - title.length - time.length - 6;
    const detail = news === undefined ? "" : shortened(newsText(news), room);
    display(`${mark} ${title}${style("dim", `${detail && `  ${detail}`}  ${time}`)}`);
  };
  const finish = (mark: string) => {
    if (current === undefined) return;
    const { title, since, news } = current;
    const total = news?.count === undefined ? "" : `${news.count.total} packages, `;
    display.persist(
      `${mark} ${title}${style("dim", `  ${total}${duration((now() - since) / 1000)}`)}`,
    );
    current = undefined;
  };
  const above = (text: string) => {
    display.clear();
    terminal.write(text);
    draw();
  };
  return {
    task: (title) => {
      finish(style("green", "✓"));
      current = { title, since: now() };
      timer ??= setInterval(() => {
        frame += 1;
        draw();
      }, frameMs).unref();
      draw();
    },
    news: (news) => {
      if (current === undefined || news.reminder) return;
      const count = news.count ?? current.news?.count;
      current.news = count === undefined ? news : { ...news, count };
      if (now() - drawnAt >= frameMs) draw();
    },
    note: (text) => above(`${text}\n`),
    output: (text) => {
      if (text !== "") above(text.endsWith("\n") ? text : `${text}\n`);
    },
    end: (succeeded) => {
      clearInterval(timer);
      timer = undefined;
      finish(succeeded ? style("green", "✓") : style("red", "✗"));
      display.done();
    },
  };
}

function shortened(text: string, room: number): string {
  const plain = stripVTControlCharacters(text);
  if (plain.length <= room) return plain;
  return room < 4 ? "" : `${plain.slice(0, room - 1)}…`;
}
