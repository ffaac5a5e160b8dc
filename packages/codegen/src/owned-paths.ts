import type { Configuration } from "@mirage/conf";
import { targets } from "@mirage/types";
import { crunchFolder } from "./crunch.js";
import { buildProducts } from "./generate.js";

/** What codegen and builds can have left in an application folder, relative to it. */
export interface OwnedPaths {
  readonly generated: readonly string[];
  readonly products: readonly string[];
}

/** What no configuration changes. */
const common: OwnedPaths = {
  generated: ["main.ml", "net.ml", "arguments.ml", "dune", "dune-project", "Makefile"],
  products: ["_build", crunchFolder],
};

/**
 * All that codegen and builds make of a configuration, for whatever target: what may be removed,
 * however it came there. Without a configuration, because it has errors, it is what all have in common.
 */
export function ownedPaths(configuration: Configuration | undefined): OwnedPaths {
  if (configuration === undefined) return common;
  const products = targets.flatMap((target) => buildProducts(configuration, target));
  return {
    generated: [...common.generated, `${configuration.name.value}.xl`],
    products: [...new Set([...products, ...common.products])],
  };
}
