import { expect, test } from "vitest";
import { odocPage } from "./odoc-page.mjs";

const html = `<html><body class="odoc"><nav class="odoc-nav"><a href="../index.html">Up</a></nav>
<header class="odoc-preamble"><h1>Module <code><span>V1.CONSOLE</span></code></h1><p>A console.</p></header>
<nav class="odoc-toc"></nav><div class="odoc-content"><h2 id="writing"><a href="#writing" class="anchor"></a>Writing</h2>
<div class="spec value" id="val-log" class="anchored"><a href="#val-log" class="anchor"></a><code>val log</code></div>
<pre>one

two</pre></div></body></html>`;

test("a page is one element that Markdown doesn't end, with headings for the outline", () => {
  const [, head, body] = odocPage(html).split(/^---$/m);
  expect(head.trim()).toBe('title: "Module V1.CONSOLE"');
  expect(body.trim()).toMatch(/^<div class="odoc" v-pre>.*<\/div>$/);
  expect(body).toContain(
    '<h2 id="writing" tabindex="-1">Writing <a class="header-anchor" href="#writing"',
  );
  expect(body).toContain('<div class="spec value" id="val-log"><code>val log</code></div>');
  expect(body).toContain("one&#10;&#10;two");
  expect(body).toContain("<p>A console.</p>");
});
