import { expect, test } from "vitest";
import { parseRepositoryUrls } from "./repositories.js";

test("opam's list of repositories", () => {
  const text = `opam-version: "2.0"
repositories: [
  "default" {"https://opam.ocaml.org"}
  "mirage-system" {"file:///data/r-1" "1"}
]
`;
  expect(Object.fromEntries(parseRepositoryUrls(text))).toEqual({
    default: "https://opam.ocaml.org",
    "mirage-system": "file:///data/r-1",
  });
  expect(parseRepositoryUrls("").size).toBe(0);
});
