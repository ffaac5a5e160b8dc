import { type Configuration, parseIpv4, prefixLength } from "@mirage/conf";
import type { Graph, GraphEdge, GraphNode } from "@mirage/graph";
import { type DeviceKind, deviceKinds, type Target } from "@mirage/types";
import { hasOwnNet } from "./compat-2013.js";
import { opamPackages } from "./components.js";
import { fill } from "./fill.js";
import { type Device, type Program, planProgram } from "./program.js";

/** The application's own node. */
const application = "application";

/**
 * What a program consists of on a target: the application, the devices it is applied to, the
 * functors and modules that implement those, and what lies outside.
 * @throws MirageError if the target lacks what the configuration asks for
 */
export function applicationGraph(configuration: Configuration, target: Target): Graph {
  const program = planProgram(configuration, target);
  const picture = new Picture(program);
  picture.addApplication();
  return {
    title: configuration.name.value,
    subtitle: target.doc,
    packages: opamPackages(configuration, target),
    nodes: [...picture.nodes.values()],
    edges: picture.edges,
  };
}

/** `F (A) (B)` */
interface Application {
  readonly functor: string;
  readonly args: readonly string[];
}

class Picture {
  readonly nodes = new Map<string, GraphNode>();
  readonly edges: GraphEdge[] = [];
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  addApplication(): void {
    const { configuration, target, args, devices, holes } = this.#program;
    const { main } = configuration;
    const label = fill("%{main}", holes);
    this.#add({ id: application, kind: "application", label, detail: `main-${main.kind}` });
    for (const device of args) this.#connect(application, this.#device(device));
    if (main.kind === "http") {
      for (const device of devices) {
        if (device.kind === "http") this.#connect(application, this.#device(device));
      }
    }
    if ((main.kind === "ip" || hasOwnNet(configuration)) && target.ip) {
      const manager = definitionsIn(target.ip.net)[0];
      if (manager) this.#manager(manager, devices);
    }
    for (const { name } of configuration.filesystems) {
      if (!this.nodes.has(name)) this.#connect(application, this.#linkedFiles(name));
    }
  }

  /** What a program of 2013 gets its interfaces from. */
  #manager({ functor, args }: Application, devices: readonly Device[]): void {
    const id = this.#add({ id: `functor ${functor}`, kind: "functor", label: functor });
    this.#connect(application, id);
    const modules = new Map<string, string>();
    for (const arg of args) {
      const below = devices.filter((device) => moduleOf(device) === arg);
      if (below.length === 0) this.#connect(id, this.#module(arg, modules));
      for (const device of below) this.#connect(id, this.#device(device));
    }
  }

  #device(device: Device): string {
    const { name, kind, driver, holes, needs } = device;
    if (this.nodes.has(name)) return name;
    const definitions = (driver.modules ?? []).map((definition) => {
      return { name: fill(definition.name, holes), ...applied(fill(definition.body, holes)) };
    });
    const last = definitions.at(-1);
    const note = this.#note(device);
    this.#add({
      id: name,
      kind: "device",
      label: name,
      detail: last ? last.functor : moduleOf(device),
      package: (driver.components?.[0] ?? this.#program.target.components[0])?.package ?? "",
      ...(note === undefined ? {} : { note }),
    });
    // Modules that can be meant by name: of the devices below, then of the functors before.
    const known = new Map<string, string>();
    for (const below of needs) known.set(moduleOf(below), this.#device(below));
    for (const definition of definitions) {
      const isDevice = definition === last;
      const id = isDevice
        ? name
        : this.#add({
            id: `functor ${definition.name}`,
            kind: "functor",
            label: definition.functor,
          });
      for (const arg of definition.args) {
        this.#connect(id, known.get(arg) ?? this.#module(arg, known));
      }
      known.set(definition.name, id);
    }
    const parts = definitions.slice(0, -1).map((definition) => known.get(definition.name) ?? name);
    for (const part of [...parts, ...needs.map((below) => below.name)])
      if (part !== name && !this.#isReached(name, part)) this.#connect(name, part);
    const resource = this.#resource(kind, name);
    if (resource) this.#connect(name, this.#add(resource));
    return name;
  }

  #linkedFiles(name: string): string {
    const { target, configuration } = this.#program;
    const driver = target.drivers.fs;
    if (!driver) throw new Error(`${target.name} has no driver for fs`);
    return this.#device({
      kind: "fs",
      name,
      driver,
      needs: [],
      holes: { name, path: configuration.directory },
    });
  }

  /** A module of the runtime; as a device, if the application is applied to it as well. */
  #module(name: string, known: Map<string, string>): string {
    const device = this.#program.devices.find((candidate) => {
      return candidate.driver.value === undefined && moduleOf(candidate) === name;
    });
    if (device && device.kind !== "http") return this.#device(device);
    const id = this.#add({ id: `module ${name}`, kind: "module", label: name });
    known.set(name, id);
    return id;
  }

  #note({ kind }: Device): string | undefined {
    const { configuration, target } = this.#program;
    if (kind === "http") return `TCP port ${configuration.http?.port.value}`;
    if (kind === "stack" || (kind === "net" && configuration.main.kind === "ip")) {
      return target.run.network === "sockets" ? undefined : addressOf(configuration);
    }
    const kinds: readonly DeviceKind[] = deviceKinds;
    return kinds.find(({ name }) => name === kind)?.signature;
  }

  /** What of the world outside a device stands for. */
  #resource(kind: Device["kind"], name: string): GraphNode | undefined {
    const { configuration, target } = this.#program;
    const outside = (id: string, label: string): GraphNode => ({ id, kind: "resource", label });
    switch (kind) {
      case "fs": {
        const path = configuration.filesystems.find((fs) => fs.name === name)?.path.value;
        return outside(`folder ${path}`, `${path?.replace(/\/?$/, "/")}`);
      }
      case "block": {
        const path = configuration.blocks.find((block) => block.name === name)?.path.value;
        return outside(`disk ${path}`, `${path}`);
      }
      case "net":
        return outside("network", target.run.network === "tap" ? "a TAP device" : "a bridge");
      case "network": {
        const tap = configuration.networks.find((declared) => declared.name === name)?.tap.value;
        return outside(`network ${tap}`, `${tap}`);
      }
      case "stack":
        return target.run.network === "sockets"
          ? outside("network", "the host's sockets")
          : undefined;
      default:
        return undefined;
    }
  }

  #add(node: GraphNode): string {
    if (!this.nodes.has(node.id)) this.nodes.set(node.id, node);
    return node.id;
  }

  #connect(from: string, to: string): void {
    if (!this.edges.some((edge) => edge.from === from && edge.to === to)) {
      this.edges.push({ from, to });
    }
  }

  #isReached(from: string, to: string): boolean {
    return this.edges.some((edge) => {
      return edge.from === from && (edge.to === to || this.#isReached(edge.to, to));
    });
  }
}

function moduleOf({ driver, holes }: Device): string {
  return fill(driver.module, holes);
}

/** The functor applications in OCaml's `module NAME = F (A) (B)`, in order. */
function definitionsIn(source: string): Application[] {
  return [...source.matchAll(/^module \w+ = ([^\n]*\([^\n]*)$/gm)].map(([, body = ""]) =>
    applied(body),
  );
}

function applied(body: string): Application {
  const [functor = "", ...args] = body.match(/[\w.']+/g) ?? [];
  return { functor, args };
}

function addressOf(configuration: Configuration): string {
  const { address, slaac } = configuration.ipv6 ?? {};
  return [
    ipv4Of(configuration),
    ...(address ? [`${address.value.address}/${address.value.prefix}`] : []),
    ...(slaac?.value ? ["SLAAC"] : []),
  ].join(", ");
}

function ipv4Of({ address }: Configuration): string {
  if (address.kind === "dhcp") return "DHCP";
  const netmask = parseIpv4(address.netmask.value);
  return netmask === undefined
    ? address.address.value
    : `${address.address.value}/${prefixLength(netmask)}`;
}
