import type { Configuration } from "@mirage/conf";
import { type DeviceKind, type DeviceKindName, deviceKinds } from "@mirage/types";
import { operations, portArguments } from "./arguments.js";
import { hasOldCallback, isOf2013, registration } from "./compat-2013.js";
import { fill } from "./fill.js";
import { ocamlHeader } from "./header.js";
import { checkModuleName } from "./module-name.js";
import { nameService } from "./name-service.js";
import { type Device, hasIpv6, type Program } from "./program.js";
import { ocamlString } from "./quote.js";

const opening = "open Lwt.Infix";

const ready = `OS.Status.report "ready";`;

/** The entry point: defines the devices' modules, connects the devices, starts the application. */
export function mainMl(program: Program): string {
  const modules = program.devices.flatMap(moduleDefinitions);
  const settings = [
    ...portArguments(program),
    operations(program),
    ...addressing(program),
    ...nameService(program),
    ...helpers(program),
  ];
  const connections = [
    ...program.devices.flatMap(connection),
    ...(isOf2013(program.configuration) ? program.devices.flatMap(registration) : []),
    ...metrics(program),
    ...allConnected(program),
  ];
  const run = "let () =\n  Random.self_init ();\n  OS.Main.run (Lwt.pause () >>= main)";
  checkModuleName(program, [opening, ...modules, ...settings, ...connections, ready, run]);
  const sections = [
    `(* ${ocamlHeader(program)} *)`,
    opening,
    paragraph([...modules, ...applicationModule(program)]),
    ...settings,
    `let main () =\n${indent([...connections, start(program)].join("\n"))}`,
    run,
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** The modules that a device consists of, as OCaml defines them. */
export function moduleDefinitions({ driver, holes }: Device): string[] {
  return (driver.modules ?? []).map(
    ({ name, body }) => `module ${fill(name, holes)} = ${fill(body, holes)}`,
  );
}

/** What `main-app` names, applied to its devices' modules. */
function applicationModule({ configuration, args, holes }: Program): string[] {
  if (configuration.main.kind !== "app") return [];
  const modules = args.map((device) => ` (${fill(device.driver.module, device.holes)})`);
  return [`module Application = ${fill("%{main}", holes)}${modules.join("")}`];
}

function addressing({ configuration, target, devices, holes }: Program): string[] {
  const { main, address } = configuration;
  if (main.kind !== "ip" && devices.every(({ kind }) => kind !== "stack")) return [];
  const value = fill(target.addressing[address.kind], holes);
  return [
    `let addressing =${value.includes("\n") ? `\n${indent(value)}` : ` ${value}`}`,
    ...(main.kind !== "ip" && hasIpv6(configuration, target) ? [addressing6(configuration)] : []),
  ];
}

function addressing6({ ipv6 }: Configuration): string {
  const ip = (text: string) => `Ipaddr.V6.of_string_exn ${ocamlString(text)}`;
  const list = (items: readonly string[]) => (items.length > 0 ? `[ ${items.join("; ")} ]` : "[]");
  const { address, gateway, slaac } = ipv6 ?? {};
  const own = address ? [`(${ip(address.value.address)}, ${address.value.prefix})`] : [];
  return `let addressing6 =
  let addresses, gateways, slaac =
    Ip6_arguments.addressing
      (${list(own)}, ${list(gateway ? [ip(gateway.value)] : [])}, ${slaac?.value === true})
  in
  { V1_LWT.addresses; gateways; slaac }`;
}

/** What the lines that connect devices refer to. */
function helpers({ devices }: Program): string[] {
  if (devices.every(({ driver }) => driver.connect === undefined)) return [];
  return [
    `(* Why a device cannot be connected. *)
let unknown = function \`Unknown why -> why | _ -> "it cannot be connected"`,
    `(* The device, or the end of the program. *)
let device name reason connecting =
  connecting >>= function
  | \`Ok device -> Lwt.return device
  | \`Error error ->
      prerr_endline ("device " ^ name ^ ": " ^ reason error);
      exit 2`,
  ];
}

function connection({ kind, name, driver, holes }: Device): string[] {
  const { connect, value, binding, connected } = driver;
  if (binding !== undefined) return [`${fill(binding, holes)}\nin`];
  if (connect === undefined || value === undefined) return [];
  const line = `device ${ocamlString(name)} ${reason(kind, fill(driver.module, holes))} (${fill(connect, holes)}) >>= fun ${fill(value, holes)} ->`;
  return connected === undefined ? [line] : [line, `${fill(connected, holes)};`];
}

/** The port on which Prometheus asks. */
function metrics({ configuration: { metricsPort }, holes }: Program): string[] {
  if (!metricsPort) return [];
  return [
    fill("let module Metrics_http = Metrics_server.Make (%{http-stack}) in", holes),
    `let metrics_config = { HTTP.Config.default with sleep = Some OS.Time.sleep } in
Metrics_http.listen ~config:metrics_config stack ~port:(metrics_port ());`,
  ];
}

/** What the target does before the application's code has its turn. */
function allConnected({ target, holes }: Program): string[] {
  return target.connected === undefined ? [] : [`${fill(target.connected, holes)};`];
}

/** The function from a device's errors to words. */
function reason(kind: DeviceKindName, module: string): string {
  const kinds: readonly DeviceKind[] = deviceKinds;
  const template = kinds.find(({ name }) => name === kind)?.reason;
  return template === undefined ? "unknown" : `(${fill(template, { module })})`;
}

/** The expression of type `unit Lwt.t` that is the application. */
function start({ configuration, target, devices, args, holes }: Program): string {
  switch (configuration.main.kind) {
    case "noip":
      return fill(`${ready}\n%{main} ()`, holes);
    case "ip":
      return fill(target.ip?.run ?? "", {
        ...holes,
        devices: deviceList(devices.map(({ name }) => name)),
      });
    case "http": {
      const main = hasOldCallback(configuration) ? "Cohttp_lwt_mirage.callback %{main}" : "%{main}";
      return fill(`${ready}\nhttp { Http.Server.callback = ${main}; conn_closed = ignore }`, holes);
    }
    case "app":
      return `${ready}\nApplication.start ${values(args).join(" ") || "()"}`;
  }
}

/** Names of devices as OCaml's list. */
export function deviceList(names: readonly string[]): string {
  return `[ ${names.map(ocamlString).join("; ")} ]`;
}

function values(devices: readonly Device[]): string[] {
  return devices.flatMap(({ driver: { value }, holes }) =>
    value === undefined ? [] : [fill(value, holes)],
  );
}

/** One definition below the other, those of several lines with space around. */
function paragraph(definitions: readonly string[]): string {
  return definitions
    .map((definition) => (definition.includes("\n") ? `\n${definition}\n` : definition))
    .join("\n")
    .trim();
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
