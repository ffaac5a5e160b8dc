import { MirageError } from "@mirage/diagnostics";

/** Names of the files in the disk's file system. */
export const kernelFile = "kernel";
export const configFile = "grub.cfg";

/** What the kernel copies of its command line, in bytes. */
const longestCommandLine = 2047;

/**
 * GRUB's `grub.cfg`: serial console beside the screen, and the kernel at once. Throws
 * `ERR_MIRAGE_DISK_COMMAND_LINE` for words that GRUB can't pass on as they are.
 */
export function grubConfig(commandLine: readonly string[]): string {
  checkCommandLine(commandLine);
  const words = commandLine.map((word) => ` '${word}'`).join("");
  return `# The kernel's command line is what follows its name.
serial --unit=0 --speed=115200
terminal_output console serial
if multiboot2 /${kernelFile}${words}; then
  boot
fi
echo 'GRUB could not start /${kernelFile}.'
`;
}

function checkCommandLine(words: readonly string[]): void {
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
