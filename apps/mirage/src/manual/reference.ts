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

/**
 * The command and those below it, as `--help` describes them; the command itself is the first, and
 * each is before its own subcommands.
 */
export function describeCommands(command: Command, above = ""): CommandReference[] {
  const help = command.createHelp();
  const name = `${above} ${command.name()}`.trim();
  const reference = {
    name,
    summary: command.description(),
    synopsis: help.commandUsage(command),
    args: help
      .visibleArguments(command)
      .map((arg) => ({ term: help.argumentTerm(arg), doc: help.argumentDescription(arg) })),
    options: help
      .visibleOptions(command)
      .map((option) => ({ term: help.optionTerm(option), doc: help.optionDescription(option) })),
  };
  return [reference, ...command.commands.flatMap((below) => describeCommands(below, name))];
}
