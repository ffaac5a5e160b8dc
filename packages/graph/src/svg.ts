import type { Graph, GraphNode, NodeKind } from "./graph.js";
import { type Box, layOut, type Point } from "./lay-out.js";
import { fonts, textWidth, wrap } from "./text-width.js";

const margin = 28;
const lineHeight = 19;

/** The graph as an SVG image that follows the light or dark scheme of the page around it. */
export async function graphSvg(graph: Graph): Promise<string> {
  const { nodes, edges, size } = await layOut(graph);
  const legend = kindsOf(graph);
  const titleWidth = textWidth(graph.title, fonts.title);
  const width = Math.max(
    size.width,
    titleWidth,
    textWidth(graph.subtitle, fonts.note),
    ...legend.map(({ x, width: entry }) => x + entry),
    360,
  );
  const packages = wrap(["packages:", ...graph.packages], width, fonts.detail);
  const top = 64;
  const legendTop = top + size.height + 30;
  const packagesTop = legendTop + 34;
  const height = packagesTop + packages.length * lineHeight - 6;
  const left = (width - size.width) / 2;
  const full = [width + 2 * margin, height + 2 * margin].map(Math.ceil);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${full.join(" ")}" width="${full[0]}" height="${full[1]}" role="img" aria-labelledby="title">
<title id="title">${xml(`${graph.title}: ${graph.subtitle}`)}</title>
<style>${style}</style>
<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="head" d="M0 1 L9 5 L0 9 z"/></marker></defs>
<rect class="page" width="100%" height="100%"/>
<g transform="translate(${margin} ${margin})">
<text class="title" y="18">${xml(graph.title)}</text>
<text class="note" y="40">${xml(graph.subtitle)}</text>
<g transform="translate(${round(left)} ${top})">
${edges.map((points) => `<path class="edge" d="${curve(points)}" marker-end="url(#arrow)"/>`).join("\n")}
${nodes.map(({ node, box }) => drawNode(node, box)).join("\n")}
</g>
<g transform="translate(0 ${round(legendTop)})">
${legend.map(({ kind, x }) => `<rect class="${kind}" x="${round(x)}" width="14" height="14" rx="${kind === "resource" ? 7 : 3}"/><text class="note" x="${round(x + 21)}" y="12">${kind}</text>`).join("\n")}
</g>
${packages.map((line, index) => `<text class="detail" y="${round(packagesTop + 12 + index * lineHeight)}">${xml(line)}</text>`).join("\n")}
</g>
</svg>`;
}

function drawNode({ kind, label, detail, note, package: from }: GraphNode, box: Box): string {
  const { x, y, width, height } = box;
  const radius = kind === "resource" ? height / 2 : 8;
  const center = round(x + width / 2);
  const lines = [
    { text: label, style: "label" },
    { text: detail, style: "detail" },
    { text: note, style: "note" },
  ].filter((line): line is { text: string; style: string } => line.text !== undefined);
  const first = y + height / 2 - ((lines.length - 1) * lineHeight) / 2 + 4.5;
  const texts = lines.map(
    ({ text, style }, index) =>
      `<text class="${style} on-${kind}" x="${center}" y="${round(first + index * lineHeight)}" text-anchor="middle">${xml(text)}</text>`,
  );
  const tip = from === undefined ? "" : `<title>${xml(from)}</title>`;
  return `<g>${tip}<rect class="${kind}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${round(radius)}"/>${texts.join("")}</g>`;
}

/** The kinds that occur, from left to right. */
function kindsOf({ nodes }: Graph): { kind: NodeKind; x: number; width: number }[] {
  const order = ["application", "device", "functor", "module", "resource"] as const;
  let x = 0;
  return order
    .filter((kind) => nodes.some((node) => node.kind === kind))
    .map((kind) => {
      const entry = { kind, x, width: 21 + textWidth(kind, fonts.note) };
      x += entry.width + 22;
      return entry;
    });
}

/** A curve through all points that is vertical at each. */
function curve([first, ...rest]: readonly Point[]): string {
  if (!first) return "";
  let from = first;
  const parts = rest.map((to) => {
    const middle = (from.y + to.y) / 2;
    const part = `C${pair({ x: from.x, y: middle })} ${pair({ x: to.x, y: middle })} ${pair(to)}`;
    from = to;
    return part;
  });
  return `M${pair(first)} ${parts.join(" ")}`;
}

function pair({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function xml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Each rule stands by itself, without variables, for viewers that know only plain CSS. */
const style = `
text { font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; fill: #0f172a }
.title { font-size: 20px; font-weight: 700 }
.label { font-size: 14px; font-weight: 600 }
.detail { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 11.5px; fill: #475569 }
.note { font-size: 12px; fill: #64748b }
.page { fill: #ffffff }
.edge { fill: none; stroke: #94a3b8; stroke-width: 1.4 }
.head { fill: #94a3b8 }
.application { fill: #4338ca }
.on-application { fill: #ffffff }
.detail.on-application { fill: #c7d2fe }
.device { fill: #eef2ff; stroke: #818cf8; stroke-width: 1.4 }
.functor { fill: #ffffff; stroke: #cbd5e1; stroke-width: 1.4 }
.module { fill: #f8fafc; stroke: #e2e8f0; stroke-width: 1.4 }
.label.on-functor, .label.on-module { font-weight: 500; font-size: 13px }
.label.on-module { fill: #475569 }
.resource { fill: #ecfdf5; stroke: #34d399; stroke-width: 1.4 }
@media (prefers-color-scheme: dark) {
text { fill: #f1f5f9 }
.detail { fill: #a5b4cb }
.note { fill: #94a3b8 }
.page { fill: #0f172a }
.edge { stroke: #64748b }
.head { fill: #64748b }
.application { fill: #6366f1 }
.on-application { fill: #ffffff }
.detail.on-application { fill: #e0e7ff }
.device { fill: #1e1b4b; stroke: #6366f1 }
.functor { fill: #1e293b; stroke: #475569 }
.module { fill: #172033; stroke: #334155 }
.label.on-module { fill: #cbd5e1 }
.resource { fill: #042f2e; stroke: #14b8a6 }
}
`;
