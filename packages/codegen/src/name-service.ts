import type { Program } from "./program.js";
import { ocamlString } from "./quote.js";

/** Tells the resolver what the .conf file says of name servers. */
export function nameService({ configuration, devices }: Program): string[] {
  const { servers, search } = configuration.nameService;
  const resolves = devices.some(({ kind }) => kind === "resolver");
  if (!resolves || (servers.length === 0 && search.length === 0)) return [];
  const addresses = servers.map(({ value }) => `Ipaddr.of_string_exn ${ocamlString(value)}`);
  const domains = search.map(({ value }) => ocamlString(value));
  return [
    `let () =
  let servers = [ ${addresses.join("; ")} ] in
  let domains = [ ${domains.join("; ")} ] in
  Name_service.tell ~source:"configuration" { servers; domains }`,
  ];
}
