import { MirageError, shellWord } from "@mirage/diagnostics";
import type { VirtualMachine } from "./machine.js";

/**
 * The machine as commands for root on a node of Proxmox VE 7.2 or later (`man qm`): it takes the next free
 * number, is on the bridge `vmbr0`, and its disks are copied into the storage `local-lvm`.
 * @throws MirageError `ERR_MIRAGE_PRINT_PROCESSORS`: Proxmox VE runs machines of amd64
 */
export function proxmoxCommands(machine: VirtualMachine): string {
  const { name, kernel, memoryMb, networks, disks, accelerator, line } = machine;
  if (machine.architecture === "arm64") {
    throw new MirageError(
      "ERR_MIRAGE_PRINT_PROCESSORS",
      `${name} is for arm64, Proxmox for amd64`,
      {
        hint: "configure it with `--arch amd64`",
      },
    );
  }
  const boot = ["-kernel", kernel, ...(line === "" ? [] : ["-append", line])];
  const options = [
    ...["--name", name],
    ...["--memory", `${memoryMb}`, "--balloon", "0"],
    ...(accelerator === "kvm" ? ["--cpu", "host"] : ["--kvm", "0"]),
    ...["--machine", "q35", "--ostype", "other"],
    ...["--serial0", "socket", "--vga", "serial0"],
    ...["--rng0", "source=/dev/urandom"],
    ...networks.flatMap((_, i) => [`--net${i}`, "virtio,bridge=vmbr0"]),
    ...disks.flatMap((path, i) => [`--virtio${i}`, `local-lvm:0,import-from=${path}`]),
    ...["--args", boot.map(shellWord).join(" ")],
  ];
  const words = options.map((word) =>
    word.startsWith("--") ? ` \\\n  ${word}` : ` ${shellWord(word)}`,
  );
  return `id=$(pvesh get /cluster/nextid)\nqm create "$id"${words.join("")}\nqm start "$id"\n`;
}
