/** The address at an offset of a frame, as `02:00:00:00:00:01`. */
export function macAt(frame: Uint8Array, offset: number): string {
  let text = "";
  for (let i = offset; i < offset + 6; i++) {
    const octet = frame[i] ?? 0;
    text += (i > offset ? ":" : "") + (octet < 16 ? "0" : "") + octet.toString(16);
  }
  return text;
}

/** Whether it is the address of a group, the broadcast address among them (IEEE 802, 8.2). */
export function isMulticast(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}

/** The six octets of an address. */
export function macOctets(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(":"), (octet) => Number.parseInt(octet, 16));
}

/** A random address that is locally administered, and of one station. */
export function randomMac(): string {
  const octets = crypto.getRandomValues(new Uint8Array(6));
  octets[0] = ((octets[0] ?? 0) & 0xfc) | 0x02;
  return macAt(octets, 0);
}
