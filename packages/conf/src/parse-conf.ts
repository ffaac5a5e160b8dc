import { dirname } from "node:path";
import { type Diagnostic, lineIndex } from "@mirage/diagnostics";
import { readAddress } from "./address.js";
import { ipv6Keys, readAddress6 } from "./address6.js";
import { readArguments } from "./arguments.js";
import { withCommentHints } from "./comment-hint.js";
import { readCompat } from "./compat.js";
import type { Configuration, Main, NamedFiles } from "./configuration.js";
import { readDevices } from "./devices.js";
import { readHttp } from "./http.js";
import type { PlainKey } from "./keys.js";
import { readDepends, readPackages, readPreprocess } from "./lists.js";
import { readLogLevel } from "./log-level.js";
import { readMain } from "./main.js";
import { readMemoryBudget } from "./memory-budget.js";
import { readMetricsPort } from "./metrics-port.js";
import { readName } from "./name.js";
import { defaultAnchors, readAnchors, readNameService } from "./name-service.js";
import { Problems } from "./problems.js";
import { type RawConf, readRawConf, whole } from "./raw-conf.js";
import { readSandbox } from "./sandbox.js";
import type { SpanOf } from "./span-of.js";
import { parseLines } from "./syntax.js";
import { readXl } from "./xl.js";

export interface ParsedConf {
  /** Absent if a diagnostic is an error. */
  readonly configuration?: Configuration;
  /** What could be read of the folders and images it names, even if a diagnostic is an error. */
  readonly named: NamedFiles;
  /** Errors and warnings in the order of the file; a file with very many ends with their number. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the text of a .conf file and checks all that can be checked without the file system (see
 * `checkFiles` for the rest). `file` is the path to name in diagnostics; the folder of the
 * application and the default `name` come from it.
 */
export function parseConf(text: string, file: string): ParsedConf {
  const index = lineIndex(text);
  const problems = new Problems();
  const { configuration, named } = read(text, file, problems, index);
  return {
    diagnostics: withCommentHints(text, problems.diagnostics(file, index)),
    ...(configuration && !problems.failed ? { configuration } : {}),
    named,
  };
}

function read(
  text: string,
  file: string,
  problems: Problems,
  index: ReturnType<typeof lineIndex>,
): Pick<ParsedConf, "configuration" | "named"> {
  const directory = dirname(file);
  const nul = text.indexOf("\0");
  if (nul !== -1) {
    problems.error({ start: nul, end: nul + 1 }, () => ({
      code: "ERR_MIRAGE_CONF_BINARY",
      message: "this is not a text file: it contains NUL bytes",
      hint: "save it as UTF-8 text, or choose another file",
    }));
    return { named: { directory, filesystems: [], blocks: [] } };
  }
  const spanOf: SpanOf = ({ start, end }) => index.span(file, start, end);
  const raw = readRawConf(parseLines(text), index, problems);
  const name = readName(raw, file, problems, spanOf);
  const { table, ...devices } = readDevices(raw, problems, spanOf);
  const main = readMain(raw, table, problems, spanOf);
  const address = readAddress(raw, problems, spanOf);
  const ipv6 = readAddress6(raw, problems, spanOf);
  const http = readHttp(raw, main, table, problems, spanOf);
  const nameService = readNameService(raw, main, http, problems, spanOf);
  const anchors = readAnchors(raw, main, http, problems, spanOf);
  const depends = readDepends(raw, problems, spanOf);
  const packages = readPackages(raw, problems, spanOf);
  const declaredArguments = readArguments(raw, problems, spanOf);
  const logLevel = readLogLevel(raw, problems, spanOf);
  const memoryBudget = readMemoryBudget(raw, problems, spanOf);
  const preprocess = readPreprocess(raw, problems, spanOf);
  const compat = readCompat(raw, problems, spanOf);
  const xl = readXl(raw, problems, spanOf);
  const metricsPort = readMetricsPort(raw, problems, spanOf);
  const sandbox = readSandbox(raw, problems, spanOf);
  const compiler = raw.plain.get("compiler");
  warnWithoutEffect(raw, main, problems);
  const { filesystems, blocks } = devices;
  const trusted = anchors ?? defaultAnchors(main, http);
  const named = { directory, filesystems, blocks, ...(trusted ? { anchors: trusted } : {}) };
  if (!name || !main || !address) return { named };
  const configuration = {
    file,
    directory,
    name,
    main,
    address,
    ...(ipv6 ? { ipv6 } : {}),
    ...(http ? { http } : {}),
    nameService,
    ...(anchors ? { anchors } : {}),
    ...devices,
    depends,
    packages,
    arguments: declaredArguments,
    logLevel,
    ...(memoryBudget ? { memoryBudget } : {}),
    preprocess,
    xl,
    ...(metricsPort === undefined ? {} : { metricsPort }),
    ...(sandbox ? { sandbox } : {}),
    ...(compat ? { compat } : {}),
    ...(compiler ? { compiler: { value: compiler.value.text, span: spanOf(compiler.value) } } : {}),
  };
  return { configuration, named };
}

function warnWithoutEffect(raw: RawConf, main: Main | undefined, problems: Problems): void {
  const compiler = raw.plain.get("compiler");
  if (compiler) {
    problems.warning(whole(compiler), () => ({
      code: "ERR_MIRAGE_CONF_UNUSED",
      message: "`compiler` has no effect, and never had",
      hint: "remove the line; the compiler is the one of the opam switch",
    }));
  }
  if (main?.kind === "noip") {
    const hint = "use `main-ip` or `main-app`, or remove the line";
    warnOf(["ip-address", "ip-netmask", "ip-gateway", ...ipv6Keys], "has no network", hint);
  }
  if (main?.kind === "ip") {
    warnOf(ipv6Keys, "knows IPv4 only", "use `main-app` with a stack, or remove the line");
  }

  function warnOf(keys: readonly PlainKey[], why: string, hint: string): void {
    for (const key of keys) {
      const entry = raw.plain.get(key);
      if (!entry) continue;
      problems.warning(whole(entry), () => ({
        code: "ERR_MIRAGE_CONF_UNUSED",
        message: `\`${key}\` has no effect: \`main-${main?.kind}\` ${why}`,
        hint,
      }));
    }
  }
}
