// SPDX-License-Identifier: ISC

//Provides: mirage_net_ones_sum_byte
// The one's complement sum of octets, folded to 16 bits (RFC 1071).
function mirage_net_ones_sum_byte(buffer, offset, length) {
  var data = buffer.data;
  var even = offset + (length & ~1);
  var sum = 0;
  // 64 KiB of 16-bit words stay below 2^31.
  for (var i = offset; i < even; ) {
    var stop = i + 65536 < even ? i + 65536 : even;
    for (; i < stop; i += 2) sum += (data[i] << 8) | data[i + 1];
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  if (length & 1) sum += data[even] << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
