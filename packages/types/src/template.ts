/** What the holes of templates stand for. */
export const holes = {
  name: "the device's name, to be part of an identifier; in `link.program`, the application's",
  id: "the device's name as a string literal",
  path: "the path of an `fs` or `block` as a string literal",
  block: "the value of the block device under a `fat`",
  address: "the address of static addressing, as a string literal",
  netmask: "its netmask, likewise",
  gateway: "its gateway, likewise",
  "http-stack": "the module of the stack that an HTTP server listens on",
  "http-port": "an expression of the number, where there is an HTTP server",
  "https-port": "an expression of the number, where HTTPS is wanted",
  "https-identity": "an expression of type `Https.identity Lwt.t`",
  "acme-settings": "an expression of type `Https_acme.settings`, where certificates are ordered",
  "acme-store": "the value of the block device for them",
  "https-options": "optional arguments of `Https.listen`",
  "http-health": "what has the program's health checked by a page of its web server; may be empty",
  "http-server": "what the port of HTTP serves beside HTTPS: `server`, or redirects",
  interfaces: "the addresses to listen on, an `Ipaddr.V4.t list`; empty for all",
  devices: "the names of all devices, an OCaml list of string literals",
  main: "`main-*`: the path of the application's value or functor",
  module: "the device's module, in the `reason` and the `type` of a kind",
} as const satisfies Readonly<Record<string, string>>;

export type HoleName = keyof typeof holes;

/** OCaml text with holes `%{…}`, which are filled for one device of one configuration. */
export type Template = string;

/** The names between `%{` and `}` in a text. */
type HolesIn<Text extends string> = Text extends `${string}%{${infer Hole}}${infer Rest}`
  ? Hole | HolesIn<Rest>
  : never;

/** `T` if every text in it has known holes only; otherwise a sentence stands in the place of the text. */
export type WithKnownHoles<T> = T extends string
  ? [Exclude<HolesIn<T>, HoleName>] extends [never]
    ? T
    : `there is no hole %{${Exclude<HolesIn<T>, HoleName>}}`
  : T extends object
    ? { readonly [Key in keyof T]: WithKnownHoles<T[Key]> }
    : T;

/** The value itself. The compiler refuses a template in it whose hole nothing fills. */
export function withKnownHoles<const T>(value: T & WithKnownHoles<T>): T {
  return value;
}
