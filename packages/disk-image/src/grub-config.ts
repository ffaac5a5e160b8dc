import { checkCommandLine } from "./command-line.js";

/** Names of the files in the disk's file system. */
export const kernelFile = "kernel";
export const configFile = "grub.cfg";

/**
 * GRUB's `grub.cfg`: serial console beside the screen, and the kernel at once.
 * @throws MirageError `ERR_MIRAGE_DISK_COMMAND_LINE` for words that GRUB can't pass on as they are
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
