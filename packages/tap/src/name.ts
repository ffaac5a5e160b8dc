import { MirageError } from "@mirage/diagnostics";

const maximum = 15;

/**
 * Refuses what the kernel would refuse as the name of a network interface (`dev_valid_name` in
 * net/core/dev.c, `sysctl_dev_name_is_allowed` in net/ipv4/devinet.c). With `pattern`, one `%d` may stand for the first free number.
 */
export function checkName(name: string, options: { pattern: boolean }): void {
  const problem = problemOf(name, options.pattern);
  if (problem === undefined) return;
  throw new MirageError(
    "ERR_MIRAGE_TAP_NAME",
    `\`${name}\` can't name a network device: ${problem}`,
    {
      hint: `take 1 to ${maximum} characters without spaces, \`/\` and \`:\`, such as tap0`,
    },
  );
}

function problemOf(name: string, pattern: boolean): string | undefined {
  if (name === "") return "it is empty";
  if (name === "." || name === "..") return "that is a folder";
  if (name === "all" || name === "default") {
    return "the kernel keeps the settings of every interface under that name";
  }
  if (Buffer.byteLength(name) > maximum) return `it is longer than ${maximum} bytes`;
  if (/[\s/:\0]/.test(name)) return "it contains a space, `/` or `:`";
  const plain = pattern ? name.replace("%d", "") : name;
  if (plain.includes("%")) return pattern ? "`%` may only stand in one `%d`" : "it contains `%`";
  return undefined;
}
