/**
 * OCaml text with holes `%{…}`, which are filled for one device of one configuration:
 *
 * | hole | is |
 * |---|---|
 * | `name` | the device's name, to be part of an identifier |
 * | `id` | the device's name as a string literal |
 * | `path` | the path of an `fs` or `block` as a string literal |
 * | `block` | the value of the block device under a `fat` |
 * | `address`, `netmask`, `gateway` | static addressing, as string literals |
 * | `http-port` | the number |
 * | `interfaces` | the addresses to listen on, an `Ipaddr.V4.t list`; empty for all |
 * | `devices` | the names of all devices, an OCaml list of string literals |
 * | `main` | `main-*`: the path of the application's value or functor |
 * | `module` | the device's module, in the `reason` of a kind |
 */
export type Template = string;
