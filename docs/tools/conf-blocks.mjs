// The site colours .conf files as VS Code does; in the repository their code blocks have no language.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.mjs";

/** The grammar of .conf files, as Shiki takes it. */
export const confGrammar = JSON.parse(
  readFileSync(join(root, "apps/vscode/syntaxes/mirage-conf.tmLanguage.json"), "utf8"),
);

/** A line of a .conf file: a comment, an entry, or nothing. */
const confLine =
  /^(#.*|(main|ip6?|http|https|dns|fs|block|fat|net|argument|log|xl)-[\w-]+: .*|(name|depends|packages|preprocess|compat|sandbox): .*|)$/;

/** Gives the code blocks of a Markdown text that are .conf files their language. */
export function withConfLanguage(markdown) {
  return markdown
    .split(/(^```.*?^```$)/ms)
    .map((part, index) => (index % 2 === 1 ? withLanguage(part) : part))
    .join("");
}

function withLanguage(block) {
  const [opening, ...code] = block.split("\n").slice(0, -1);
  const isConf = opening === "```" && code.every((line) => confLine.test(line));
  return isConf ? block.replace("```", `\`\`\`${confGrammar.name}`) : block;
}
