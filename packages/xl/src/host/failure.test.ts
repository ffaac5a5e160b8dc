import { expect, test } from "vitest";
import { xlFailure } from "./failure.js";
import { localHost, sshHost } from "./host.js";

const here = localHost();
const dom0 = sshHost("root@dom0");

/** What xl prints last, whenever it could not create a domain. */
const afterwards = `libxl: error: libxl_create.c:1640:domcreate_rebuild_done: Domain 14:cannot (re-)build domain: -3
libxl: error: libxl_domain.c:1183:libxl__destroy_domid: Domain 14:Non-existant domain
libxl: error: libxl_domain.c:1137:domain_destroy_callback: Domain 14:Unable to destroy guest
libxl: error: libxl_domain.c:1064:domain_destroy_cb: Domain 14:Destruction of domain failed
`;

// printed by the xl of Debian's Xen 4.17; those that say so are put together from its source
test.each<[string, string, string]>([
  ["sh: 1: exec: xl: not found", "NOT_INSTALLED", "this machine has no xl"],
  ["sh: line 1: exec: xl: not found", "NOT_INSTALLED", "this machine has no xl"],
  [
    "ERROR:  Can't find hypervisor information in sysfs!",
    "NO_HYPERVISOR",
    "this machine does not run under Xen",
  ],
  [
    "xencall: error: Could not obtain handle on privileged command interface: No such file or directory\nlibxl: error: libxl.c:102:libxl_ctx_alloc: cannot open libxc handle: No such file or directory\ncannot init xl context",
    "NO_HYPERVISOR",
    "this machine does not run under Xen",
  ],
  [
    "xencall: error: Could not obtain handle on privileged command interface: Permission denied\nlibxl: error: libxl.c:102:libxl_ctx_alloc: cannot open libxc handle: Permission denied\ncannot init xl context",
    "NOT_ROOT",
    "xl on this machine needs root",
  ],
  [
    // from the source
    "libxl: error: libxl.c:108:libxl_ctx_alloc: cannot connect to xenstore: No such file or directory\ncannot init xl context",
    "NO_XENSTORE",
    "xenstored does not run on this machine",
  ],
  [
    // from the source
    "libxl: error: libxl_domain.c:335:libxl_list_domain: getting domain info list: Operation not permitted\nlibxl_list_domain failed.",
    "NOT_DOM0",
    "this machine is a guest of Xen, not its domain 0",
  ],
  [
    `libxl: error: libxl_domain.c:81:libxl__domain_rename: Domain 15:Domain with name "wait" already exists.\n${afterwards}`,
    "NAME_TAKEN",
    "this machine already runs a domain named wait",
  ],
  [
    `libxl: error: libxl_exec.c:117:libxl_report_child_exitstatus: /etc/xen/scripts/vif-bridge online [430] exited with error status 1
libxl: error: libxl_device.c:1337:device_hotplug_child_death_cb: script: Could not find bridge device nobr0
libxl: error: libxl_create.c:1921:domcreate_attach_devices: Domain 9:unable to add vif devices\n${afterwards}`,
    "NO_BRIDGE",
    "this machine has no bridge nobr0",
  ],
  [
    `libxl: cannot execute /nope: No such file or directory
libxl: error: libxl_exec.c:117:libxl_report_child_exitstatus: /nope online [625] exited with error status 255
libxl: error: libxl_create.c:1921:domcreate_attach_devices: Domain 18:unable to add vif devices\n${afterwards}`,
    "DEVICE",
    "the scripts of this machine could not set up a network interface",
  ],
  [
    `xc: error: panic: xg_dom_boot.c:119: xc_dom_boot_mem_init: can't allocate low memory for domain: Out of memory\n${afterwards}`,
    "NO_MEMORY",
    "this machine has too little free memory for the domain",
  ],
  [
    `xc: error: panic: xg_dom_core.c:536: xc_dom_chk_alloc_pages: segment kernel too large (0x3 > 0x100 - 0x100 pages): Out of memory\n${afterwards}`,
    "MEMORY_TOO_SMALL",
    "the kernel does not fit into the domain's memory",
  ],
  [
    `xc: error: panic: xg_dom_core.c:205: failed to open file '/nope': No such file or directory: Internal error\n${afterwards}`,
    "NO_KERNEL",
    "this machine has no file /nope",
  ],
  [
    `xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no loader found: Invalid kernel\n${afterwards}`,
    "KERNEL",
    "Xen refuses the kernel: no loader found",
  ],
  [
    `xc: error: panic: xg_dom_hvmloader.c:110: xc_dom_parse_hvm_kernel: ELF image is not 32bit: Invalid kernel\n${afterwards}`,
    "KERNEL",
    "Xen refuses the kernel: ELF image is not 32bit",
  ],
  [
    `libxl: error: libxl_device.c:455:libxl__device_disk_set_backend: Disk vdev=xvda failed to stat: /nope.img: No such file or directory\n${afterwards}`,
    "NO_DISK",
    "this machine has no disk image /nope.img",
  ],
  ["nope is an invalid domain identifier (rc=-6)", "NO_DOMAIN", "this machine runs no domain nope"],
  [
    "Can't get domid of domain name 'nope', maybe this domain does not exist.",
    "NO_DOMAIN",
    "this machine runs no domain nope",
  ],
  [
    "libxl: error: libxl_domain.c:1183:libxl__destroy_domid: Domain 77:Non-existant domain\nlibxl: error: libxl_domain.c:1137:domain_destroy_callback: Domain 77:Unable to destroy guest\ndestroy failed (rc=-21)",
    "NO_DOMAIN",
    "this machine runs no domain 77",
  ],
  [
    "Shutting down domain 1\nlibxl: error: libxl_domain.c:854:pvcontrol_cb: guest didn't acknowledge control request: -9\nshutdown failed (rc=-9)",
    "NO_ANSWER",
    "the guest does not answer requests to shut down or reboot",
  ],
  [
    "Parsing config from a.cfg\na.cfg:10: config parsing error near `bar': syntax error, unexpected IDENT\nFailed to parse config: Invalid argument",
    "CONFIG",
    "xl refuses the configuration: a.cfg:10: config parsing error near `bar': syntax error, unexpected IDENT",
  ],
  [
    "libxl: error: libxl_create.c:711:libxl__domain_make: domain creation fail: Invalid argument",
    "FAILED",
    "cannot do it on this machine: xl ended with exit code 1:\nlibxl: error: libxl_create.c:711:libxl__domain_make: domain creation fail: Invalid argument",
  ],
])("%s", (stderr, code, message) => {
  const error = xlFailure(here, "do it", { exitCode: 1, stdout: "", stderr });
  expect(error).toMatchObject({ code: `ERR_MIRAGE_XL_${code}`, message });
  if (code !== "FAILED") expect(error.hint).toBeDefined();
});

// printed by OpenSSH 9.2
test.each([
  ["Host key verification failed.", "ssh does not trust the key of root@dom0"],
  [
    "root@dom0: Permission denied (publickey,password).",
    "root@dom0 does not let you log in without a password",
  ],
  ["ssh: Could not resolve hostname dom0: Name or service not known", "there is no host root@dom0"],
  [
    "ssh: connect to host dom0 port 22: Connection refused",
    "root@dom0 cannot be reached: Connection refused",
  ],
  [
    "kex_exchange_identification: read",
    "ssh to root@dom0 failed:\nkex_exchange_identification: read",
  ],
  ["", "cannot do it on root@dom0: its ssh server closed the session"],
])("%s", (stderr, message) => {
  const error = xlFailure(dom0, "do it", { exitCode: 255, stdout: "", stderr });
  expect(error).toMatchObject({ code: "ERR_MIRAGE_XL_SSH", message });
});
