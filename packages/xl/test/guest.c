/* SPDX-License-Identifier: ISC */
/* A PVH guest for the tests on real Xen: 32 bits, no paging. The first character of its command line
   tells what it does: a digit shuts down with that reason (SHUTDOWN_* of xen/sched.h), `x` faults, and
   anything else stays, says so on the console, echoes what is typed there, and does what
   control/shutdown asks for. Layouts: xen/include/public (sched.h, event_channel.h, memory.h,
   hvm/hvm_op.h, hvm/params.h, io/console.h, io/xs_wire.h), in their 32-bit form. */
#include <stdint.h>

#define DOMID_SELF 0x7ff0
enum { MEMORY_OP = 12, SCHED_OP = 29, EVENT_CHANNEL_OP = 32, HVM_OP = 34 };
enum { STORE_PFN = 1, STORE_PORT = 2, CONSOLE_PFN = 17, CONSOLE_PORT = 18 };
enum { XS_READ = 2, XS_WATCH = 4, XS_WRITE = 11, XS_WATCH_EVENT = 15 };

__asm__(".section .note.Xen,\"a\",@note\n"
        ".long 4, 4, 18\n" /* XEN_ELFNOTE_PHYS32_ENTRY */
        ".asciz \"Xen\"\n"
        ".long _start\n"
        ".text\n"
        ".globl _start\n"
        "_start: mov $stack_top, %esp\n"
        "push %ebx\n" /* hvm_start_info */
        "call run\n"
        ".bss\n"
        ".align 4096\n"
        ".globl hypercalls\n"
        "hypercalls: .skip 4096\n"
        ".globl shared_info\n"
        "shared_info: .skip 4096\n"
        ".skip 4096\n"
        "stack_top:\n"
        ".text\n");

extern char hypercalls[];
extern volatile uint32_t shared_info[];

static long hypercall(int number, long command, void *argument)
{
    long result;
    __asm__ volatile("call *%1"
                     : "=a"(result), "+r"((uint32_t){(uint32_t)hypercalls + number * 32}), "+b"(command), "+c"(argument)
                     :
                     : "memory", "edx", "esi", "edi");
    return result;
}

static void find_hypercalls(void)
{
    uint32_t a = 0x40000002, b, c, d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    __asm__ volatile("wrmsr" : : "c"(b), "a"(hypercalls), "d"(0));
}

static uint32_t parameter(uint32_t index)
{
    struct { uint16_t domid, pad; uint32_t index; uint64_t value; } request = { DOMID_SELF, 0, index, 0 };
    hypercall(HVM_OP, 1, &request);
    return request.value;
}

static void shut_down(uint32_t reason)
{
    hypercall(SCHED_OP, 2, &reason);
}

static void notify(uint32_t port)
{
    hypercall(EVENT_CHANNEL_OP, 4, &port);
}

static volatile struct { char in[1024], out[2048]; uint32_t in_cons, in_prod, out_cons, out_prod; } *console;
static volatile struct { char req[1024], rsp[1024]; uint32_t req_cons, req_prod, rsp_cons, rsp_prod; } *store;
static uint32_t ports[2];

static void put(char c)
{
    while (console->out_prod - console->out_cons == sizeof console->out)
        ;
    console->out[console->out_prod % sizeof console->out] = c;
    console->out_prod++;
}

static void print(const char *text)
{
    for (; *text; text++)
        put(*text);
    notify(ports[0]);
}

static void echo(void)
{
    if (console->in_cons == console->in_prod)
        return;
    while (console->in_cons != console->in_prod) {
        put(console->in[console->in_cons % sizeof console->in]);
        console->in_cons++;
    }
    notify(ports[0]);
}

static void send(const char *bytes, uint32_t length)
{
    for (; length--; bytes++) {
        store->req[store->req_prod % sizeof store->req] = *bytes;
        store->req_prod++;
    }
}

static void request(uint32_t type, const char *payload, uint32_t length)
{
    uint32_t header[4] = { type, 0, 0, length };
    send((const char *)header, sizeof header);
    send(payload, length);
    notify(ports[1]);
}

static uint8_t receive(void)
{
    while (store->rsp_cons == store->rsp_prod)
        ;
    uint8_t byte = store->rsp[store->rsp_cons % sizeof store->rsp];
    store->rsp_cons++;
    return byte;
}

static void answer_store(void)
{
    static const char key[] = "control/shutdown";
    while (store->rsp_cons != store->rsp_prod) {
        uint32_t header[4] = { 0 };
        for (unsigned i = 0; i < sizeof header; i++)
            header[i / 4] |= (uint32_t)receive() << i % 4 * 8;
        char first = 0;
        for (uint32_t i = 0; i < header[3]; i++) {
            char byte = receive();
            if (i == 0)
                first = byte;
        }
        if (header[0] == XS_WATCH_EVENT)
            request(XS_READ, key, sizeof key);
        if (header[0] == XS_READ && (first == 'p' || first == 'r')) {
            request(XS_WRITE, key, sizeof key); /* an empty value: seen */
            print(first == 'p' ? "asked to power off\n" : "asked to reboot\n");
            while (console->out_cons != console->out_prod)
                ;
            shut_down(first == 'r');
        }
    }
}

void run(const uint32_t *start_info)
{
    char what = *(const char *)start_info[6]; /* cmdline_paddr */
    find_hypercalls();
    if (what >= '0' && what <= '9')
        shut_down(what - '0');
    if (what == 'x')
        __asm__ volatile("ud2");
    struct { uint16_t domid, size; uint32_t space, index, frame; } place = { DOMID_SELF, 0, 0, 0, (uint32_t)shared_info >> 12 };
    hypercall(MEMORY_OP, 7, &place);
    console = (void *)(parameter(CONSOLE_PFN) << 12);
    store = (void *)(parameter(STORE_PFN) << 12);
    ports[0] = parameter(CONSOLE_PORT);
    ports[1] = parameter(STORE_PORT);
    print("the guest is up\n");
    request(XS_WATCH, "control/shutdown\0t", 19);
    for (;;) {
        for (int i = 0; i < 2; i++) /* evtchn_pending */
            __asm__ volatile("lock btr %1, %0" : "+m"(shared_info[512 + ports[i] / 32]) : "r"(ports[i] % 32));
        echo();
        answer_store();
        struct { uint32_t *ports, count; uint64_t timeout; } poll = { ports, 2, 0 };
        hypercall(SCHED_OP, 3, &poll);
    }
}
