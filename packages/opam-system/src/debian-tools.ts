/** OCaml packages of Debian that are not named `lib…-ocaml-dev`. */
export const debianTools: readonly string[] = [
  "camlp4",
  "camlp5",
  "cppo",
  "js-of-ocaml",
  "menhir",
  "ocaml",
  "ocaml-dune",
  "ocaml-findlib",
  "ocaml-nox",
  "ocaml-odoc",
  "ocamlbuild",
  "ocp-indent",
  "ocplib-simplex-ocaml-dev",
  "utop",
];
