import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { terraformFile } from "./terraform.js";

const example = join(import.meta.dirname, "../../../examples/ec2/www.tf");

test("the example is what the command writes", () => {
  const values = { name: "www", region: "eu-west-1", image: "ami-0123456789abcdef0", port: 80 };
  expect(terraformFile(values)).toBe(readFileSync(example, "utf8"));
});

test("no value is taken for a template or ends its string", () => {
  const text = terraformFile({
    // biome-ignore lint/suspicious/noTemplateCurlyInString: HCL's own syntax
    name: 'a"${b}%{c}',
    region: "eu-west-1",
    image: "ami-1",
    port: 8080,
  });
  expect(text).toContain('Name = "a\\"$${b}%%{c}"');
  expect(text).toContain("default     = 8080");
  expect(text).toMatch(/name_prefix = +"a---b---c--"/);
});

test("brackets are balanced, and every variable that is used is there", () => {
  const text = readFileSync(example, "utf8").replace(/"(?:[^"\\]|\\.)*"|#.*$/gm, "");
  for (const [open, close] of ["{}", "[]", "()"].map((pair) => [...pair])) {
    expect(text.split(open ?? "").length).toBe(text.split(close ?? "").length);
  }
  const declared = [...readFileSync(example, "utf8").matchAll(/^variable "(\w+)"/gm)].map(
    ([, name]) => name,
  );
  for (const [, name] of text.matchAll(/var\.(\w+)/g)) expect(declared).toContain(name);
});
