import { hardware } from "./hardware.js";
import type { VirtualMachine } from "./machine.js";

/**
 * The machine as a domain of libvirt (https://libvirt.org/formatdomain.html), `q35` or `virt`, whose
 * devices libvirt puts on the PCI bus. Its interfaces are on the network `default`.
 */
export function libvirtDomain(machine: VirtualMachine): string {
  const { name: arch, libvirt } = hardware[machine.architecture];
  const { name, kernel, memoryMb, networks, disks, accelerator, line } = machine;
  const interfaces = networks.map(() =>
    element("interface", { type: "network" }, [
      element("source", { network: "default" }),
      element("model", { type: "virtio" }),
    ]),
  );
  const images = disks.map((file, i) =>
    element("disk", { type: "file", device: "disk" }, [
      element("driver", { name: "qemu", type: "raw" }),
      element("source", { file }),
      element("target", { dev: `vd${letters(i)}`, bus: "virtio" }),
    ]),
  );
  return `${element("domain", { type: accelerator === "kvm" ? "kvm" : "qemu" }, [
    element("name", {}, name),
    element("memory", { unit: "MiB" }, `${memoryMb}`),
    element("vcpu", {}, "1"),
    element("os", {}, [
      element("type", { arch, machine: libvirt.machine }, "hvm"),
      element("kernel", {}, kernel),
      ...(line === "" ? [] : [element("cmdline", {}, line)]),
    ]),
    ...(libvirt.acpi ? [element("features", {}, [element("acpi", {})])] : []),
    ...(accelerator === "kvm" ? [element("cpu", { mode: "host-passthrough" })] : []),
    element("on_poweroff", {}, "destroy"),
    element("on_reboot", {}, "restart"),
    element("on_crash", {}, "destroy"),
    element("devices", {}, [
      ...images,
      ...interfaces,
      element("serial", { type: "pty" }),
      element("console", { type: "pty" }),
      element("rng", { model: "virtio" }, [
        element("backend", { model: "random" }, "/dev/urandom"),
      ]),
      ...(libvirt.panic === undefined ? [] : [element("panic", { model: libvirt.panic })]),
    ]),
  ])}\n`;
}

/** `a` to `z`, then `aa` and so on. */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  content?: string | readonly string[],
): string {
  const opening = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}='${xml(value)}'`),
  ];
  const open = opening.join(" ");
  if (content === undefined) return `<${open}/>`;
  if (typeof content === "string") return `<${open}>${xml(content)}</${name}>`;
  const lines = content.join("\n").replaceAll(/^/gm, "  ");
  return `<${open}>\n${lines}\n</${name}>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&apos;",
};

function xml(text: string): string {
  return text.replace(/[&<>']/g, (character) => entities[character] ?? character);
}
