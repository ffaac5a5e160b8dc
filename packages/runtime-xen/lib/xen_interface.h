/* SPDX-License-Identifier: ISC */

/* The part of Xen's stable ABI for guests on Arm, and for HVM and PVH guests on x86-64, that
   the kernel uses. The names, and the public header named beside each (xen/include/public),
   are Xen's; test/interface.c compares sizes, offsets and values with them. */
#ifndef MIRAGE_XEN_INTERFACE_H
#define MIRAGE_XEN_INTERFACE_H

#include <stdint.h>

#define DOMID_SELF 0x7ff0U

/* xen.h */
#define __HYPERVISOR_memory_op 12
#define __HYPERVISOR_sched_op 29
#define __HYPERVISOR_event_channel_op 32
#define __HYPERVISOR_hvm_op 34

struct vcpu_time_info {
  uint32_t version;
  uint32_t pad0;
  uint64_t tsc_timestamp;
  uint64_t system_time;
  uint32_t tsc_to_system_mul;
  int8_t tsc_shift;
  uint8_t flags;
  uint8_t pad1[2];
};

/* arch-arm.h, arch-x86/xen.h */
#ifdef __x86_64__
#define XEN_LEGACY_MAX_VCPUS 32
struct arch_vcpu_info {
  uint64_t cr2;
  uint64_t pad;
};
#else
#define XEN_LEGACY_MAX_VCPUS 1
struct arch_vcpu_info {
};
#endif

struct vcpu_info {
  uint8_t evtchn_upcall_pending;
  uint8_t pad0;
  uint64_t evtchn_pending_sel;
  struct arch_vcpu_info arch;
  struct vcpu_time_info time;
};

struct shared_info {
  struct vcpu_info vcpu_info[XEN_LEGACY_MAX_VCPUS];
  uint64_t evtchn_pending[64];
  uint64_t evtchn_mask[64];
  uint32_t wc_version;
  uint32_t wc_sec;
  uint32_t wc_nsec;
  uint32_t wc_sec_hi;
};

/* arch-x86/cpuid.h */
#define XEN_CPUID_SIGNATURE_EBX 0x566e6558
#define XEN_CPUID_SIGNATURE_ECX 0x65584d4d
#define XEN_CPUID_SIGNATURE_EDX 0x4d4d566e

/* memory.h */
#define XENMEM_add_to_physmap 7
#define XENMAPSPACE_shared_info 0
#define XENMAPSPACE_grant_table 1

struct xen_add_to_physmap {
  uint16_t domid;
  uint16_t size;
  uint32_t space;
  uint64_t idx;
  uint64_t gpfn;
};

/* sched.h */
#define SCHEDOP_shutdown 2
#define SCHEDOP_poll 3
#define SHUTDOWN_poweroff 0
#define SHUTDOWN_reboot 1
#define SHUTDOWN_crash 3

struct sched_shutdown {
  uint32_t reason;
};

struct sched_poll {
  const uint32_t *ports;
  uint32_t nr_ports;
  uint64_t timeout;
};

/* event_channel.h */
#define EVTCHNOP_close 3
#define EVTCHNOP_send 4
#define EVTCHNOP_alloc_unbound 6

struct evtchn_close {
  uint32_t port;
};

struct evtchn_send {
  uint32_t port;
};

struct evtchn_alloc_unbound {
  uint16_t dom;
  uint16_t remote_dom;
  uint32_t port;
};

/* hvm/hvm_op.h, hvm/params.h */
#define HVMOP_set_param 0
#define HVMOP_get_param 1
#define HVM_PARAM_CALLBACK_IRQ 0
#define HVM_PARAM_STORE_PFN 1
#define HVM_PARAM_STORE_EVTCHN 2
#define HVM_PARAM_CONSOLE_PFN 17
#define HVM_PARAM_CONSOLE_EVTCHN 18

struct xen_hvm_param {
  uint16_t domid;
  uint16_t pad;
  uint32_t index;
  uint64_t value;
};

/* io/console.h */
struct xencons_interface {
  char in[1024];
  char out[2048];
  uint32_t in_cons, in_prod;
  uint32_t out_cons, out_prod;
};

#endif
