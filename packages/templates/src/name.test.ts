import { parseConf } from "@mirage/conf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkName, suggestName } from "./name.js";

test.each([
  ["/home/me/www", "www"],
  ["/home/me/My Site", "My-Site"],
  ["/home/me/café (2)", "cafe-2"],
  ["/home/me/.hidden", "hidden"],
  ["/home/me/北京", "hello"],
  ["/", "hello"],
])("the folder %s gives the name %s", (folder, name) => {
  expect(suggestName(folder, "hello")).toBe(name);
});

test("a wrong name is refused with a better one", () => {
  expect(() => checkName("my site")).toThrow(
    expect.objectContaining({
      code: "ERR_MIRAGE_INIT_NAME",
      hint: expect.stringContaining("such as my-site"),
      exitCode: 2,
    }),
  );
});

test("whatever the folder, the name is one that the .conf file takes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (folder) => {
      const name = suggestName(`/${folder.replaceAll("/", "")}`, "hello");
      checkName(name);
      const { diagnostics } = parseConf("main-noip: A.main\n", `${name}.conf`);
      expect(diagnostics).toEqual([]);
    }),
  );
});
