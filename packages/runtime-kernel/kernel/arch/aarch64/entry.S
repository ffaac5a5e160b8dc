/* SPDX-License-Identifier: ISC */

/* Exceptions, system calls among them (Arm ARM, section D1.3), and the way into the C
   library. Interrupts are never taken: WFI ends for those that are pending, too. All code
   runs at EL1 on the stack of SP_EL0, exceptions on that of SP_EL1. */

        .set    FRAME, 800              /* struct registers, then Q0 to Q31 */
        .set    VECTORS, 288

        .text
        .macro  vector number
        .balign 128
        sub     sp, sp, #FRAME
        stp     x0, x1, [sp]
        mov     x0, #\number
        b       exception
        .endm

        .macro  pairs instruction
        \instruction q0, q1, [x1]
        \instruction q2, q3, [x1, #32]
        \instruction q4, q5, [x1, #64]
        \instruction q6, q7, [x1, #96]
        \instruction q8, q9, [x1, #128]
        \instruction q10, q11, [x1, #160]
        \instruction q12, q13, [x1, #192]
        \instruction q14, q15, [x1, #224]
        \instruction q16, q17, [x1, #256]
        \instruction q18, q19, [x1, #288]
        \instruction q20, q21, [x1, #320]
        \instruction q22, q23, [x1, #352]
        \instruction q24, q25, [x1, #384]
        \instruction q26, q27, [x1, #416]
        \instruction q28, q29, [x1, #448]
        \instruction q30, q31, [x1, #480]
        .endm

        .balign 2048
        .globl  exception_vectors
exception_vectors:
        .irp    number, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        vector  \number
        .endr

exception:
        stp     x2, x3, [sp, #16]
        stp     x4, x5, [sp, #32]
        stp     x6, x7, [sp, #48]
        stp     x8, x9, [sp, #64]
        stp     x10, x11, [sp, #80]
        stp     x12, x13, [sp, #96]
        stp     x14, x15, [sp, #112]
        stp     x16, x17, [sp, #128]
        stp     x18, x19, [sp, #144]
        stp     x20, x21, [sp, #160]
        stp     x22, x23, [sp, #176]
        stp     x24, x25, [sp, #192]
        stp     x26, x27, [sp, #208]
        stp     x28, x29, [sp, #224]
        mrs     x1, sp_el0
        stp     x30, x1, [sp, #240]
        mrs     x1, elr_el1
        mrs     x2, spsr_el1
        stp     x1, x2, [sp, #256]
        str     x0, [sp, #272]
        /* memset of the C library uses them. */
        add     x1, sp, #VECTORS
        pairs   stp
        mov     x0, sp
        bl      trap_handle
        add     x1, sp, #VECTORS
        pairs   ldp
        ldp     x1, x2, [sp, #256]
        msr     elr_el1, x1
        msr     spsr_el1, x2
        ldp     x30, x1, [sp, #240]
        msr     sp_el0, x1
        ldp     x28, x29, [sp, #224]
        ldp     x26, x27, [sp, #208]
        ldp     x24, x25, [sp, #192]
        ldp     x22, x23, [sp, #176]
        ldp     x20, x21, [sp, #160]
        ldp     x18, x19, [sp, #144]
        ldp     x16, x17, [sp, #128]
        ldp     x14, x15, [sp, #112]
        ldp     x12, x13, [sp, #96]
        ldp     x10, x11, [sp, #80]
        ldp     x8, x9, [sp, #64]
        ldp     x6, x7, [sp, #48]
        ldp     x4, x5, [sp, #32]
        ldp     x2, x3, [sp, #16]
        ldp     x0, x1, [sp]
        add     sp, sp, #FRAME
        eret

/* Where a signal's handler returns to. */
        .globl  signal_return
signal_return:
        mov     x8, #139                /* rt_sigreturn */
        svc     #0

/* void arch_enter(void *stack, void (*function)(void)) */
        .globl  arch_enter
arch_enter:
        mov     sp, x0
        mov     x29, xzr
        mov     x30, xzr
        br      x1

        .section .note.GNU-stack, "", @progbits
