import type { Configuration } from "@mirage/conf";
import type { Addressing, NetworkOptions } from "./options.js";

/**
 * The network devices that an application of this configuration uses in direct mode: the default one
 * if its main function gets it, or if the file has `ip-*` keys, and each `net-NAME`.
 */
export function networksOf(configuration: Configuration): readonly NetworkOptions[] {
  const declared = configuration.networks.map(({ name, tap }) => ({
    device: name,
    tap: tap.value,
  }));
  if (!usesDefault(configuration)) return declared;
  return [{ device: "net", addressing: addressingOf(configuration) }, ...declared];
}

function usesDefault({ main, address }: Configuration): boolean {
  if (address.kind === "dhcp" || address.given) return true;
  if (main.kind !== "app") return main.kind !== "noip";
  return main.args.some(({ kind }) => kind === "net" || kind === "stack" || kind === "http");
}

function addressingOf({ address }: Configuration): Addressing {
  if (address.kind === "dhcp") return { kind: "dhcp" };
  return {
    kind: "static",
    address: address.address.value,
    netmask: address.netmask.value,
    gateway: address.gateway.value,
  };
}
