import { MirageError } from "@mirage/diagnostics";

/** The file of the disk in which a kernel that UEFI starts has its command line. */
export const commandLineFile = "cmdline";

/** What the kernel copies of its command line, in bytes. */
const longestCommandLine = 2047;

/**
 * What stands in that file: the words, and the end of a line.
 * @throws MirageError `ERR_MIRAGE_DISK_COMMAND_LINE`
 */
export function commandLineText(words: readonly string[]): string {
  checkCommandLine(words);
  return `${words.join(" ")}\n`;
}

/** @throws MirageError `ERR_MIRAGE_DISK_COMMAND_LINE` for words that can't be passed on as they are */
export function checkCommandLine(words: readonly string[]): void {
  for (const word of words) {
    if (/^[!-~]+$/.test(word) && !/['"\\]/.test(word)) continue;
    throw new MirageError(
      "ERR_MIRAGE_DISK_COMMAND_LINE",
      `the kernel's command line can't have the word ${JSON.stringify(word)}`,
      { hint: "words are printable ASCII without spaces, quotes and backslashes" },
    );
  }
  const length = words.join(" ").length;
  if (length > longestCommandLine) {
    throw new MirageError(
      "ERR_MIRAGE_DISK_COMMAND_LINE",
      `the kernel's command line has ${length} bytes`,
      { hint: `the kernel reads ${longestCommandLine} at most` },
    );
  }
}
