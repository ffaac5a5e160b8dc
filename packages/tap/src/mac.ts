import { MirageError } from "@mirage/diagnostics";

/**
 * Reads `02:00:5e:10:00:01`.
 * @throws MirageError `ERR_MIRAGE_TAP_MAC` unless it is the address of one station
 */
export function parseMac(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll(":", ""), "hex");
  const first = bytes[0];
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text) || first === undefined) {
    throw invalid(text, "isn't a MAC address");
  }
  if (first & 1) throw invalid(text, "is a multicast address");
  return bytes;
}

export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function invalid(text: string, problem: string): MirageError {
  return new MirageError("ERR_MIRAGE_TAP_MAC", `\`${text}\` ${problem}`, {
    hint: "write six bytes as in 02:00:5e:10:00:01, the first one even",
  });
}
