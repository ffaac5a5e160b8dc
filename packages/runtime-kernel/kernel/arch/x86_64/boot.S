/* SPDX-License-Identifier: ISC */

/* From a loader to 64-bit C. Two ways lead in, with interrupts off.

   In 32-bit protected mode without paging:
   - Xen (PVH), QEMU and others find it through the ELF note
     XEN_ELFNOTE_PHYS32_ENTRY (xen/elfnote.h); EBX points to hvm_start_info
     (docs/misc/pvh.pandoc of Xen);
   - GRUB finds it through the Multiboot2 header (Multiboot2 Specification 2.0,
     sections 3.1 and 3.3); EAX is its magic number, EBX points to its tags.

   In 64-bit mode, with what is below 1 GiB mapped where it is, at the entry of the ELF
   file: loaders that follow Linux's 64-bit boot protocol (Documentation/arch/x86/boot.rst,
   section 1.18) with an uncompressed kernel, such as Firecracker's older ones; RSI points to
   boot_params. */

        .section .note.Xen, "a", @note
        .balign 4
        .long 4, 4, 18                  /* sizes of name and value; PHYS32_ENTRY */
        .asciz "Xen"
        .long start32

        .section .multiboot, "a"
        .balign 8
multiboot:
        .long 0xe85250d6, 0, multiboot_end - multiboot
        .long -(0xe85250d6 + multiboot_end - multiboot)
        .short 3, 0                     /* the entry, as the file's own is another */
        .long 12
        .long start32
        .balign 8
        .short 0, 0                     /* the end */
        .long 8
multiboot_end:

        /* In either mode. */
        .macro clear_bss
        movl    $bss_start, %edi
        movl    $_end, %ecx
        subl    %edi, %ecx
        shrl    $2, %ecx
        xorl    %eax, %eax
        rep stosl
        .endm

        /* The first 4 GiB where they are, by pages of 2 MiB: PRESENT is 1,
           WRITE 2, LARGE 0x80 (Intel SDM, volume 3, section 4.5). paging.c
           protects and extends this later. */
        .macro make_page_tables
        movl    $page_directories + 3, %eax
        movl    $page_pointers, %edi
        movl    $4, %ecx
1:      movl    %eax, (%edi)
        addl    $4096, %eax
        addl    $8, %edi
        loop    1b
        movl    $0x83, %eax
        movl    $page_directories, %edi
        movl    $4 * 512, %ecx
1:      movl    %eax, (%edi)
        addl    $0x200000, %eax
        addl    $8, %edi
        loop    1b
        movl    $page_pointers + 3, page_root
        .endm

        .set CR4_FLAGS, 0x620           /* PAE, OSFXSR, OSXMMEXCPT */
        .set EFER, 0xc0000080
        .set EFER_FLAGS, 0x101          /* LME, SCE */
        .set CR0_WITHOUT, 0x6000000c    /* CD, NW, TS, EM */
        .set CR0_FLAGS, 0x80010022      /* PG, WP, NE, MP */

        .section .text.boot, "ax"
        .code32
start32:
        cld
        movl    %eax, %ebp
        movl    %ebx, %esi

        /* 64-bit mode (Intel SDM, volume 2, CPUID: EDX bit 29 of 0x80000001). */
        movl    $0x80000000, %eax
        cpuid
        cmpl    $0x80000001, %eax
        jb      no_long_mode
        movl    $0x80000001, %eax
        cpuid
        btl     $29, %edx
        jnc     no_long_mode

        clear_bss
        make_page_tables
        movl    %cr4, %eax
        orl     $CR4_FLAGS, %eax
        movl    %eax, %cr4
        movl    $page_root, %eax
        movl    %eax, %cr3
        movl    $EFER, %ecx
        rdmsr
        orl     $EFER_FLAGS, %eax
        wrmsr
        movl    %cr0, %eax
        andl    $~CR0_WITHOUT, %eax
        orl     $CR0_FLAGS, %eax
        movl    %eax, %cr0
        lgdt    gdt_register
        ljmp    $8, $start64

        /* To the port that Xen logs, and to the serial one; then the end, for QEMU as in
           machine.c. */
no_long_mode:
        movl    $no_long_mode_message, %esi
        movw    $0x3f8, %dx
1:      lodsb
        testb   %al, %al
        jz      2f
        outb    %al, $0xe9
        outb    %al, %dx
        jmp     1b
2:      movb    $70, %al
        outb    %al, $0xf4
3:      hlt
        jmp     3b

        .section .rodata
no_long_mode_message:
        .asciz "panic: the processor has no 64-bit mode\r\n"

        .section .text.boot, "ax"
        .code64
        .globl start_linux
start_linux:
        cli
        cld
        movl    $0x53726448, %ebp       /* "HdrS", where another loader has its magic */
        clear_bss
        make_page_tables
        movl    $boot_stack_top, %esp
        movq    %cr4, %rax
        orl     $CR4_FLAGS, %eax
        movq    %rax, %cr4
        movl    $page_root, %eax
        movq    %rax, %cr3
        movl    $EFER, %ecx
        rdmsr
        orl     $EFER_FLAGS, %eax
        wrmsr
        movq    %cr0, %rax
        andl    $~CR0_WITHOUT, %eax
        orl     $CR0_FLAGS, %eax
        movq    %rax, %cr0
        lgdt    gdt_register
        pushq   $8
        pushq   $start64
        lretq

start64:
        movl    $0x10, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        xorl    %eax, %eax
        movl    %eax, %fs
        movl    %eax, %gs
        movl    $boot_stack_top, %esp
        fninit
        pushq   $0x1f80                 /* all SSE exceptions masked */
        ldmxcsr (%rsp)
        popq    %rax
        movl    %ebp, %edi
        movl    %esi, %esi
        xorl    %ebp, %ebp
        call    start
1:      hlt
        jmp     1b

        .data
        .balign 16
        .globl gdt
gdt:    .quad 0
        .quad 0x00af9b000000ffff        /* 0x08: 64-bit code */
        .quad 0x00cf93000000ffff        /* 0x10: data */
        .quad 0, 0                      /* 0x18: the TSS, filled in by trap.c */
gdt_register:
        .word . - gdt - 1
        .quad gdt

        .bss
        .balign 4096
        .globl page_root, page_pointers, page_directories
page_root:        .skip 4096
page_pointers:    .skip 4096
page_directories: .skip 4 * 4096

        /* Below each stack a page that paging.c takes out of the map. */
        .globl trap_stack_guard, trap_stack_top
        .globl syscall_stack_guard, syscall_stack_top
trap_stack_guard:    .skip 4096
                     .skip 4 * 4096
trap_stack_top:
syscall_stack_guard: .skip 4096
                     .skip 2 * 4096
syscall_stack_top:
                     .skip 2 * 4096
boot_stack_top:

        .section .note.GNU-stack, "", @progbits
