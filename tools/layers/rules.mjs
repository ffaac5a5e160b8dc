/**
 * Which scopes the packages of a scope may use beside their own. A scope is what a package is about; the
 * layer says how far up it is. Both stand as tags in its package.json: docs/architecture.md.
 */
export const scopes = {
  base: [],
  opam: ["base"],
  xen: ["base"],
  host: ["base", "xen"],
  aws: ["base"],
  language: ["base", "opam", "xen"],
  runtime: ["language"],
  product: ["base", "language", "opam", "host", "xen", "aws", "runtime"],
  app: ["base", "language", "opam", "host", "xen", "aws", "runtime", "product"],
  workspace: ["base", "language", "opam", "host", "xen", "aws", "runtime", "product", "app"],
};
