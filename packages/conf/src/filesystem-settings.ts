import { didYouMean, quote } from "@mirage/diagnostics";
import { type Coding, codings, type Filesystem, type Written } from "./configuration.js";
import type { Problems } from "./problems.js";
import type { NamedEntry, RawConf } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";
import type { Token } from "./syntax.js";

type Settings = Pick<Filesystem, "links" | "compress" | "cacheControl" | "lastModified">;

/** What `fs-NAME-links` and its siblings end with; no name of a device can. */
const suffixes = ["-links", "-compress", "-cache-control", "-last-modified"] as const;

type Suffix = (typeof suffixes)[number];

/** Which setting of a file system an `fs-*` key is, if it does not declare one. */
export function settingSuffix(name: string): Suffix | undefined {
  return suffixes.find((suffix) => name.endsWith(suffix));
}

/** `fs-NAME-links` and its siblings, by NAME, for the file systems that are `declared`. */
export function readFilesystemSettings(
  raw: RawConf,
  declared: readonly string[],
  problems: Problems,
  spanOf: SpanOf,
): ReadonlyMap<string, Settings> {
  const settings = new Map<string, Settings>();
  for (const entry of raw.named.fs) {
    const suffix = settingSuffix(entry.name);
    if (suffix === undefined) continue;
    const name = entry.name.slice(0, -suffix.length);
    if (!declared.includes(name)) {
      reportUndeclared(entry, name, suffix, declared, problems);
      continue;
    }
    const setting = readSetting(suffix, entry.value, problems, spanOf);
    settings.set(name, { ...settings.get(name), ...setting });
  }
  return settings;
}

function reportUndeclared(
  entry: NamedEntry,
  name: string,
  suffix: Suffix,
  declared: readonly string[],
  problems: Problems,
): void {
  const nearest = didYouMean(name, declared);
  problems.error(entry.key, () => ({
    code: "ERR_MIRAGE_CONF_UNKNOWN_KEY",
    message: `${quote(entry.key.text)} is about ${quote(`fs-${name}`)}, which does not exist`,
    hint:
      nearest === undefined
        ? `declare it, such as \`fs-${name}: htdocs\``
        : `did you mean \`fs-${nearest}${suffix}\`?`,
  }));
}

/** The setting; nothing if the value is refused. */
function readSetting(
  suffix: Suffix,
  value: Token,
  problems: Problems,
  spanOf: SpanOf,
): Settings | undefined {
  const written = <T>(read: T): Written<T> => ({ value: read, span: spanOf(value) });
  switch (suffix) {
    case "-links": {
      const links = readLinks(value, problems);
      return links && { links: written(links) };
    }
    case "-compress": {
      const compress = readCodings(value, problems);
      return compress && { compress: written(compress) };
    }
    case "-cache-control":
      return isCacheControl(value, problems) ? { cacheControl: written(value.text) } : undefined;
    case "-last-modified":
      return isDate(value, problems) ? { lastModified: written(value.text) } : undefined;
  }
}

function readLinks(value: Token, problems: Problems): "inside" | "outside" | undefined {
  if (value.text === "inside" || value.text === "outside") return value.text;
  return problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_LINKS",
    message: `${quote(value.text)} says nothing about links`,
    hint: "write `inside`, which is the default, or `outside`",
  }));
}

function readCodings(value: Token, problems: Problems): readonly Coding[] | undefined {
  if (value.text === "none") return [];
  const names = value.text.split(",").map((name) => name.trim());
  const known = names.flatMap((name) => codings.filter((coding) => coding === name));
  if (known.length === names.length && new Set(known).size === known.length) return known;
  return problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_COMPRESS",
    message: `${quote(value.text)} is not a list of content codings`,
    hint: "write `gzip`, `br`, both with a comma between and the preferred one first, or `none`",
  }));
}

/** Directives as RFC 9111, section 5.2, has them: a token, and perhaps a token or quoted text. */
const directive = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(=([!#$%&'*+.^_`|~0-9A-Za-z-]+|"[ !#-[\]-~]*"))?$/;

function isCacheControl(value: Token, problems: Problems): boolean {
  const directives = value.text.match(/(?:"[^"]*"|[^,"])+/g) ?? [];
  if (directives.join(",") === value.text && directives.every((one) => directive.test(one.trim())))
    return true;
  problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_CACHE_CONTROL",
    message: `${quote(value.text)} is not a Cache-Control`,
    hint: "write directives with commas between, such as `public, max-age=3600` or `no-cache`",
  }));
  return false;
}

/** ISO 8601 in UTC. JavaScript takes the 31st of April for the 1st of May. */
function isDate(value: Token, problems: Problems): boolean {
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/;
  const date = form.test(value.text) ? new Date(value.text) : undefined;
  if (
    date &&
    !Number.isNaN(date.getTime()) &&
    date.toISOString().startsWith(value.text.slice(0, 19))
  )
    return true;
  problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_DATE",
    message: `${quote(value.text)} is not a date`,
    hint: "write it in UTC, such as `2026-03-01` or `2026-03-01T12:00:00Z`",
  }));
  return false;
}
