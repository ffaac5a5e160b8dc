import type { VirtualMachine } from "./machine.js";

/** The machine as a configuration of Firecracker (`firecracker --config-file`), on `tap0`, `tap1` … */
export function firecrackerConfig({
  kernel,
  memoryMb,
  networks,
  disks,
  line,
}: VirtualMachine): string {
  const config = {
    "boot-source": { kernel_image_path: kernel, ...(line === "" ? {} : { boot_args: line }) },
    drives: disks.map((path, i) => ({
      drive_id: `disk${i}`,
      path_on_host: path,
      is_root_device: false,
      is_read_only: false,
    })),
    "machine-config": { vcpu_count: 1, mem_size_mib: memoryMb },
    "network-interfaces": networks.map((_, i) => ({
      iface_id: `net${i}`,
      host_dev_name: `tap${i}`,
    })),
    entropy: {},
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
