import assert from "node:assert/strict";
import { compareVersions, parseOpam, readPackage, setBound } from "@mirage/opam-file";
import { compareVersions as fromEntry } from "@mirage/opam-file/version";

const text = 'opam-version: "2.0"\nmaintainer: "me"\ndepends: ["ocaml" {>= "4.08"}]\n';
assert.deepEqual(readPackage(parseOpam(text, "app.opam")).diagnostics, []);
assert.equal(compareVersions("1.0~rc1", "1.0"), fromEntry("1.0~rc1", "1.0"));
assert.match(setBound(text, "ocaml", { op: ">=", version: "4.14" }), /"ocaml" \{>= "4\.14"\}/);
