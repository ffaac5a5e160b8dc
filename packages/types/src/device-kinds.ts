import type { DeviceKind } from "./device-kind.js";
import { withKnownHoles } from "./template.js";

/** All sorts of devices, whatever the target. */
export const deviceKinds = withKnownHoles([
  {
    name: "console",
    signature: "CONSOLE",
    value: true,
    reason: "fun (`Invalid_console why) -> why",
    doc: "the text console",
  },
  { name: "clock", signature: "CLOCK", value: false, doc: "the wall clock" },
  { name: "time", signature: "TIME", value: false, doc: "sleeping" },
  { name: "random", signature: "RANDOM", value: false, doc: "a pseudo-random generator" },
  {
    name: "entropy",
    signature: "ENTROPY",
    value: true,
    reason: "fun (`Invalid_entropy why) -> why",
    doc: "random bytes for keys",
  },
  { name: "io_page", signature: "IO_PAGE", value: false, doc: "memory that devices can reach" },
  { name: "net", signature: "NETWORK", value: true, doc: "the default network interface" },
  { name: "stack", signature: "STACKV4", value: true, doc: "an IPv4 stack with UDP and TCP" },
  {
    name: "http",
    value: true,
    type: "(Http.Server.t -> unit Lwt.t)",
    doc: "a cohttp server; its value listens on http-port with a callback",
  },
  {
    name: "resolver",
    signature: "RESOLVER",
    value: true,
    reason: 'fun _ -> "it has no stack"',
    doc: "addresses of hosts by name (DNS)",
  },
  {
    name: "http_client",
    value: true,
    type: "%{module}.ctx",
    doc: "a cohttp client; its value is the client's ctx",
  },
  {
    name: "https_client",
    value: true,
    type: "%{module}.ctx",
    doc: "the same for https as well; trusts the certificates of https-anchors",
  },
  {
    name: "fs",
    signature: "KV_RO",
    value: true,
    declaredBy: "fs",
    reason: "fun (%{module}.Unknown_key key) -> key",
    doc: "a folder compiled into the program",
  },
  {
    name: "block",
    signature: "BLOCK",
    value: true,
    declaredBy: "block",
    doc: "a disk image",
  },
  {
    name: "fat",
    signature: "FS",
    value: true,
    declaredBy: "fat",
    reason:
      'function `Format_not_recognised why | `Unknown_error why -> why | _ -> "its block device failed"',
    doc: "a FAT file system on a block device",
  },
  {
    name: "network",
    signature: "NETWORK",
    value: true,
    declaredBy: "net",
    doc: "another network interface",
  },
] as const satisfies readonly DeviceKind[]);

export type DeviceKindName = (typeof deviceKinds)[number]["name"];
