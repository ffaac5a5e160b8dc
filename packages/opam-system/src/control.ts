/** One paragraph of a Debian control file: field values by name. */
export type Stanza = ReadonlyMap<string, string>;

/**
 * Reads the paragraphs of a Debian control file (deb-control(5)): what `apt-cache show` prints and
 * what `/var/lib/dpkg/status` holds. Continuation lines keep their line breaks; lines that are no
 * field are skipped.
 */
export function parseControl(text: string): Stanza[] {
  const stanzas: Stanza[] = [];
  for (const paragraph of text.split(/\n(?:[ \t]*\n)+/)) {
    const stanza = parseParagraph(paragraph);
    if (stanza.size > 0) stanzas.push(stanza);
  }
  return stanzas;
}

function parseParagraph(paragraph: string): Stanza {
  const fields = new Map<string, string>();
  let current: string | undefined;
  for (const line of paragraph.split("\n")) {
    if (/^[ \t]/.test(line)) {
      if (current !== undefined) fields.set(current, `${fields.get(current)}\n${line.slice(1)}`);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    current = line.slice(0, colon);
    fields.set(current, line.slice(colon + 1).trim());
  }
  return fields;
}
