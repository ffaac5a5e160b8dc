// Writes generated/reference.js: what docs/conf.md says of keys and devices, for completion and hover.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const { repository } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const page = `${repository}/blob/main/docs/`;
const conf = readFileSync(new URL("docs/conf.md", root), "utf8");

/** The cells of the rows of the table that begins with this heading. */
function rowsOf(heading) {
  const lines = conf.slice(conf.search(new RegExp(`^\\| ${heading} `, "m"))).split("\n");
  const rows = lines.slice(2, lines.indexOf(""));
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Links lead to the pages of the repository, wherever the text is shown. */
function linked(markdown) {
  return markdown.replaceAll(
    /\]\((?:(\w+\.md))?(#[\w-]*)?\)/g,
    (_, file = "conf.md", anchor = "") => {
      return `](${page}${file}${anchor})`;
    },
  );
}

function namesIn(cell) {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
}

const keys = [];
let group = "";
for (const [names, value, fallback] of rowsOf("key")) {
  const [, heading] = /^\*\*(.*)\*\*$/.exec(names) ?? [];
  group = heading ?? group;
  for (const key of namesIn(names)) {
    keys.push({ key, group, value: linked(value), fallback: linked(fallback) });
  }
}
const devices = rowsOf("device").flatMap(([names, signatures, start]) => {
  const each = namesIn(signatures);
  const own = namesIn(names).filter((name) => /^[a-z_]+$/.test(name));
  return own.map((name, at) => {
    return { name, signature: own.length > 1 ? `\`${each[at]}\`` : signatures, start };
  });
});

const folder = new URL("generated/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(
  new URL("reference.js", folder),
  `export const keys = ${JSON.stringify(keys, undefined, 2)};\nexport const devices = ${JSON.stringify(devices, undefined, 2)};\n`,
);
writeFileSync(
  new URL("reference.d.ts", folder),
  `/** A row of the keys in docs/conf.md; its text is Markdown. */
export interface KeyRow {
  /** As in the table: \`http-port\`, \`fs-NAME-links\`. */
  readonly key: string;
  readonly group: string;
  readonly value: string;
  readonly fallback: string;
}

/** A row of the built-in devices there; its text is Markdown. */
export interface DeviceRow {
  readonly name: string;
  readonly signature: string;
  /** What the application's \`start\` gets. */
  readonly start: string;
}

export const keys: readonly KeyRow[];
export const devices: readonly DeviceRow[];
`,
);
