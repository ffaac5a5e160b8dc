/* SPDX-License-Identifier: ISC */

/* The numbers of Xen's ABI that the kernel relies on: with OURS defined, those of our headers,
   else those of Xen's own headers. */

#include <stddef.h>
#include <stdint.h>

#ifdef OURS
#include "../../runtime-kernel/kernel/arch/x86_64/pvh.h"
#include "../lib/xen_interface.h"
#else
#define __XEN_INTERFACE_VERSION__ 0x00040e00
#include <xen/xen.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/event_channel.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/arch-x86/cpuid.h>
#include <xen/arch-x86/hvm/start_info.h>
#endif

const uint64_t numbers[] = {
    DOMID_SELF, __HYPERVISOR_memory_op, __HYPERVISOR_sched_op, __HYPERVISOR_event_channel_op,
    __HYPERVISOR_hvm_op, XEN_CPUID_SIGNATURE_EBX, XEN_CPUID_SIGNATURE_ECX,
    XEN_CPUID_SIGNATURE_EDX, XEN_HVM_START_MAGIC_VALUE, XEN_HVM_MEMMAP_TYPE_RAM,
    XENMEM_add_to_physmap, XENMAPSPACE_shared_info, XENMAPSPACE_grant_table, SCHEDOP_shutdown,
    SCHEDOP_poll, SHUTDOWN_poweroff, SHUTDOWN_reboot, SHUTDOWN_crash, EVTCHNOP_close,
    EVTCHNOP_send, EVTCHNOP_alloc_unbound, HVMOP_set_param, HVMOP_get_param,
    HVM_PARAM_CALLBACK_IRQ, HVM_PARAM_STORE_PFN, HVM_PARAM_STORE_EVTCHN,
    HVM_PARAM_CONSOLE_PFN, HVM_PARAM_CONSOLE_EVTCHN,

    sizeof(struct vcpu_time_info), offsetof(struct vcpu_time_info, tsc_timestamp),
    offsetof(struct vcpu_time_info, system_time),
    offsetof(struct vcpu_time_info, tsc_to_system_mul),
    offsetof(struct vcpu_time_info, tsc_shift), sizeof(struct vcpu_info),
    offsetof(struct vcpu_info, time), offsetof(struct shared_info, evtchn_pending),
    offsetof(struct shared_info, evtchn_mask), offsetof(struct shared_info, wc_version),
    offsetof(struct shared_info, wc_sec), offsetof(struct shared_info, wc_nsec),
    offsetof(struct shared_info, wc_sec_hi),

    sizeof(struct hvm_start_info), offsetof(struct hvm_start_info, cmdline_paddr),
    offsetof(struct hvm_start_info, memmap_paddr),
    offsetof(struct hvm_start_info, memmap_entries), sizeof(struct hvm_memmap_table_entry),
    offsetof(struct hvm_memmap_table_entry, type),

    sizeof(struct xen_add_to_physmap), offsetof(struct xen_add_to_physmap, space),
    offsetof(struct xen_add_to_physmap, idx), offsetof(struct xen_add_to_physmap, gpfn),
    sizeof(struct sched_shutdown), sizeof(struct sched_poll),
    offsetof(struct sched_poll, nr_ports), offsetof(struct sched_poll, timeout),
    sizeof(struct evtchn_close), sizeof(struct evtchn_send),
    sizeof(struct evtchn_alloc_unbound), offsetof(struct evtchn_alloc_unbound, remote_dom),
    offsetof(struct evtchn_alloc_unbound, port), sizeof(struct xen_hvm_param),
    offsetof(struct xen_hvm_param, index), offsetof(struct xen_hvm_param, value),
    offsetof(struct xencons_interface, out), offsetof(struct xencons_interface, in_cons),
    offsetof(struct xencons_interface, in_prod), offsetof(struct xencons_interface, out_cons),
    offsetof(struct xencons_interface, out_prod),
};
