/**
 * Faults, each of a kind that once passed: where, what is changed, and the checks that must fail. The
 * first of `checks` is the quickest; all that nx calls affected are run otherwise.
 */
export const faults = [
  {
    about: "a key is misspelt in the documentation",
    edits: [["docs/conf.md", "http-port", "http-prot"]],
    checks: ["@mirage/conf:test"],
  },
  {
    about: "a key is misspelt in the parser",
    edits: [["packages/conf/src/keys.ts", '"http-port"', '"http-prot"']],
    checks: ["@mirage/conf:test"],
  },
  {
    about: "a module of a runtime is called otherwise than the generated code calls it",
    edits: [
      ["packages/runtime-http/lib/http_stack.ml", "module Make (", "module Build ("],
      ["packages/runtime-http/lib/http_stack.mli", "module Make (", "module Build ("],
    ],
    checks: ["@mirage/codegen:test"],
  },
  {
    about: "a device of Xen misses a value of its signature",
    edits: [["packages/types/lib/V1.mli", "val gmtime :", "val utc_time :"]],
    checks: ["@mirage/types:test", "@mirage/runtime-xen:build-ocaml"],
  },
  {
    about: "fragments overlap",
    edits: [
      [
        "packages/runtime-net/src/wire/ipv4_wire.ml",
        "(fragment land 0x1fff) * 8",
        "(fragment land 0x1fff) * 4",
      ],
    ],
    checks: ["@mirage/runtime-net:test"],
  },
  {
    about: "clusters of a file system begin one too early",
    edits: [["packages/runtime-fat/lib/fat_geometry.ml", "(cluster - 2)", "(cluster - 3)"]],
    checks: ["@mirage/runtime-fat:test"],
  },
  {
    about: "the native addon reads the peer's address",
    edits: [
      ["packages/tap/native/linux/addresses.c", "header->ifa_prefixlen", "header->ifa_scope"],
    ],
    checks: ["@mirage/tap:test"],
  },
  {
    about: "an example is not what the command writes",
    edits: [["examples/ec2/www.tf", "default     = 80", "default     = 81"]],
    checks: ["@mirage/ec2:test"],
  },
  {
    about: "an expected file is not what is generated",
    edits: [
      [
        "packages/codegen/golden/http/expected/unix-direct/main.ml",
        "Written by mirage configure",
        "Written by configure",
      ],
    ],
    checks: ["@mirage/codegen:test"],
  },
  {
    about: "a version is compared as text",
    edits: [
      [
        "packages/opam-file/src/version.ts",
        "if (isDigit(x) && isDigit(y))",
        "if (isDigit(x) && !isDigit(y))",
      ],
    ],
    checks: ["@mirage/opam-file:test"],
  },
  {
    about: "a control character reaches the terminal",
    edits: [["packages/diagnostics/src/text.ts", "replace(/\\p{Cc}/gu", "replace(/\\p{Cs}/gu"]],
    checks: ["@mirage/diagnostics:test"],
  },
  {
    about: "an end-to-end test has a type error",
    edits: [["e2e/src/run.e2e.ts", /$/, '\nexport const wrong: number = "text";\n']],
    checks: ["@mirage/e2e:typecheck"],
  },
  {
    about: "a test imports the sources of a package above its own",
    edits: [
      [
        "packages/conf/src/reference.test.ts",
        /^/,
        'import { generate } from "../../codegen/src/index.js";\nvoid generate;\n',
      ],
    ],
    checks: ["@mirage/tools:layers"],
  },
  {
    about: "a line of a chunked body ends with LF alone",
    edits: [
      ["packages/runtime-http/core/chunk.ml", "line.[stop] <> '\\r'", "line.[stop] = '\\000'"],
    ],
    checks: ["@mirage/runtime-http:test"],
  },
  {
    about: "the time of one wait runs on in the next",
    edits: [
      [
        "packages/runtime-http/core/patience.ml",
        "operation ~ended:resume",
        "operation ~ended:ignore",
      ],
    ],
    checks: ["@mirage/runtime-http:test"],
  },
];
