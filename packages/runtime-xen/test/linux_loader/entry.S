/* SPDX-License-Identifier: ISC */

/* A loader that starts the kernel as Linux's 64-bit boot protocol has it, for the test: it is
   itself started by PVH, with the kernel as its module, and maps 1 GiB as Firecracker does. */

        .section .note.Xen, "a", @note
        .long 4, 4, 18
        .asciz "Xen"
        .long start32

        .text
        .code32
        .globl start32
start32:
        cli
        movl    $stack_top, %esp
        movl    $0x83, %eax
        movl    $directory, %edi
        movl    $512, %ecx
1:      movl    %eax, (%edi)
        addl    $0x200000, %eax
        addl    $8, %edi
        loop    1b
        movl    $directory + 3, pointers
        movl    $pointers + 3, root
        movl    $0x20, %eax             /* PAE */
        movl    %eax, %cr4
        movl    $root, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx
        rdmsr
        orl     $0x100, %eax            /* LME */
        wrmsr
        movl    $0x80000001, %eax       /* PG, PE */
        movl    %eax, %cr0
        lgdt    gdt_register
        ljmp    $0x10, $1f
        .code64
1:      movl    $0x18, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        movl    %ebx, %edi
        call    load
        movl    $0x7000, %esi
        movq    $0x5a5a5a5a5a5a5a5a, %rsp /* nothing is said of the stack */
        jmp     *%rax

        .data
        .balign 8
gdt:    .quad 0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_register:
        .word . - gdt - 1
        .quad gdt

        .bss
        .balign 4096
root:           .skip 4096
pointers:       .skip 4096
directory:      .skip 4096
                .skip 4096
stack_top:

        .section .note.GNU-stack, "", @progbits
