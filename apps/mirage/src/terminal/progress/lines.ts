import { newsText, type Progress } from "./progress.js";

/** Progress for a file or a pipe, and with `--verbose`: a line for each piece of news. */
export function lineProgress(write: (text: string) => void): Progress {
  const line = (text: string) => write(`${text}\n`);
  return {
    task: line,
    news: (news) => {
      if (!news.passing) line(newsText(news));
    },
    note: line,
    output: write,
    end: () => {},
  };
}

/** Progress with `--quiet`: only what called programs print that the user has to see. */
export function noProgress(write: (text: string) => void): Progress {
  return { task: () => {}, news: () => {}, note: () => {}, output: write, end: () => {} };
}
