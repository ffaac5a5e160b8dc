/* SPDX-License-Identifier: ISC */

/* Descriptor tables and exceptions (Intel SDM, volume 3, chapter 6). A page fault in
   OCaml's code goes to the handler that its runtime sets for SIGSEGV, which tells a
   stack overflow from a real fault; anything else ends the kernel with a report. */

#include "arch.h"
#include "cpu.h"
#include "lapic.h"
#include "x86.h"

struct registers {
  u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
  u64 number, error, rip, cs, rflags, rsp, ss;
};

struct gate {
  u16 offset_low, selector;
  u8 ist, type;
  u16 offset_middle;
  u32 offset_high, reserved;
};

enum { CODE_SELECTOR = 8, TSS_SELECTOR = 0x18, INTERRUPT_GATE = 0x8e };
enum { STACK_FAULT = 12, GENERAL_PROTECTION = 13, PAGE_FAULT = 14 };
enum { EXCEPTIONS = 20, INTERRUPTS = 32 };

static struct gate gates[GATES];
static struct {
  u32 reserved0;
  u64 rsp[3], reserved1, ist[7];
  u64 reserved2;
  u16 reserved3, io_map;
} __attribute__((packed)) tss;

signal_handler *segv_handler;

static void set_gate(u32 number, u64 handler)
{
  gates[number] = (struct gate){
      .offset_low = handler,
      .selector = CODE_SELECTOR,
      .ist = 1,
      .type = INTERRUPT_GATE,
      .offset_middle = handler >> 16,
      .offset_high = handler >> 32,
  };
}

static void set_tss(void)
{
  u64 base = (u64)&tss;
  tss.ist[0] = (u64)trap_stack_top;
  tss.io_map = sizeof tss;
  gdt[TSS_SELECTOR / 8] = 0x0000890000000000ull | (sizeof tss - 1) |
                          (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
  gdt[TSS_SELECTOR / 8 + 1] = base >> 32;
  __asm__ volatile("ltr %w0" : : "r"(TSS_SELECTOR));
}

void arch_set_thread_pointer(u64 address) { write_msr(MSR_FS_BASE, address); }

void arch_halt(void)
{
  for (;;) __asm__ volatile("cli; hlt");
}

void arch_init_traps(void)
{
  struct {
    u16 limit;
    u64 base;
  } __attribute__((packed)) idt = {sizeof gates - 1, (u64)gates};
  set_tss();
  for (u32 i = 0; i < EXCEPTIONS; i++) set_gate(i, exception_table[i]);
  for (u32 i = INTERRUPTS; i < GATES; i++) set_gate(i, interrupt_table[i - INTERRUPTS]);
  __asm__ volatile("lidt %0" : : "m"(idt));
  write_msr(MSR_STAR, (u64)CODE_SELECTOR << 32);
  write_msr(MSR_LSTAR, (u64)syscall_entry);
  write_msr(MSR_FMASK, 0x700); /* IF, TF and DF are cleared on entry */
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

/* Every word of the stack that points into the code: return addresses, and some
   chaff. OCaml's come with file and line, and are not crowded out by those of C; the
   symbol file beside the kernel names all. */
static void log_stack(u64 rsp)
{
  enum { LONGEST_STACK = 8 << 20, MOST = 16 };
  log_string("stack:\n");
  u64 address = rsp & -8ull, end = address + LONGEST_STACK, last = 0;
  for (int in_c = 0, in_ocaml = 0; address < end && in_ocaml < MOST; address += 8) {
    if (!paging_is_mapped(address)) {
      address |= PAGE_SIZE - 8;
      continue;
    }
    const char *file;
    u64 word = *(const u64 *)address;
    if (word < (u64)image_start || word >= (u64)_etext || word == last) continue;
    last = word;
    u64 line = ocaml_line(word, &file);
    if (!line && ++in_c > MOST) continue;
    log_register("  ", word);
    if (line) {
      in_ocaml++;
      log_line(" ", file, line);
    }
    log_string("\n");
  }
}

static _Noreturn void die(const struct registers *r)
{
  static int dying;
  if (dying++) shutdown(139);
  log_string("\nexception ");
  log_number(r->number);
  log_register(", error ", r->error);
  log_register("\n  rip ", r->rip);
  const char *file;
  u64 line = ocaml_nearest_line(r->rip, &file);
  if (line) log_line(" near ", file, line);
  log_string("\n ");
  log_register(" rsp ", r->rsp);
  log_register(" cr2 ", read_cr2());
  log_register("\n  rax ", r->rax);
  log_register(" rdi ", r->rdi);
  log_register(" rsi ", r->rsi);
  log_string("\n");
  log_stack(r->rsp);
  shutdown(139); /* as a shell reports SIGSEGV */
}

/* The parts of Linux's siginfo_t and ucontext_t (asm/siginfo.h, asm/sigcontext.h)
   that handlers look at. */
struct signal_info {
  int number, error, code, pad;
  u64 address;
};

struct signal_context {
  u64 flags, link, stack[3];
  u64 r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip;
  u64 rflags, segments, error, number, mask, cr2;
  u64 rest[64];
};

/* The handler may return, with other registers in the context, or jump away from
   here for good; so nothing remembers that it runs. */
static void signal_fault(struct registers *r)
{
  static struct signal_context c;
  struct signal_info info = {.number = 11, .address = read_cr2()};
  signal_handler *handler = segv_handler;
  c = (struct signal_context){
      .r8 = r->r8, .r9 = r->r9, .r10 = r->r10, .r11 = r->r11, .r12 = r->r12,
      .r13 = r->r13, .r14 = r->r14, .r15 = r->r15, .rdi = r->rdi, .rsi = r->rsi,
      .rbp = r->rbp, .rbx = r->rbx, .rdx = r->rdx, .rax = r->rax, .rcx = r->rcx,
      .rsp = r->rsp, .rip = r->rip, .rflags = r->rflags, .error = r->error,
      .number = r->number, .cr2 = info.address,
  };
  ocaml_save_allocation_pointer(r->r15);
  handler(info.number, &info, &c);
  /* OCaml's handler gives up by restoring the default action and returning. */
  if (!segv_handler) die(r);
  r->r8 = c.r8, r->r9 = c.r9, r->r10 = c.r10, r->r11 = c.r11, r->r12 = c.r12;
  r->r13 = c.r13, r->r14 = c.r14, r->r15 = c.r15, r->rdi = c.rdi, r->rsi = c.rsi;
  r->rbp = c.rbp, r->rbx = c.rbx, r->rdx = c.rdx, r->rax = c.rax, r->rcx = c.rcx;
  r->rsp = c.rsp, r->rip = c.rip, r->rflags = c.rflags;
}

static int is_on(u64 rsp, const char *guard, const char *top)
{
  return rsp >= (u64)guard && rsp <= (u64)top;
}

/* Called by entry.S. */
void trap_handle(struct registers *r)
{
  int is_fault = r->number >= STACK_FAULT && r->number <= PAGE_FAULT;
  if (!is_fault || !segv_handler || !ocaml_is_code(r->rip) ||
      is_on(r->rsp, trap_stack_guard, trap_stack_top) ||
      is_on(r->rsp, syscall_stack_guard, syscall_stack_top))
    die(r);
  signal_fault(r);
}
