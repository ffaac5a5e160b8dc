import { relative } from "node:path";
import { type Configuration, resolvePath, systemAnchors } from "@mirage/conf";
import type { Program } from "./program.js";
import { duneAtom } from "./quote.js";

/** The rule that makes the module `Trust_anchors` of a file of certificates. */
export function anchorRule({ configuration, devices }: Program): string[] {
  if (devices.every(({ kind }) => kind !== "https_client")) return [];
  const file = duneAtom(fileOf(configuration));
  return [
    `(rule
 (with-stdout-to trust_anchors.ml
  (progn (echo "let pem = {pem|") (cat ${file}) (echo "|pem}\\n"))))`,
  ];
}

/** As dune reaches it: relative within the application's folder. */
function fileOf(configuration: Configuration): string {
  if (!configuration.anchors) return systemAnchors;
  const file = resolvePath(configuration, configuration.anchors.value);
  const path = relative(resolvePath(configuration, "."), file);
  return /^\.\.(\/|$)/.test(path) ? file : path;
}
