import type { Acme, Https, PemSource } from "@mirage/conf";
import type { Target } from "@mirage/types";
import { fill, type Holes } from "./fill.js";
import { ocamlString } from "./quote.js";

/** The devices that certificate and key are read from, without duplicates. */
function pemSources({ identity }: Https): PemSource[] {
  if (identity === undefined) return [];
  const { certificate, key } = identity;
  const same = certificate.value.name === key.value.name;
  return same ? [certificate.value] : [certificate.value, key.value];
}

/** The devices that an HTTP server with these settings needs beside those of its driver. */
export function httpsDevices(https: Https): Pick<PemSource, "kind" | "name">[] {
  return https.acme ? [{ kind: "block", name: https.acme.store.value }] : pemSources(https);
}

/** What the templates of `https` say of a configuration. */
export function httpsHoles(https: Https, target: Target): Holes {
  const { redirect, hsts } = https;
  return {
    "https-port": "(https_port ())",
    ...(https.acme
      ? acmeHoles(https.acme, target)
      : { "https-identity": identityExpression(https, target) }),
    "https-options": hsts ? ` ~hsts:${hsts.value}` : "",
    "http-server": redirect?.value === true ? "(Https.redirect ~port:(https_port ()))" : "server",
  };
}

function acmeHoles(acme: Acme, target: Target): Holes {
  const { directory, domains, contacts, store, challenge } = acme;
  const list = (items: Acme["domains"]) =>
    items.length > 0 ? `[ ${items.map(({ value }) => ocamlString(value)).join("; ")} ]` : "[]";
  return {
    "acme-settings": [
      `{ Https_acme.directory = ${ocamlString(directory.value)};`,
      `      domains = ${list(domains)};`,
      `      contacts = ${list(contacts)};`,
      `      challenge = ${challenge?.value === "tls-alpn-01" ? "Tls_alpn_01" : "Http_01"} }`,
    ].join("\n"),
    "acme-store": fill(target.drivers.block?.value ?? "", { name: store.value }),
  };
}

function identityExpression({ identity }: Https, target: Target): string {
  if (identity === undefined) return "Lwt.return Https.Self_signed";
  const { certificate, key } = identity;
  return [
    `${read(certificate.value, target)} >>= fun certificates ->`,
    `  ${read(key.value, target)} >>= fun key ->`,
    "  Lwt.return (Https.Pem { certificates; key })",
  ].join("\n");
}

function read({ kind, name, path }: PemSource, target: Target): string {
  const driver = target.drivers[kind];
  const module = fill(driver?.module ?? "", { name });
  const value = fill(driver?.value ?? "", { name });
  return kind === "fs"
    ? `Https.text_of_fs (module ${module}) ${value} ${ocamlString(path)}`
    : `Https.text_of_block (module ${module}) (module Io_page) ${value}`;
}
