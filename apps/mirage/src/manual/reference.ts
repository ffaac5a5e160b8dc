import type { Command } from "commander";

/** A word of a command line, and what it does. */
export interface Entry {
  readonly term: string;
  readonly doc: string;
}

/** What there is to say about one command. */
export interface CommandReference {
  /** `mirage run` */
  readonly name: string;
  readonly summary: string;
  /** `mirage run [options] [FILE]` */
  readonly synopsis: string;
  readonly args: readonly Entry[];
  readonly options: readonly Entry[];
}

/** The command and its subcommands, as `--help` describes them; the command itself is the first. */
export function describeCommands(program: Command): CommandReference[] {
  return [program, ...program.commands].map((command) => {
    const help = command.createHelp();
    return {
      name: command === program ? program.name() : `${program.name()} ${command.name()}`,
      summary: command.description(),
      synopsis: help.commandUsage(command),
      args: help
        .visibleArguments(command)
        .map((arg) => ({ term: help.argumentTerm(arg), doc: help.argumentDescription(arg) })),
      options: help
        .visibleOptions(command)
        .map((option) => ({ term: help.optionTerm(option), doc: help.optionDescription(option) })),
    };
  });
}
