/* SPDX-License-Identifier: ISC */

/* From a loader to C at the image's own addresses. Loaders of Linux's Image (Documentation/
   arch/arm64/booting.rst) put the file at a multiple of 2 MiB, wherever memory is, and enter
   its first word with the MMU off, the device tree's address in X0, at EL2 or EL1. To UEFI the
   same file is a program (PE Format, Microsoft): efi.c makes of it what such loaders do. */

        .set    PE_HEADER, 4096

        .section .text.boot, "ax"
        .globl _start
_start:
        ccmp    x18, #0, #0xd, pl       /* "MZ", and otherwise without effect */
        b       start
        .quad   0                       /* the image begins at a multiple of 2 MiB */
        .quad   image_octets
        .quad   0xa                     /* little endian, pages of 4 KiB, anywhere */
        .quad   0, 0, 0
        .ascii  "ARM\x64"
        .long   pe - _start

pe:     .ascii  "PE\0\0"
        .short  0xaa64, 2               /* for these processors, two sections */
        .long   0, 0, 0
        .short  sections - optional
        .short  0x206                   /* a program without line numbers and symbols */
optional:
        .short  0x20b, 0                /* 64-bit */
        .long   pe_text_octets, pe_data_octets, 0
        .long   efi_start - _start
        .long   PE_HEADER
        .quad   0                       /* at any address */
        .long   PE_HEADER, 512          /* alignment of sections in memory, in the file */
        .long   0, 0, 0, 0
        .long   image_octets
        .long   PE_HEADER
        .long   0
        .short  10, 0x100               /* for UEFI; what is writable need not be executable */
        .quad   0, 0, 0, 0
        .long   0, 6
        .quad   0, 0, 0, 0, 0, 0
sections:
        .ascii  ".text\0\0\0"
        .long   pe_text_octets, PE_HEADER, pe_text_octets, PE_HEADER
        .long   0, 0, 0, 0x60000020
        .ascii  ".data\0\0\0"
        .long   pe_data_octets, pe_data_start, pe_data_file_octets, pe_data_start
        .long   0, 0, 0, 0xc0000040
        .balign PE_HEADER

/* (image handle, system table), the MMU on, memory at its physical addresses. */
efi_start:
        stp     x29, x30, [sp, #-16]!
        bl      efi_take_over           /* X0: device tree, X1: the image's copy, or 0 */
        cbz     x1, 1f
        adrp    x2, _start
        add     x2, x2, :lo12:_start
        adr     x3, mmu_off
        sub     x3, x3, x2
        add     x3, x3, x1
        br      x3
1:      mov     x0, #3                  /* EFI_UNSUPPORTED */
        movk    x0, #0x8000, lsl #48
        ldp     x29, x30, [sp], #16
        ret

mmu_off:
        msr     daifset, #0xf
        mov     x4, #0x1005             /* MMU, caches */
        mrs     x2, CurrentEL
        cmp     x2, #2 << 2
        b.ne    1f
        mrs     x2, sctlr_el2
        bic     x2, x2, x4
        msr     sctlr_el2, x2
        b       2f
1:      mrs     x2, sctlr_el1
        bic     x2, x2, x4
        msr     sctlr_el1, x2
2:      isb
        br      x1

/* Registers as at reset in the levels above are not counted on. */
start:
        msr     daifset, #0xf
        mov     x20, x0
        mrs     x0, CurrentEL
        cmp     x0, #2 << 2
        b.ne    at_el1

        /* EL1 is 64-bit; it owns the timers, floating point and the interrupt controller's
           registers. */
        mov     x0, #1 << 31
        msr     hcr_el2, x0
        mov     x0, #3
        msr     cnthctl_el2, x0
        msr     cntvoff_el2, xzr
        mov     x0, #0x33ff
        msr     cptr_el2, x0
        msr     hstr_el2, xzr
        mrs     x0, midr_el1
        msr     vpidr_el2, x0
        mrs     x0, mpidr_el1
        msr     vmpidr_el2, x0
        mrs     x0, id_aa64pfr0_el1
        ubfx    x0, x0, #24, #4
        cbz     x0, 1f
        mov     x0, #9                  /* SRE, and EL1 may have it as well */
        msr     S3_4_C12_C9_5, x0       /* ICC_SRE_EL2 */
        isb
1:      ldr     x0, =0x30d00800         /* what is always 1; everything off */
        msr     sctlr_el1, x0
        mov     x0, #0x3c5              /* EL1h, nothing is let through */
        msr     spsr_el2, x0
        adr     x0, at_el1
        msr     elr_el2, x0
        eret

at_el1:
        ldr     x0, =0x30d00800
        msr     sctlr_el1, x0
        isb

        /* No cache holds what was there before: it is written past the caches now. */
        adrp    x0, bss_start
        add     x0, x0, :lo12:bss_start
        adrp    x1, _end
        add     x1, x1, :lo12:_end
        mov     x21, x0
        mov     x22, x1
1:      stp     xzr, xzr, [x0], #16
        cmp     x0, x1
        b.lo    1b
        bl      drop_cached

        msr     spsel, #1
        adrp    x0, boot_stack_top
        add     sp, x0, :lo12:boot_stack_top
        adrp    x0, _start
        add     x0, x0, :lo12:_start
        mov     x1, x20
        bl      paging_make             /* (where the image is, the device tree) */
        bl      drop_cached

        adrp    x0, page_root
        add     x0, x0, :lo12:page_root
        msr     ttbr0_el1, x0
        mov     x0, #0x04ff             /* 0: cached memory, 1: registers of devices */
        msr     mair_el1, x0

        /* 48 bits of addresses, pages of 4 KiB, tables cached, nothing by TTBR1; physical
           addresses of as many bits as the processor has. */
        ldr     x0, =0x803510
        mrs     x1, id_aa64mmfr0_el1
        and     x1, x1, #0xf
        mov     x2, #5
        cmp     x1, x2
        csel    x1, x1, x2, lo
        orr     x0, x0, x1, lsl #32
        msr     tcr_el1, x0
        mov     x0, #3 << 20            /* floating point */
        msr     cpacr_el1, x0
        tlbi    vmalle1
        ic      iallu
        dsb     sy
        isb
        ldr     x0, =0x30d8180d         /* MMU and caches on; what is writable is no code */
        msr     sctlr_el1, x0
        isb
        ldr     x0, =at_own_address
        br      x0

at_own_address:
        /* Exceptions have this stack, everything else that of SP_EL0. */
        ldr     x0, =trap_stack_top
        mov     sp, x0
        msr     spsel, #0
        ldr     x0, =boot_stack_top
        mov     sp, x0
        mov     x29, xzr
        mov     x30, xzr
        mov     x0, x20
        bl      arch_start              /* (the device tree) */
1:      wfi
        b       1b

/* From X21 to X22. */
drop_cached:
        mrs     x0, ctr_el0
        ubfx    x0, x0, #16, #4
        mov     x1, #4
        lsl     x1, x1, x0
        sub     x2, x1, #1
        bic     x0, x21, x2
        dsb     sy
1:      dc      ivac, x0
        add     x0, x0, x1
        cmp     x0, x22
        b.lo    1b
        dsb     sy
        ret

        .ltorg

        .bss
        .balign 4096
        .globl page_root
page_root:        .skip 4096

        /* Below each stack a page that is not in the map. */
        .globl trap_stack_guard, trap_stack_top
trap_stack_guard: .skip 4096
                  .skip 4 * 4096
trap_stack_top:
                  .skip 4 * 4096
        .globl boot_stack_top           /* later that of signals */
boot_stack_top:

        .section .note.GNU-stack, "", @progbits
