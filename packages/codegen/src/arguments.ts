import { type Argument, argumentItems, parseArgument } from "@mirage/conf";
import { ocamlHeader } from "./header.js";
import type { Program } from "./program.js";
import { ocamlString } from "./quote.js";

/** The module `Arguments`: a function to the value of each argument that the configuration declares. */
export function argumentsMl(program: Program): string {
  const values = program.configuration.arguments.map((argument) =>
    definition(argument.name, declaration(argument)),
  );
  return `(* ${ocamlHeader(program)} *)\n\n${values.join("\n")}\n`;
}

/** The arguments for ports, which the file's are the defaults of. */
export function portArguments({ configuration, devices }: Program): string[] {
  const { http, metricsPort } = configuration;
  const port = (name: string, value: number, doc: string) =>
    definition(
      name,
      `Argument.value Argument.port ~default:${value} ~doc:${ocamlString(doc)} ${ocamlString(name)}`,
    );
  const server = devices.some(({ kind }) => kind === "http") ? http : undefined;
  return [
    ...(server ? [port("http-port", server.port.value, "where the web server listens")] : []),
    ...(server?.https
      ? [port("https-port", server.https.port.value, "where it listens for HTTPS")]
      : []),
    ...(metricsPort
      ? [port("metrics-port", metricsPort.value, "where Prometheus asks for metrics")]
      : []),
  ];
}

/** Reads the arguments, and has what is said through Logs printed. */
export function operations({ configuration }: Program): string {
  const { name, logLevel, memoryBudget } = configuration;
  const budget = memoryBudget ? `~memory_budget:${memoryBudget.value} ` : "";
  return `let () = Operations.start ${budget}~program:${ocamlString(name.value)} ~now:Clock.time ~log_level:${ocamlString(logLevel.value)} ()`;
}

function definition(name: string, value: string): string {
  return `let ${name.replaceAll("-", "_")} =\n  ${value}`;
}

function declaration(argument: Argument): string {
  const { name, type, isList, fallback, doc } = argument;
  const kind = isList ? `Argument.(list ${type})` : `Argument.${type}`;
  return [
    `Argument.value ${kind}`,
    ...defaultOf(argument, fallback),
    ...(doc === undefined ? [] : [`~doc:${ocamlString(doc)}`]),
    ocamlString(name),
  ].join(" ");
}

/** A flag that nobody gives is off. */
function defaultOf({ type, isList }: Argument, fallback: string | undefined): string[] {
  if (fallback === undefined) return type === "bool" && !isList ? ["~default:false"] : [];
  if (!isList) return [`~default:${literal(type, fallback)}`];
  return [
    `~default:[ ${argumentItems(fallback)
      .map((item) => literal(type, item))
      .join("; ")} ]`,
  ];
}

function literal(type: Argument["type"], text: string): string {
  const value = parseArgument(type, text);
  switch (type) {
    case "address":
      return `(Ipaddr.V4.of_string_exn ${ocamlString(String(value))})`;
    case "cidr":
      return `(Argument.cidr_exn ${ocamlString(String(value))})`;
    case "duration":
      return `${value}`.includes(".") ? `${value}` : `${value}.`;
    case "string":
      return ocamlString(text);
    default:
      return Number(value) < 0 ? `(${value})` : String(value);
  }
}
