import { createMarkdownRenderer } from "vitepress";
import { expect, test } from "vitest";
import { confGrammar, withConfLanguage } from "./conf-blocks.mjs";

test("code blocks that are .conf files get their language, others are left as they are", () => {
  const others = "```sh\nname: shop\n```\n\nname: shop\n\n```\nwww.conf:4:1: error: no\n```\n";
  const conf = "\n# a site\nmain-http: Dispatch.callback\n\nfs-static: htdocs\n```\n";
  expect(withConfLanguage(`${others}\`\`\`${conf}`)).toBe(`${others}\`\`\`mirage-conf${conf}`);
});

test("the site colours them", async () => {
  const markdown = await createMarkdownRenderer(import.meta.dirname, { languages: [confGrammar] });
  const html = markdown.render("```mirage-conf\nip-address: 10.0.0.2\n```\n");
  expect(html).toMatch(/<span style="[^"]*">ip-address<\/span>/);
});
