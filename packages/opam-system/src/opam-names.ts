import { upstreamVersion } from "./debian-version.js";

/** An opam package that a Debian package contains. */
export interface OpamContent {
  readonly name: string;
  /** Its version by the Debian package's upstream version, where the two are numbered apart. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Top-level findlib libraries; the package's own name when absent. */
  readonly libraries?: readonly string[];
  /** Debian packages that hold the rest of it, such as its programs. */
  readonly also?: readonly string[];
}

type Entry = string | OpamContent;

/**
 * Which opam packages are in which Debian package, where the rule of {@link opamContents} does not
 * give it. The first one is the main one: the others need it, and other packages mean it.
 */
const contents: Readonly<Record<string, readonly Entry[]>> = {
  camlp4: [],
  camlp5: ["camlp5"],
  cppo: ["cppo"],
  "js-of-ocaml": [],
  menhir: [{ name: "menhir", also: ["libmenhir-ocaml-dev"] }],
  ocaml: [],
  "ocaml-dune": [{ name: "dune", libraries: [] }],
  "ocaml-findlib": [],
  "ocaml-nox": [],
  "ocaml-odoc": [{ name: "odoc", libraries: [] }],
  ocamlbuild: ["ocamlbuild"],
  "ocp-indent": [],
  "ocplib-simplex-ocaml-dev": ["ocplib-simplex"],
  utop: [],

  "libansi-terminal-ocaml-dev": ["ANSITerminal"],
  "libatdgen-ocaml-dev": ["atdgen", "atdgen-runtime", "atdgen-codec-runtime"],
  "libbz2-ocaml-dev": [{ name: "camlbz2", libraries: ["bz2"] }],
  "libcamlp4-ocaml-dev": [{ name: "camlp4", also: ["camlp4"] }],
  "libcharinfo-width-ocaml-dev": ["charInfo_width"],
  "libconduit-lwt-ocaml-dev": ["conduit-lwt", "conduit-lwt-unix"],
  "libcstruct-ocaml-dev": ["cstruct", "cstruct-lwt", "cstruct-sexp", "cstruct-unix", "ppx_cstruct"],
  "libcurl-ocaml-dev": [{ name: "ocurl", libraries: ["curl"] }],
  "libdune-ocaml-dev": ["dune-configurator", "dune-private-libs"],
  "libexpat-ocaml-dev": [{ name: "ocaml-expat", libraries: ["expat"] }],
  "libfindlib-ocaml-dev": [{ name: "ocamlfind", libraries: ["findlib"], also: ["ocaml-findlib"] }],
  "libgettext-ocaml-dev": ["gettext", "gettext-camomile", "gettext-stub"],
  "libgmp-ocaml-dev": [],
  "libhttp-ocaml-dev": [{ name: "ocaml-http", libraries: ["http"] }],
  "libipaddr-ocaml-dev": ["ipaddr", "macaddr", "ipaddr-cstruct", "ipaddr-sexp"],
  "libjs-of-ocaml-dev": [
    "js_of_ocaml",
    { name: "js_of_ocaml-compiler", also: ["js-of-ocaml"] },
    "js_of_ocaml-lwt",
    "js_of_ocaml-ppx",
    "js_of_ocaml-ppx_deriving_json",
    "js_of_ocaml-toplevel",
    "js_of_ocaml-tyxml",
  ],
  "libjs-of-ocaml-ocamlbuild-ocaml-dev": ["js_of_ocaml-ocamlbuild"],
  "liblablgtk2-ocaml-dev": [{ name: "lablgtk", libraries: ["lablgtk2"] }],
  "liblablgtksourceview3-ocaml-dev": ["lablgtk3-sourceview3"],
  "liblablgtkspell3-ocaml-dev": ["lablgtk3-gtkspell3"],
  "libldap-ocaml-dev": ["ocamldap"],
  "libluv-unix-ocaml-dev": ["luv_unix"],
  "liblwt-log-ocaml-dev": ["lwt_log"],
  "liblwt-ocaml-dev": [
    "lwt",
    { name: "lwt_ppx", versions: { "5.4.0": "2.0.2", "5.5.0": "2.0.3", "5.6.1": "2.1.0" } },
    {
      name: "lwt_react",
      versions: {
        "5.4.0": "1.1.4",
        "5.5.0": "1.1.5",
        "5.6.1": "1.2.0",
        "5.7.0": "1.2.0",
        "5.9.1": "1.2.0",
      },
    },
  ],
  "liblwt-ssl-ocaml-dev": ["lwt_ssl"],
  "libmenhir-ocaml-dev": ["menhirLib", "menhirSdk"],
  "libmew-vi-ocaml-dev": ["mew_vi"],
  "libmigrate-parsetree-ocaml-dev": ["ocaml-migrate-parsetree"],
  "libmirage-crypto-ocaml-dev": [
    "mirage-crypto",
    "mirage-crypto-ec",
    "mirage-crypto-pk",
    "mirage-crypto-rng",
  ],
  "libmp3lame-ocaml-dev": ["lame"],
  "libocamlgsl-ocaml-dev": ["gsl"],
  "libocp-indent-ocaml-dev": [{ name: "ocp-indent", also: ["ocp-indent"] }],
  "libounit-ocaml-dev": [{ name: "ounit2", libraries: ["ounit2", "oUnit"] }],
  "libppx-visitors-ocaml-dev": ["visitors"],
  "libpulse-ocaml-dev": ["pulseaudio"],
  "libreactivedata-ocaml-dev": ["reactiveData"],
  "libsdl-ocaml-dev": [{ name: "ocamlsdl", libraries: ["sdl"] }],
  "liburi-ocaml-dev": ["uri", "uri-sexp"],
  "libutop-ocaml-dev": [{ name: "utop", also: ["utop"] }],
  "libzip-ocaml-dev": [{ name: "camlzip", libraries: ["zip"] }],
};

/** Debian packages of Jane Street's libraries, whose opam versions start with a `v`. */
const janeStreet = new Set(
  [
    "base",
    "bin-prot",
    "fieldslib",
    "ocaml-compiler-libs",
    "parsexp",
    "ppx-bin-prot",
    "ppx-compare",
    "ppx-custom-printf",
    "ppx-fields-conv",
    "ppx-hash",
    "ppx-here",
    "ppx-optcomp",
    "ppx-sexp-conv",
    "ppx-variants-conv",
    "sexplib",
    "sexplib0",
    "stdio",
    "typerep",
    "variantslib",
  ].map((name) => `lib${name}-ocaml-dev`),
);

/**
 * The opam packages in a Debian package, the main one first. Where nothing better is known,
 * `libNAME-ocaml-dev` has the opam package and the findlib library `NAME`; a `ppx-a-b` is `ppx_a_b`.
 */
export function opamContents(debianName: string): readonly OpamContent[] {
  const known = Object.hasOwn(contents, debianName) ? contents[debianName] : undefined;
  if (known) return known.map((entry) => (typeof entry === "string" ? { name: entry } : entry));
  const name = debianName.replace(/^lib/, "").replace(/-ocaml-dev$/, "");
  return [{ name: /^(?:ppx|bin)-/.test(name) ? name.replaceAll("-", "_") : name }];
}

/** The version of an opam package in a Debian package of the given Debian version. */
export function opamVersion(
  debianName: string,
  debianVersion: string,
  content: OpamContent,
): string {
  const upstream = upstreamVersion(debianVersion);
  const version = content.versions?.[upstream] ?? upstream;
  return janeStreet.has(debianName) ? `v${version}` : version;
}
