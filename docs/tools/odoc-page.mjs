/**
 * A page of odoc 2 as a page of the site: its content in one HTML element, with headings that the
 * outline and the search of the site understand.
 */
export function odocPage(html) {
  const crumbs = between(html, '<nav class="odoc-nav">', "</nav>");
  const preamble = between(html, '<header class="odoc-preamble">', "</header>");
  const content = between(html, '<div class="odoc-content">', "</div></body>");
  const [, title = ""] = /<h1[^>]*>(.*?)<\/h1>/s.exec(preamble) ?? [];
  const text = plain(title).replace(/ index$/, "");
  const heading = headingOf(1, slug(text), text);
  const body = [
    `<nav class="odoc-nav">${crumbs}</nav>`,
    preamble.replace(/<h1[^>]*>.*?<\/h1>/s, heading),
    content,
  ]
    .join("")
    .replace(
      /<h([2-6]) id="([^"]*)"><a href="[^"]*" class="anchor"><\/a>(.*?)<\/h\1>/gs,
      (_, level, id, inner) => headingOf(level, id, inner),
    )
    // odoc writes the attribute twice, and anchors that only its own style shows.
    .replaceAll(/(<[^>]* class="[^"]*"[^>]*?) class="[^"]*"/g, "$1")
    .replaceAll(/<a href="#[^"]*" class="anchor"><\/a>/g, "")
    // To Markdown, an empty line would end the element.
    .replaceAll("\n", "&#10;");
  return `---\ntitle: ${JSON.stringify(text)}\n---\n\n<div class="odoc" v-pre>${body}</div>\n`;
}

function headingOf(level, id, inner) {
  const link = `<a class="header-anchor" href="#${id}" aria-label="Permalink to ${plain(inner)}">&ZeroWidthSpace;</a>`;
  return `<h${level} id="${id}" tabindex="-1">${inner} ${link}</h${level}>`;
}

function between(html, start, end) {
  const from = html.indexOf(start);
  if (from === -1) return "";
  const to = html.indexOf(end, from);
  if (to === -1) throw new Error(`a page of odoc lacks ${end}`);
  return html.slice(from + start.length, to);
}

function plain(html) {
  return html.replace(/<[^>]*>/g, "").replaceAll('"', "&quot;");
}

function slug(text) {
  return text.toLowerCase().replace(/[^\w]+/g, "-");
}
