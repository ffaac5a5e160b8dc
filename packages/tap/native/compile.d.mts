/** A short hash of the addon's C sources and compiler flags. */
export function sourceHash(): string;

/**
 * Compiles the addon and puts it at `output` in one step, so that a reader never
 * sees half a file. Throws what `execFileSync` throws, with the compiler's messages in `stderr`.
 */
export function compile(output: string, compiler: string): void;
