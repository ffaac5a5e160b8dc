import { stripVTControlCharacters, styleText } from "node:util";
import { duration } from "@mirage/diagnostics";
import { cursor, erase } from "sisteransi";
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
  const showCursor = () => void terminal.write(cursor.show);
  const style = (format: "green" | "red" | "cyan" | "dim", text: string) =>
    options.color ? styleText(format, text, { validateStream: false }) : text;
  let current: { title: string; since: number; news?: News } | undefined;
  let frame = 0;
  let drawnAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const erased = `${cursor.left}${erase.line}`;
  const draw = () => {
    if (current === undefined) return;
    drawnAt = now();
    const { title, since, news } = current;
    const mark = style("cyan", frames[frame % frames.length] ?? "");
    const time = duration((now() - since) / 1000);
    const width = (terminal.columns ?? 80) - 1;
    const shown = shortened(title, width - time.length - 4);
    const room = width - shown.length - time.length - 6;
    const detail = news === undefined ? "" : shortened(newsText(news), room);
    const rest = `${detail && `  ${detail}`}  ${time}`;
    terminal.write(`${erased}${mark} ${shown}${style("dim", rest)}`);
  };
  const finish = (mark: string) => {
    if (current === undefined) return;
    const { title, since, news } = current;
    const total = news?.count === undefined ? "" : `${news.count.total} packages, `;
    const rest = `  ${total}${duration((now() - since) / 1000)}`;
    terminal.write(`${erased}${mark} ${title}${style("dim", rest)}\n`);
    current = undefined;
  };
  const above = (text: string) => {
    terminal.write(`${current === undefined ? "" : erased}${text}`);
    draw();
  };
  return {
    task: (title) => {
      finish(style("green", "✓"));
      current = { title, since: now() };
      if (timer === undefined) {
        terminal.write(cursor.hide);
        process.on("exit", showCursor);
      }
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
      showCursor();
      process.off("exit", showCursor);
    },
  };
}

function shortened(text: string, room: number): string {
  const plain = stripVTControlCharacters(text);
  if (plain.length <= room) return plain;
  return room < 4 ? "" : `${plain.slice(0, room - 1)}…`;
}
