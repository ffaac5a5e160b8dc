import {
  generate,
  libraries,
  type Probe,
  type ProbedDevice,
  probe,
  readingFlags,
  signatureOf,
} from "@mirage/codegen";
import { builtinDevices, type Configuration, type Main } from "@mirage/conf";
import { type Diagnostic, didYouMean, type Span } from "@mirage/diagnostics";
import type { Target } from "@mirage/types";
import { Compiler } from "./compiler.js";
import { type Parameter, parametersIn } from "./functor-type.js";
import { isMadeByDune, moduleOf, readSources, type Sources } from "./sources.js";

/** What the compiler needs to be asked. */
export interface CompilerContext {
  /** Of an OCaml that has the libraries of the application. */
  readonly env: NodeJS.ProcessEnv;
  /** Libraries that dune files of the application define: no compiler knows them yet. */
  readonly local: ReadonlySet<string>;
  /** Whether all packages are installed in the versions that the generated program is for. */
  readonly isComplete: boolean;
  /** Libraries that are not there; nothing is compiled with them. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * Modules of the runtimes' that sources of an application can have as well: dune keeps them apart, this
 * compiler does not.
 */
const ofRuntimes: ReadonlySet<string> = new Set([
  ...["Block", "Channel", "Clock", "Console", "Entropy", "Ethif", "Fat", "HTTP", "Io_page"],
  ...["Ipv4", "Netif", "OS", "Tcpv4", "Udpv4", "V1", "V1_LWT"],
]);

/**
 * Whether what `main-*` names is there, and fits: the functor takes these devices, in this order.
 * Where the compiler cannot be asked, because libraries are yet to be installed or the application
 * itself does not compile, nothing is wrong here.
 */
export async function checkMain(
  configuration: Configuration,
  target: Target,
  directory: string,
  context: CompilerContext,
): Promise<Diagnostic[]> {
  const { main, depends } = configuration;
  const [file = ""] = main.modulePath;
  const written = generate(configuration, target);
  const sources = readSources(directory, new Set(written.map(({ path }) => path)));
  const isThere = sources.modules.includes(file) || isMadeByDune(configuration, file);
  if (!isThere && depends.length === 0) return [noModule(main, file, sources)];
  if (sources.modules.some((module) => ofRuntimes.has(module))) return [];
  const rewriters = configuration.preprocess.map(({ value }) => value);
  const linked = [...libraries(configuration, target), ...rewriters].filter(
    (name) => !context.local.has(name) && !context.unknown.has(name),
  );
  const compiler = new Compiler(linked, context.env, readingFlags(configuration));
  try {
    for (const { path, content } of written)
      if (path.endsWith(".ml")) compiler.write(path, content);
    await compileSources(compiler, configuration, sources);
    const asked = probe(configuration, target);
    if ((await compiler.complaintAbout(asked.definitions)) !== undefined) return [];
    const outside = `module type T = module type of ${file}`;
    if ((await compiler.signatureOf(outside)) === undefined) {
      const isElsewhere = isThere || context.local.size > 0;
      return isElsewhere ? [] : [noModule(main, file, sources)];
    }
    if (main.kind === "app") {
      const problems = await checkFunctor(compiler, configuration, asked, sources);
      if (problems.length > 0) return problems;
    }
    if (!context.isComplete) return [];
    await compiler.compile("net.ml");
    const { ok, text } = await compiler.compile("main.ml");
    return ok ? [] : [await mismatch(compiler, main, asked, text, sources.files)];
  } finally {
    compiler.close();
  }
}

/** All sources that compile, each after those it refers to. */
async function compileSources(
  compiler: Compiler,
  { filesystems }: Configuration,
  { files }: Sources,
): Promise<void> {
  for (const { name } of filesystems) {
    // What mirage-crunch writes when the program is built.
    const stub = `filesystem_${name}.mli`;
    compiler.write(stub, "include V1_LWT.KV_RO with type id = unit\nval file_list : string list\n");
    await compiler.compile(stub);
  }
  compiler.write("trust_anchors.mli", "val pem : string\n");
  await compiler.compile("trust_anchors.mli", "arguments.ml");
  for (const [name, text] of files) compiler.write(name, text);
  const sorted = await compiler.sorted([...files.keys()]);
  if (sorted.length === 0 || (await compiler.compile(...sorted)).ok) return;
  for (const name of sorted) await compiler.compile(name);
}

async function checkFunctor(
  compiler: Compiler,
  configuration: Configuration,
  asked: Probe,
  { files }: Sources,
): Promise<Diagnostic[]> {
  const { main } = configuration;
  const question = `module type T = module type of ${asked.main}`;
  const printed = await compiler.signatureOf(question);
  if (printed === undefined) {
    const complaint = (await compiler.complaintAbout(question)) ?? "";
    return [noMember("module", main, files, asked.main, complaint)];
  }
  const parameters = parametersIn(printed);
  const { args } = asked;
  const hint =
    suggestion(configuration, asked, parameters) ?? (await fittingOrder(compiler, asked));
  const wrong = (message: string, span: Span): Diagnostic => ({
    code: "ERR_MIRAGE_CONF_FUNCTOR",
    severity: "error",
    message,
    ...(hint === undefined ? {} : { hint }),
    span,
  });
  const problems: Diagnostic[] = [];
  let applied = asked.main;
  for (const [index, { module, reference }] of args.entries()) {
    const parameter = parameters[index];
    if (parameter === undefined) break;
    applied = `${applied} (${module})`;
    const source = `${asked.definitions}\nmodule Applied = ${applied}\n`;
    if ((await compiler.complaintAbout(source)) === undefined) continue;
    const { name, signature } = parameter;
    const own = signatureOf(reference.kind);
    const what = own === undefined ? "" : `, a ${own},`;
    problems.push(
      wrong(
        `the device \`${reference.name}\`${what} is not what \`${asked.main}\` takes in this place: ${name} is ${described(signature)}`,
        reference.span,
      ),
    );
    break; // the types of later parameters may depend on this one
  }
  const takes = `\`${asked.main}\` takes ${counted(parameters.length)} and is given ${args.length || "none"}`;
  const [surplus] = args.slice(parameters.length);
  if (surplus) problems.push(wrong(takes, surplus.reference.span));
  const lacking = parameters
    .slice(args.length)
    .map(({ name, signature }) => `${name} (${described(signature)})`);
  if (lacking.length > 0) {
    const verb = lacking.length === 1 ? "is" : "are";
    problems.push(wrong(`${takes}: ${lacking.join(", ")} ${verb} missing`, main.nameSpan));
  }
  return problems;
}

function counted(count: number): string {
  if (count === 0) return "no devices";
  return count === 1 ? "1 device" : `${count} devices`;
}

/** `V1_LWT.KV_RO with type id = unit` without what is around the name. */
function short(signature: string): string {
  return signature.replace(/ with .*$/, "").replace(/^V1(?:_LWT)?\./, "");
}

function described(signature: string): string {
  return signature.startsWith("sig ") ? "of another signature" : `a ${short(signature)}`;
}

/** The line with devices of the right kinds in the right order, if they can be told by their names. */
function suggestion(
  configuration: Configuration,
  { main, args }: Probe,
  parameters: readonly Parameter[],
): string | undefined {
  const left = [...args];
  const names = parameters.map(({ signature }) => {
    const wanted = short(signature);
    const at = left.findIndex(({ reference }) => signatureOf(reference.kind) === wanted);
    const [own] = at === -1 ? [] : left.splice(at, 1);
    return own?.reference.name ?? deviceOf(configuration, wanted, args);
  });
  if (names.some((name) => name === undefined)) return undefined;
  return names.length === 0
    ? `write \`main-app: ${main}\``
    : `write \`main-app: ${main} (${names.join(", ")})\``;
}

/** The most devices whose orders are all tried. */
const mostTried = 4;

/** The line with the same devices in an order that the compiler takes, if there are few. */
async function fittingOrder(
  compiler: Compiler,
  { definitions, main, args }: Probe,
): Promise<string | undefined> {
  if (args.length > mostTried) return undefined;
  for (const order of permutations(args)) {
    const applied = [main, ...order.map(({ module }) => `(${module})`)].join(" ");
    const source = `${definitions}\nmodule Applied : sig end = ${applied}\n`;
    if ((await compiler.complaintAbout(source)) !== undefined) continue;
    return `write \`main-app: ${main} (${order.map(({ reference }) => reference.name).join(", ")})\``;
  }
  return undefined;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => {
    return permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]);
  });
}

/** A device of a signature that is not named yet. */
function deviceOf(
  { filesystems, blocks, fats }: Configuration,
  signature: string,
  named: readonly ProbedDevice[],
): string | undefined {
  const declared = { KV_RO: filesystems, BLOCK: blocks, FS: fats }[signature] ?? [];
  const candidates = [
    ...builtinDevices.filter((name) => signatureOf(name) === signature),
    ...declared.map(({ name }) => name),
  ];
  return candidates.find((name) => named.every(({ reference }) => reference.name !== name));
}

/** A program of which nothing is written yet is only warned of, as a disk image that is yet to be made. */
function noModule(main: Main, module: string, { modules }: Sources): Diagnostic {
  const meant = didYouMean(module, modules);
  const file = `${module.charAt(0).toLowerCase()}${module.slice(1)}.ml`;
  return {
    code: "ERR_MIRAGE_CONF_NO_MODULE",
    severity: modules.length === 0 ? "warning" : "error",
    message: `no file makes the module \`${module}\``,
    hint:
      meant === undefined
        ? `write ${file}, or name a module that is there${modules.length === 0 ? "" : `: ${modules.slice(0, 10).join(", ")}`}`
        : `did you mean \`${meant}\`?`,
    span: main.nameSpan,
  };
}

function noMember(
  kind: "module" | "value",
  main: Main,
  files: Sources["files"],
  path: string,
  complaint: string,
): Diagnostic {
  const [, meant] = /Did you mean (\S+)\?/.exec(complaint) ?? [];
  const [outer = ""] = main.modulePath;
  const file = [...files.keys()].find((name) => moduleOf(name) === outer) ?? outer;
  return {
    code: "ERR_MIRAGE_CONF_NO_MODULE",
    severity: "error",
    message: `there is no ${kind} \`${path}\` in ${file}`,
    hint:
      meant === undefined
        ? `name a ${kind === "value" ? "value" : "module or a functor"} that the file defines`
        : `did you mean \`${[...path.split(".").slice(0, -1), meant].join(".")}\`?`,
    span: main.nameSpan,
  };
}

/**
 * What the compiler says of the generated program. Where it calls the application, that is the .conf file's
 * fault; anywhere else, the sources may be half written.
 */
async function mismatch(
  compiler: Compiler,
  main: Main,
  asked: Probe,
  said: string,
  files: Sources["files"],
): Promise<Diagnostic> {
  const { main: name } = asked;
  const [, complaint = "it does not compile"] = /^Error: ([\s\S]*)/m.exec(said) ?? [];
  const [text = "", hint] = complaint.trimEnd().split(/\n?Hint: /);
  const [, kind, absent] = /^Unbound (module|value) (\S+)$/.exec(text) ?? [];
  if (absent === "Application.start") {
    return noMember("value", main, files, `${name}.start`, complaint);
  }
  if (absent !== undefined && (name === absent || name.startsWith(`${absent}.`))) {
    return noMember(kind === "value" ? "value" : "module", main, files, absent, complaint);
  }
  const what = main.kind === "app" ? `\`start\` of \`${name}\`` : `\`${name}\``;
  const calls = [main.kind === "app" ? "Application.start" : name, "OS.Main.run"];
  const isCalled = calls.some((call) => said.includes(call));
  const own = isCalled ? await typeOfMain(compiler, main, asked) : undefined;
  return {
    code: "ERR_MIRAGE_CONF_MAIN",
    severity: isCalled ? "error" : "warning",
    message:
      own === undefined
        ? `${what} is not what \`main-${main.kind}\` takes: ${oneLine(text)}`
        : `${what} has the type \`${own}\`: ${needed(main, asked)}`,
    ...(own !== undefined || hint === undefined ? {} : { hint: oneLine(hint) }),
    span: main.nameSpan,
  };
}

/** The type of what `main-*` calls, as the compiler prints it; types of devices by their modules. */
async function typeOfMain(
  compiler: Compiler,
  main: Main,
  { definitions, main: name, args }: Probe,
): Promise<string | undefined> {
  const applied = [name, ...args.map(({ module }) => `(${module})`)].join(" ");
  const called =
    main.kind === "app"
      ? `module Application = ${applied}\nlet called = Application.start`
      : `let called = ${name}`;
  const printed = await compiler.signatureOf(`${definitions}\n${called}\n`);
  const [, type] = /^val called :([\s\S]*)/m.exec(printed ?? "") ?? [];
  return type === undefined ? undefined : oneLine(type).replaceAll(/\b[A-Z]\w*\.io\b/g, "Lwt.t");
}

/** What `main-*` calls, and with what. */
function needed({ kind }: Main, { args }: Probe): string {
  switch (kind) {
    case "noip":
      return "`main-noip` takes `unit -> unit Lwt.t`";
    case "ip":
      return "`main-ip` takes `Net.Manager.t -> Net.Manager.interface -> Net.Manager.id -> unit Lwt.t`";
    case "http":
      return "`main-http` takes a callback of cohttp, which is given the connection, the request and its body";
    case "app": {
      const given = args.flatMap(({ reference: { name }, type }) =>
        type === undefined ? [] : [{ name, type }],
      );
      const types = given.length === 0 ? ["unit"] : given.map(({ type }) => type);
      const type = [...types, "unit Lwt.t"].join(" -> ");
      const devices = given.map(({ name }) => name);
      return `${devices.length === 0 ? "without a device that has a value" : `given ${devices.join(", ")}`}, it has to be \`${type}\``;
    }
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
