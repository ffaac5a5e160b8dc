import { expect, test } from "vitest";
import { grubConfig } from "./grub-config.js";

test("the command line follows the kernel's name, word by word", () => {
  const config = grubConfig(["OCAMLRUNPARAM=b,v=0x400", "$HOME", "a;b"]);
  expect(config).toContain("multiboot2 /kernel 'OCAMLRUNPARAM=b,v=0x400' '$HOME' 'a;b'; then\n");
});

test.each([["two words"], ["it's"], ['"'], ["back\\slash"], ["é"], [""], ["a\nb"]])(
  "the word %j is refused",
  (word) => {
    expect(() => grubConfig([word])).toThrow(
      expect.objectContaining({ code: "ERR_MIRAGE_DISK_COMMAND_LINE" }),
    );
  },
);

test("a line that the kernel would cut is refused", () => {
  expect(() => grubConfig(["a".repeat(2047)])).not.toThrow();
  expect(() => grubConfig(["a".repeat(2046), "b"])).toThrow(/has 2048 bytes/);
});
