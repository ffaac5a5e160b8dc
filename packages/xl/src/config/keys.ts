/** What a key of xl.cfg(5) can hold. A boolean is a number: 0 or another. */
export type XlKeyType = "string" | "number" | "boolean" | "list";

export interface XlKey {
  readonly name: string;
  /** One of these. */
  readonly types: readonly XlKeyType[];
  /** The words it may be. */
  readonly words?: readonly string[];
  /** The key that took its place. */
  readonly replacedBy?: string;
}

const actions = [
  "destroy",
  "restart",
  "rename-restart",
  "preserve",
  "coredump-destroy",
  "coredump-restart",
  "soft-reset",
] as const;

function keys(types: readonly XlKeyType[], names: string): XlKey[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => ({ name, types }));
}

/** The keys of xl.cfg(5) of Xen 4.17, and those that later versions of xl read. */
const table: readonly XlKey[] = [
  { name: "type", types: ["string"], words: ["pv", "pvh", "hvm"] },
  { name: "on_poweroff", types: ["string"], words: actions },
  { name: "on_reboot", types: ["string"], words: actions },
  { name: "on_watchdog", types: ["string"], words: actions },
  { name: "on_crash", types: ["string"], words: actions },
  { name: "on_soft_reset", types: ["string"], words: actions },
  { name: "builder", types: ["string"], replacedBy: "type" },
  { name: "device_model", types: ["string"], replacedBy: "device_model_override" },
  { name: "altp2mhvm", types: ["boolean"], replacedBy: "altp2m" },
  { name: "vif2", types: ["list"], replacedBy: "vif" },
  ...keys(
    ["string"],
    `name pool uuid seclabel init_seclabel kernel ramdisk cmdline root extra firmware pvshim_path
     pvshim_cmdline pvshim_extra device_tree passthrough rdm bootloader bootloader_user boot hdtype
     bios bios_path_override firmware_override acpi_firmware smbios_firmware ms_vm_genid vga
     vnclisten vncpasswd keymap display xauthority spicehost spicepasswd spice_image_compression
     spice_streaming_video soundhw vendor_device device_model_version device_model_override
     device_model_user device_model_stubdomain_seclabel stubdomain_kernel stubdomain_cmdline
     stubdomain_ramdisk gic_version vuart tee sve arm_sci`,
  ),
  ...keys(
    ["number"],
    `vcpus maxvcpus memory maxmem cpu_weight cap latency slice period extratime max_grant_frames
     max_maptrack_frames max_grant_version max_event_channels vmtrace_buf_kb rdm_mem_boundary
     shadow_memory rtc_timeoffset mmio_hole videoram vncdisplay spiceport spicetls_port
     spiceusbredirection usbversion stubdomain_memory nr_spis altp2m_count xenstore_feature_mask`,
  ),
  ...keys(
    ["boolean"],
    `pvshim nomigrate driver_domain xend_suspend_evtchn_compat vpmu pci_permissive
     pci_msitranslate pci_seize pci_power_mgmt dm_restrict e820_host hap oos pae acpi acpi_s3
     acpi_s4 acpi_laptop_slate apic nx hpet nestedhvm localtime vpt_align xen_platform_pci
     xen_platform_pci_bar_uc stdvga vnc vncunused vncviewer sdl opengl nographic spice
     spicedisable_ticketing spiceagent_mouse spicevdagent spice_clipboard_sharing vkb_device usb
     device_model_stubdomain_override msr_relaxed trap_unmapped_accesses hvm_pirq
     bootloader_restrict`,
  ),
  ...keys(
    ["list"],
    `vnuma disk vif vtpm p9 pvcalls vfb channel usbctrl usbdev pci dtdev ioports iomem irqs vdispl
     vsnd vkb mca_caps device_model_args device_model_args_pv device_model_args_hvm smbios virtio
     llc_colors xenstore_quota`,
  ),
  ...keys(["string", "list"], "cpus cpus_soft cpuid bootloader_args serial usbdevice"),
  ...keys(["string", "number"], "tsc_mode timer_mode altp2m gfx_passthru"),
  ...keys(["boolean", "list"], "viridian"),
];

/** The keys that xl knows, by their names. */
export const xlKeys: ReadonlyMap<string, XlKey> = new Map(table.map((key) => [key.name, key]));
