import type { CommandReference, Entry } from "./reference.js";
import { exitCodes, output, variables } from "./surroundings.js";

/** The reference of all commands as a page in Markdown. */
export function toMarkdown(commands: readonly CommandReference[]): string {
  const [program, ...subcommands] = commands;
  if (program === undefined) return "";
  const list = subcommands.map(({ name, summary }) => ({
    term: `[\`${name}\`](#${name.replaceAll(" ", "-")})`,
    doc: summary,
  }));
  return `${[
    "# Commands",
    "<!-- Written by tools/cli-reference.mjs from what --help is made of. -->",
    program.summary,
    table("command", list),
    output,
    ...subcommands.map(section),
    "## Exit codes",
    table("code", exitCodes),
    "## Environment",
    table("variable", asCode(variables)),
  ].join("\n\n")}\n`;
}

function section({ name, summary, synopsis, args, options }: CommandReference): string {
  return [
    `## ${name}`,
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    `\`\`\`\n${synopsis}\n\`\`\``,
    ...(args.length === 0 ? [] : [table("argument", asCode(args))]),
    ...(options.length === 0 ? [] : [table("option", asCode(options))]),
  ].join("\n\n");
}

function asCode(entries: readonly Entry[]): Entry[] {
  return entries.map(({ term, doc }) => ({ term: `\`${term}\``, doc }));
}

/** A table whose columns are as wide as what is in them. */
function table(title: string, entries: readonly Entry[]): string {
  const rows = [[title, ""], ...entries.map(({ term, doc }) => [cell(term), cell(doc)])];
  const widths = [0, 1].map((column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...body.map(line)].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/<(?![^`]*`)/g, "&lt;");
}
