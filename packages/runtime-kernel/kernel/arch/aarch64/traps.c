/* SPDX-License-Identifier: ISC */

/* Exceptions and system calls (Arm ARM, section D1.3). An abort in OCaml's code goes to the
   handler that its runtime sets for SIGSEGV, which tells a stack overflow from a real fault;
   anything else ends the kernel with a report. */

#include "traps.h"

#include <asm/unistd.h>

#include "arch.h"
#include "cpu.h"

struct registers {
  u64 x[31], sp, pc, pstate, vector, unused;
};

/* entry.S, syscall.c */
extern const char exception_vectors[], signal_return[];
long syscall_handle(long a, long b, long c, long d, long e, u64 number);

/* Which of a vector's four kinds, and from where: by SP_EL0, or in a handler. */
enum { SYNCHRONOUS = 0 };

/* Section D24.2, ESR_EL1.EC */
enum { SYSTEM_CALL = 0x15, CODE_ABORT = 0x21, DATA_ABORT = 0x25 };

signal_handler *segv_handler;

void arch_init_traps(void)
{
  WRITE_SYSTEM(vbar_el1, exception_vectors);
  instruction_barrier();
}

void arch_set_thread_pointer(u64 address) { WRITE_SYSTEM(tpidr_el0, address); }

void arch_halt(void)
{
  for (;;) __asm__ volatile("wfi");
}

static void log_register(const char *name, u64 value)
{
  log_string(name);
  log_hex(value);
}

static void log_line(const char *before, const char *file, u64 line)
{
  log_string(before);
  log_string(file);
  log_string(":");
  log_number(line);
}

static int is_code(u64 word) { return word >= (u64)image_start && word < (u64)_etext; }

static void log_place(const char *name, u64 address)
{
  const char *file;
  u64 line = ocaml_line(address, &file);
  log_register(name, address);
  if (line) log_line(" ", file, line);
  log_string("\n");
}

/* Every word of the stack that points into the code: return addresses, and some
   chaff. OCaml's come with file and line, and are not crowded out by those of C; the
   symbol file beside the kernel names all. */
static void log_stack(u64 sp)
{
  enum { LONGEST_STACK = 8 << 20, MOST = 16 };
  log_string("stack:\n");
  u64 address = sp & -8ull, end = address + LONGEST_STACK, last = 0;
  for (int in_c = 0, in_ocaml = 0; address < end && in_ocaml < MOST; address += 8) {
    if (!paging_is_mapped(address)) {
      address |= PAGE_SIZE - 8;
      continue;
    }
    const char *file;
    u64 word = *(const u64 *)address;
    if (!is_code(word) || word == last) continue;
    last = word;
    int in_c_code = !ocaml_line(word, &file);
    if (in_c_code && ++in_c > MOST) continue;
    in_ocaml += !in_c_code;
    log_place("  ", word);
  }
}

static _Noreturn void die(const struct registers *r)
{
  static int dying;
  u64 why = READ_SYSTEM(esr_el1), address = READ_SYSTEM(far_el1);
  if (dying++) shutdown(139);
  log_string("\nexception ");
  log_number(why >> 26 & 63);
  log_register(", error ", why);
  log_register("\n  pc  ", r->pc);
  const char *file;
  u64 line = ocaml_nearest_line(r->pc, &file);
  if (line) log_line(" near ", file, line);
  log_register("\n  sp  ", r->sp);
  log_register(" far ", address);
  log_register("\n  x0  ", r->x[0]);
  log_register(" x1  ", r->x[1]);
  log_register(" x2  ", r->x[2]);
  log_string("\n");
  if (is_code(r->x[30])) log_place("  lr  ", r->x[30]);
  log_stack(r->sp);
  shutdown(139); /* as a shell reports SIGSEGV */
}

/* The parts of Linux's siginfo_t and ucontext_t (asm/siginfo.h, asm/ucontext.h,
   asm/sigcontext.h) that handlers look at. */
struct signal_info {
  int number, error, code, pad;
  u64 address;
};

struct signal_context {
  u64 flags, link, stack[3], mask[16];
  u64 address __attribute__((aligned(16)));
  u64 x[31], sp, pc, pstate;
  u64 rest[64] __attribute__((aligned(16)));
};

static struct signal_info info;
static struct signal_context context;

/* The handler runs as all other code does, on a stack of its own, for it may jump away for
   good; if it returns, entry.S comes back with the system call rt_sigreturn. */
static void signal_fault(struct registers *r)
{
  enum { ALLOCATION_POINTER = 27, LINK = 30 };
  info = (struct signal_info){.number = 11, .address = READ_SYSTEM(far_el1)};
  context.address = info.address;
  context.sp = r->sp, context.pc = r->pc, context.pstate = r->pstate;
  memcpy(context.x, r->x, sizeof context.x);
  ocaml_save_allocation_pointer(r->x[ALLOCATION_POINTER]);
  r->x[0] = info.number, r->x[1] = (u64)&info, r->x[2] = (u64)&context;
  r->x[LINK] = (u64)signal_return;
  r->pc = (u64)segv_handler;
  r->sp = (u64)boot_stack_top;
}

/* OCaml's handler gives up by restoring the default action and returning. */
static void return_from_signal(struct registers *r)
{
  memcpy(r->x, context.x, sizeof r->x);
  r->sp = context.sp, r->pc = context.pc;
  if (!segv_handler) die(r);
}

/* Called by entry.S. Vectors 0 to 3 are those of code on SP_EL0, all that is no handler. */
void trap_handle(struct registers *r)
{
  u32 kind = READ_SYSTEM(esr_el1) >> 26 & 63;
  if (r->vector != SYNCHRONOUS) die(r);
  if (kind == SYSTEM_CALL && r->x[8] == __NR_rt_sigreturn)
    return_from_signal(r);
  else if (kind == SYSTEM_CALL)
    r->x[0] = syscall_handle(r->x[0], r->x[1], r->x[2], r->x[3], r->x[4], r->x[8]);
  else if ((kind == DATA_ABORT || kind == CODE_ABORT) && segv_handler && ocaml_is_code(r->pc))
    signal_fault(r);
  else
    die(r);
}
