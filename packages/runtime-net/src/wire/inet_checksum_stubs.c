/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include <caml/bigarray.h>
#include <caml/mlvalues.h>

/* The one's complement sum of n octets at p, folded to 16 bits, as RFC 1071
   defines it for a sequence that starts at an even offset. Words are added in
   the machine's byte order, which the sum does not depend on except for a swap
   at the end (RFC 1071, section 2 (B)). */
static uint32_t ones_sum(const uint8_t *p, size_t n)
{
    uint64_t sum = 0;
    while (n >= 64) {
        uint32_t w[16];
        __builtin_memcpy(w, p, 64);
        for (int i = 0; i < 16; i++)
            sum += w[i];
        p += 64;
        n -= 64;
    }
    while (n >= 4) {
        uint32_t w;
        __builtin_memcpy(&w, p, 4);
        sum += w;
        p += 4;
        n -= 4;
    }
    if (n > 0) {
        uint8_t last[4] = {0, 0, 0, 0};
        uint32_t w;
        for (size_t i = 0; i < n; i++)
            last[i] = p[i];
        __builtin_memcpy(&w, last, 4);
        sum += w;
    }
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    sum = ((sum & 0xff) << 8) | (sum >> 8);
#endif
    return (uint32_t)sum;
}

intnat mirage_net_ones_sum(value buffer, intnat offset, intnat length)
{
    return ones_sum((const uint8_t *)Caml_ba_data_val(buffer) + offset,
                    (size_t)length);
}

value mirage_net_ones_sum_byte(value buffer, value offset, value length)
{
    return Val_long(
        mirage_net_ones_sum(buffer, Long_val(offset), Long_val(length)));
}
