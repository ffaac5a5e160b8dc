// From TypeScript sources to a page about their error codes.

const isCode = (text) => /^ERR_MIRAGE_[A-Z][A-Z0-9_]*[A-Z0-9]$/.test(text);

/**
 * What a source says under which code: `new MirageError(CODE, MESSAGE, { hint })`, and diagnostics with
 * the properties `code`, `message` and `hint`. What is put into a text at run time is `…`.
 * @returns {{ code: string, message?: string, hint?: string }[]}
 */
export function problemsIn(ts, text, file) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const constants = new Map();
  const problems = [];
  const textOf = (node) => {
    if (node === undefined) return undefined;
    if (ts.isStringLiteralLike(node)) return node.text;
    if (ts.isIdentifier(node)) return constants.get(node.text);
    if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node)) {
      return textOf(node.expression);
    }
    if (!ts.isTemplateExpression(node)) return undefined;
    return node.templateSpans.reduce((sum, span) => `${sum}…${span.literal.text}`, node.head.text);
  };
  const propertyOf = (object, name) => {
    if (object === undefined || !ts.isObjectLiteralExpression(object)) return undefined;
    const found = object.properties.find((property) => property.name?.getText() === name);
    if (found === undefined) return undefined;
    return ts.isShorthandPropertyAssignment(found) ? found.name : found.initializer;
  };
  const note = (code, message, hint) => {
    if (code !== undefined && isCode(code)) problems.push({ code, message, hint });
  };
  const visit = (node) => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) {
      const value = textOf(node.initializer);
      if (value !== undefined) constants.set(node.name.text, value);
    }
    if (ts.isNewExpression(node) && node.expression.getText() === "MirageError") {
      const [code, message, options] = node.arguments ?? [];
      note(textOf(code), textOf(message), textOf(propertyOf(options, "hint")));
    } else if (ts.isObjectLiteralExpression(node)) {
      const message = textOf(propertyOf(node, "message"));
      note(textOf(propertyOf(node, "code")), message, textOf(propertyOf(node, "hint")));
    } else if (ts.isStringLiteral(node)) note(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}

/** The page: a chapter for each package, a paragraph for each code, in alphabetical order. */
export function errorPage(found) {
  const rooms = new Map();
  for (const { room, problems } of found) {
    const codes = rooms.get(room) ?? new Map();
    rooms.set(room, codes);
    for (const { code, message, hint } of problems) {
      const lines = codes.get(code) ?? new Set();
      codes.set(code, lines);
      if (message) lines.add(line(message, hint));
    }
  }
  const chapters = [...rooms]
    .filter(([, codes]) => codes.size > 0)
    .map(([room, codes]) => {
      const paragraphs = [...codes]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([code, lines]) => [`### ${code}`, ...(lines.size ? [[...lines].join("\n")] : [])]);
      return [`## ${room}`, ...paragraphs.flat()].join("\n\n");
    });
  return `${[opening, ...chapters].join("\n\n")}\n`;
}

/** The codes that a page has headings for. */
export function codesIn(page) {
  return [
    ...new Set([...page.matchAll(/^### (ERR_MIRAGE_\w+)$/gm)].map(([, code]) => code)),
  ].sort();
}

const opening = `# Errors

<!-- Written by tools/error-reference.mjs from the sources. -->

Every error has a code that stays the same from version to version: \`--json\` prints it, programs that
use a package find it as \`error.code\`. Below is what each code says, with \`…\` for what differs, and what
it advises. \`ERR_MIRAGE_SYSTEM_…\` ends with the operating system's own name of an error, such as
\`ENOENT\`. Exit codes: 1 for the input or the machine, 2 for a wrong command line, 70 for a bug.`;

function line(message, hint) {
  const plain = (text) =>
    text
      .replaceAll(/\s*\n\s*/g, " ")
      .replaceAll("<", "&lt;")
      .trim();
  return hint
    ? `- ${plain(message)}. _${plain(hint).replaceAll("_", "\\_")}_`
    : `- ${plain(message)}`;
}
