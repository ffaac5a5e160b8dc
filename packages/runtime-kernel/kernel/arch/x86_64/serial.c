/* SPDX-License-Identifier: ISC */

/* The first serial port (16550 UART), polled. */

#include "serial.h"

#include "cpu.h"

enum { BASE = 0x3f8, DATA = BASE, INTERRUPTS = BASE + 1, FIFO = BASE + 2, LINE = BASE + 3,
       MODEM = BASE + 4, STATUS = BASE + 5, SCRATCH = BASE + 7 };
enum { DATA_READY = 1, TRANSMITTER_EMPTY = 0x20, NO_UART = 0xff };

/* 115,200 baud, 8 bits, no parity, one stop bit. */
void serial_init(void)
{
  out8(INTERRUPTS, 0);
  out8(LINE, 0x80);
  out8(DATA, 1);
  out8(INTERRUPTS, 0);
  out8(LINE, 3);
  out8(FIFO, 7);
  out8(MODEM, 0xb);    /* the last bit lets the line through */
  out8(INTERRUPTS, 1); /* for what arrives */
}

/* The scratch register keeps what is written to it. */
int serial_is_there(void)
{
  out8(SCRATCH, 0x5a);
  return in8(SCRATCH) == 0x5a;
}

/* The transmitter takes this many bytes once it is empty. */
#define FIFO_SIZE 16

/* One to four seconds on the machines there are. */
#define PATIENCE (1ull << 32)

/* A reader that is behind is waited for; one that reads no more costs the program this wait once,
   and then what is written, until the line moves again. */
static void wait_until_empty(void)
{
  static int stuck;
  u64 start = read_tsc();
  while (!(in8(STATUS) & TRANSMITTER_EMPTY)) {
    stuck = stuck || read_tsc() - start > PATIENCE;
    if (stuck) return;
  }
  stuck = 0;
}

static void send(char c)
{
  static u32 sent;
  if (sent++ % FIFO_SIZE == 0) wait_until_empty();
  out8(DATA, c);
}

void serial_write(const char *s, size_t n)
{
  for (; n; n--, s++) {
    if (*s == '\n') send('\r');
    send(*s);
  }
}

size_t serial_read(char *to, size_t n)
{
  size_t got = 0;
  while (got < n) {
    u8 status = in8(STATUS);
    if (status == NO_UART || !(status & DATA_READY)) break;
    to[got++] = in8(DATA);
  }
  return got;
}
