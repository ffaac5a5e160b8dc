// pnpm fuzz [NAME] [OPTIONS…]: runs tools/fuzz/NAME.mjs, net without a name.
const known = ["net", "tls"];
const [first = "", ...rest] = process.argv.slice(2);
const [name, args] =
  first === "" || first.startsWith("-") ? ["net", process.argv.slice(2)] : [first, rest];

if (known.includes(name)) {
  const { fuzz } = await import(`./fuzz/${name}.mjs`);
  try {
    fuzz(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
} else {
  console.error(`usage: pnpm fuzz [${known.join(" | ")}] [OPTIONS]`);
  process.exitCode = 2;
}
