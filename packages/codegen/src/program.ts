import type { Configuration, DeviceKind, Written } from "@mirage/conf";
import type { Driver, HoleName, Target } from "@mirage/types";
import { checkTarget } from "./check-target.js";
import { hasOwnNet, isOf2013 } from "./compat-2013.js";
import { fill, type Holes } from "./fill.js";
import { httpsDevices, httpsHoles } from "./https.js";
import { ocamlString } from "./quote.js";
import { adapterOf } from "./releases.js";

/** One device of a program. */
export interface Device {
  readonly kind: DeviceKind;
  readonly name: string;
  readonly driver: Driver;
  /** The devices below: they are connected before it. */
  readonly needs: readonly Device[];
  readonly holes: Holes;
}

/** What a configuration comes to on a target. */
export interface Program {
  readonly configuration: Configuration;
  readonly target: Target;
  /** Every device the program connects or is applied to, each after those it needs. */
  readonly devices: readonly Device[];
  /** The devices that `main-app` names, in its order. */
  readonly args: readonly Device[];
  /** For templates that belong to no device. */
  readonly holes: Holes;
}

/** @throws MirageError if the target lacks what the configuration asks for */
export function planProgram(configuration: Configuration, target: Target): Program {
  checkTarget(configuration, target);
  const { main } = configuration;
  const holes = commonHoles(configuration, target);
  const devices = new Map<string, Device>();

  function add(kind: DeviceKind, name: string): Device {
    const known = devices.get(name);
    if (known) return known;
    const https = kind === "http" ? configuration.http?.https : undefined;
    const driver = driverOf(configuration, target, kind);
    if (!driver) throw new Error(`${target.name} has no driver for ${kind}`);
    const needs = (driver.needs ?? []).map((below) => {
      return add(below, below === "block" ? blockUnder(configuration, name) : below);
    });
    for (const source of https ? httpsDevices(https) : [])
      needs.push(add(source.kind, source.name));
    const device = {
      kind,
      name,
      driver,
      needs,
      holes: { ...holes, ...deviceHoles(configuration, target, kind, name) },
    };
    devices.set(name, device);
    return device;
  }

  const args =
    main.kind === "app"
      ? main.args.map(({ kind, name }) => adapted(add(kind, name), configuration))
      : [];
  if (main.kind === "http") add("http", "http");
  if (configuration.metricsPort) add("stack", "stack");
  if (main.kind === "ip" || (hasOwnNet(configuration) && target.ip)) {
    add("net", "net");
    for (const { name } of configuration.networks) add("network", name);
  }
  if (isOf2013(configuration)) {
    for (const { name } of configuration.filesystems) add("fs", name);
    for (const { name } of configuration.blocks) add("block", name);
  }
  return { configuration, target, devices: [...devices.values()], args, holes };
}

function driverOf(
  configuration: Configuration,
  target: Target,
  kind: DeviceKind,
): Driver | undefined {
  if (kind === "http" && configuration.http?.https) {
    return configuration.http.https.acme ? target.acme : target.https;
  }
  if (kind === "stack" && hasIpv6(configuration, target)) return target.stackWithIpv6;
  return target.drivers[kind];
}

/** Whether the program's own stack has IPv6. */
export function hasIpv6({ ipv6 }: Configuration, { stackWithIpv6 }: Target): boolean {
  return ipv6 !== undefined && stackWithIpv6 !== undefined;
}

/** The device under the signature of the release that the program was written for. */
function adapted(device: Device, configuration: Configuration): Device {
  const adapter = adapterOf(configuration, device.kind);
  if (adapter === undefined) return device;
  const module = `${adapter} (${device.driver.module})`;
  return { ...device, driver: { ...device.driver, module } };
}

function commonHoles(configuration: Configuration, target: Target): Holes {
  const { address, http, main } = configuration;
  const hearsBoth = hasIpv6(configuration, target) && http?.address.value === "*";
  const holes: Partial<Record<HoleName, string>> = {
    main: [...main.modulePath, ...(main.kind === "app" ? [] : [main.value])].join("."),
    interfaces: interfaces(http?.address.value),
    "http-stack": hearsBoth ? "Stack_both" : "Stack",
    ...(http ? { "http-port": "(http_port ())", "http-health": healthCheck(http.healthPath) } : {}),
  };
  if (address.kind === "static") {
    for (const part of ["address", "netmask", "gateway"] as const) {
      holes[part] = ocamlString(address[part].value);
    }
  }
  return holes;
}

/** What asks the web server's own callback, before it listens. */
function healthCheck(path: Written<string> | undefined): string {
  if (path === undefined) return "";
  return `Health.set_check (fun tell -> Lwt.on_success (HTTP.probe server ${ocamlString(path.value)}) tell);
  `;
}

/** The list of addresses to listen on, as `http-address` says it. */
function interfaces(address: string | undefined): string {
  if (address === undefined || address === "*") return "[]";
  return `[ Ipaddr.V4.of_string_exn ${ocamlString(address)} ]`;
}

function deviceHoles(
  configuration: Configuration,
  target: Target,
  kind: DeviceKind,
  name: string,
): Holes {
  const common = { name, id: ocamlString(name) };
  switch (kind) {
    case "fs":
      return { ...common, path: pathOf(configuration.filesystems, name) };
    case "http": {
      const https = configuration.http?.https;
      return https ? { ...common, ...httpsHoles(https, target) } : common;
    }
    case "block":
      return { ...common, path: pathOf(configuration.blocks, name) };
    case "fat": {
      const value = target.drivers.block?.value ?? "";
      return { ...common, block: fill(value, { name: blockUnder(configuration, name) }) };
    }
    default:
      return common;
  }
}

function pathOf(
  declared: readonly { name: string; path: { value: string } }[],
  name: string,
): string {
  return ocamlString(named(declared, name).path.value);
}

function blockUnder(configuration: Configuration, fat: string): string {
  return named(configuration.fats, fat).block.value;
}

/** The declaration of that name, which the configuration's own checks have found to be there. */
function named<T extends { name: string }>(declared: readonly T[], name: string): T {
  const found = declared.find((declaration) => declaration.name === name);
  if (!found) throw new Error(`nothing declares ${name}`);
  return found;
}
