/* SPDX-License-Identifier: ISC */
/* Preloaded into xl so that `xl create -n` runs on a machine without Xen: the libraries that reach the
   hypervisor and xenstore open nothing, and every hypercall fails, but for the one that tells how many
   processors there are (XEN_SYSCTL_physinfo of xen/include/public/sysctl.h). */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { HYPERVISOR_sysctl = 35, SYSCTL_physinfo = 3 };

struct sysctl {
    uint32_t cmd, interface_version;
    uint32_t threads_per_core, cores_per_socket, nr_cpus, max_cpu_id, nr_nodes, max_node_id, cpu_khz;
};

static int handle;

void *xencall_open(void *logger, unsigned flags) { return &handle; }
int xencall_close(void *call) { return 0; }
void *xenforeignmemory_open(void *logger, unsigned flags) { return &handle; }
int xenforeignmemory_close(void *memory) { return 0; }
void *xendevicemodel_open(void *logger, unsigned flags) { return &handle; }
int xendevicemodel_close(void *model) { return 0; }
void *xs_open(unsigned long flags) { return &handle; }
void xs_close(void *store) {}

void *xencall_alloc_buffer(void *call, size_t size) { return calloc(1, size); }
void *xencall_alloc_buffer_pages(void *call, size_t pages) { return calloc(pages, 4096); }
void xencall_free_buffer(void *call, void *buffer) { free(buffer); }
void xencall_free_buffer_pages(void *call, void *buffer, size_t pages) { free(buffer); }
int xencall_buffers_never_fault(void *call) { return 1; }

static int refuse(void)
{
    errno = ENOSYS;
    return -1;
}

int xencall1(void *call, unsigned op, uint64_t argument)
{
    struct sysctl *sysctl = (struct sysctl *)(uintptr_t)argument;
    if (op != HYPERVISOR_sysctl || sysctl->cmd != SYSCTL_physinfo)
        return refuse();
    sysctl->threads_per_core = sysctl->nr_nodes = 1;
    sysctl->cores_per_socket = sysctl->nr_cpus = 4;
    sysctl->max_cpu_id = 3;
    sysctl->max_node_id = 0;
    sysctl->cpu_khz = 2000000;
    return 0;
}

int xencall2(void *call, unsigned op, uint64_t a, uint64_t b) { return refuse(); }
int xencall3(void *call, unsigned op, uint64_t a, uint64_t b, uint64_t c) { return refuse(); }
int xencall4(void *call, unsigned op, uint64_t a, uint64_t b, uint64_t c, uint64_t d) { return refuse(); }
