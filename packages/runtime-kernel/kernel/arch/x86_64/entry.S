/* SPDX-License-Identifier: ISC */

/* The ways into the kernel part after boot: system calls, exceptions, the timer
   interrupt; and the way out of it, into the C library. */

        .text

/* The instruction SYSCALL, which works in ring 0 as well (Intel SDM, volume 2):
   RCX is the return address, R11 the flags. Arguments as Linux takes them:
   number in RAX, then RDI RSI RDX R10 R8 R9. The caller may use its red zone,
   so the handler has a stack of its own. */
        .globl syscall_entry
syscall_entry:
        movq    %rsp, caller_stack(%rip)
        leaq    syscall_stack_top(%rip), %rsp
        pushq   %rcx
        pushq   %r11
        pushq   %rdi
        pushq   %rsi
        pushq   %rdx
        pushq   %r10
        pushq   %r8
        pushq   %r9
        movq    %r10, %rcx
        movq    %rax, %r9               /* handler(a, b, c, d, e, number) */
        call    syscall_handle
        popq    %r9
        popq    %r8
        popq    %r10
        popq    %rdx
        popq    %rsi
        popq    %rdi
        popq    %r11
        popq    %rcx
        pushq   %r11
        popfq
        movq    caller_stack(%rip), %rsp
        jmp     *%rcx

/* Exceptions (Intel SDM, volume 3, section 6.15); some come with an error code.
   All run on the trap stack (IST 1), so this pushes a struct registers there. */
        .macro exception number
exception_\number:
        .if !(\number == 8 || (\number >= 10 && \number <= 14) || \number == 17)
        pushq   $0
        .endif
        pushq   $\number
        jmp     exception_common
        .endm
        .irp number, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19
        exception \number
        .endr

exception_common:
        .irp register, rax,rcx,rdx,rbx,rbp,rsi,rdi,r8,r9,r10,r11,r12,r13,r14,r15
        pushq   %\register
        .endr
        movq    %rsp, %rdi
        movq    %rsp, %rbx
        subq    $512, %rsp
        andq    $-16, %rsp
        fxsave64 (%rsp)
        cld
        call    trap_handle
        fxrstor64 (%rsp)
        movq    %rbx, %rsp
        .irp register, r15,r14,r13,r12,r11,r10,r9,r8,rdi,rsi,rbp,rbx,rdx,rcx,rax
        popq    %\register
        .endr
        addq    $16, %rsp
        iretq

/* Interrupts are on only while machine.c waits. */
        .macro interrupt number
interrupt_\number:
        pushq   %rax
        pushq   %rdi
        movl    $\number, %edi
        jmp     interrupt_common
        .endm
        .irp number, 32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47
        interrupt \number
        .endr

interrupt_common:
        .irp register, rcx,rdx,rsi,r8,r9,r10,r11
        pushq   %\register
        .endr
        cld
        call    interrupt_handle
        .irp register, r11,r10,r9,r8,rsi,rdx,rcx,rdi,rax
        popq    %\register
        .endr
        iretq

/* void arch_enter(void *stack, void (*function)(void)) */
        .globl arch_enter
arch_enter:
        movq    %rdi, %rsp
        xorl    %ebp, %ebp
        call    *%rsi
        ud2

        .section .rodata
        .balign 8
        .globl exception_table
exception_table:
        .irp number, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19
        .quad   exception_\number
        .endr
        .globl interrupt_table
interrupt_table:
        .irp number, 32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47
        .quad   interrupt_\number
        .endr

        .bss
        .balign 8
caller_stack: .skip 8

        .section .note.GNU-stack, "", @progbits
