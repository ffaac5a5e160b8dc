import { utf8SequenceLength } from "./text.js";

/** Escaped bytes that are not UTF-8 are kept as U+DC00 + byte, which no UTF-8 text contains. */
const byteSurrogate = 0xdc00;

/** Decodes bytes above 127 as UTF-8; those that aren't become lone surrogates U+DC80…U+DCFF. */
export function decodeBytes(bytes: readonly number[]): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const length = utf8SequenceLength(bytes, i);
    if (length === 0) {
      text += String.fromCharCode(byteSurrogate + (bytes[i] as number));
      i += 1;
      continue;
    }
    text += Buffer.from(bytes.slice(i, i + length)).toString("utf8");
    i += length;
  }
  return text;
}

const escapePattern = /\r\n|\\(?:(\r?\n[ \t]*)|([\\"' nrtb])|([0-9]{3})|x([0-9A-Fa-f]{2}))|\\/g;

const shortEscapes = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["b", "\b"],
]);

/**
 * The value of what stands between a string's quotes, or undefined if an escape sequence is wrong.
 * A carriage return before a newline is dropped.
 */
export function unescapeString(raw: string): string | undefined {
  let text = "";
  let from = 0;
  let bytes: number[] = [];
  const append = (piece: string) => {
    if (piece === "") return;
    if (bytes.length > 0) {
      text += decodeBytes(bytes);
      bytes = [];
    }
    text += piece;
  };
  for (const match of raw.matchAll(escapePattern)) {
    const [whole, continuation, short, decimal, hexadecimal] = match;
    if (whole === "\\") return undefined;
    append(raw.slice(from, match.index));
    from = match.index + whole.length;
    if (short !== undefined) append(shortEscapes.get(short) ?? short);
    else if (whole === "\r\n") append("\n");
    else if (continuation === undefined) {
      const code = decimal === undefined ? Number(`0x${hexadecimal}`) : Number(decimal);
      if (code > 255) return undefined;
      if (code > 127) bytes.push(code);
      else append(String.fromCharCode(code));
    }
  }
  append(raw.slice(from));
  return bytes.length > 0 ? text + decodeBytes(bytes) : text;
}
