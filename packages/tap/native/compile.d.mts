/** The systems for which there are sources, by Node.js's names. */
export const supportedSystems: readonly string[];

/** A short hash of a system's C sources and compiler flags; by default of this one's. */
export function sourceHash(platform?: string): string;

/**
 * Compiles the addon of a system, by default of this one, and puts it at `output` in one step, so that a reader
 * never sees half a file. The compiler is a program, or a program and the words before its arguments.
 * Throws what `execFileSync` throws, with the compiler's messages in `stderr`.
 */
export function compile(
  output: string,
  compiler: string | readonly string[],
  platform?: string,
): void;
