/* SPDX-License-Identifier: ISC */

/* Starting the C library, which starts OCaml. */

#include "arch.h"
#include "boot.h"

#define MAX_WORDS 64

int __libc_start_main(int (*)(int, char **), int, char **, void (*)(void), void (*)(void),
                      void (*)(void));

/* The memory of OCaml's stack: a sixteenth of all, at least 256 KiB and at most
   8 MiB. OCaml takes a fault in the 64 KiB below for a stack overflow. */
static char *new_stack(void)
{
  enum { GUARD = 16, LEAST = 64, MOST = 2048 };
  u64 pages = memory_pages() / 16;
  pages = GUARD + (pages < LEAST ? LEAST : pages > MOST ? MOST : pages);
  char *stack = memory_alloc(pages);
  if (!stack) panic("no memory for the stack");
  paging_unmap((u64)stack, GUARD);
  return stack + pages * PAGE_SIZE;
}

/* What Linux gives a program: argc, argv, environment and auxiliary vector (System
   V ABI, AMD64, section 3.4.1). Words NAME=VALUE of the command line are the
   environment, the others arguments. */
static u64 vector[2 * MAX_WORDS + 32], *end_of_vector;
static u64 argc;

static void push(u64 v) { *end_of_vector++ = v; }

static int is_assignment(const char *word)
{
  while (*word && *word != '=') word++;
  return *word == '=';
}

/* Cuts the line into words, in place. */
static u32 split(char *line, char *words[MAX_WORDS])
{
  u32 n = 0;
  for (char *p = line; *p && n < MAX_WORDS; p++) {
    if (*p == ' ')
      *p = 0;
    else if (p == line || p[-1] == 0)
      words[n++] = p;
  }
  return n;
}

static void push_words(char *words[], u32 n, int assignments)
{
  for (u32 i = 0; i < n; i++)
    if (is_assignment(words[i]) == assignments) push((u64)words[i]);
}

static void push_auxiliary(void)
{
  enum { AT_NULL, AT_PHDR = 3, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_RANDOM = 25 };
  static u64 canary[2];
  struct arch_headers headers = arch_program_headers();
  if (!entropy_fill(canary, sizeof canary)) canary[0] = arch_cycles();
  push(AT_PHDR), push((u64)headers.start);
  push(AT_PHENT), push(headers.size);
  push(AT_PHNUM), push(headers.count);
  push(AT_PAGESZ), push(PAGE_SIZE);
  push(AT_RANDOM), push((u64)canary);
  push(AT_NULL), push(0);
}

static void start_main(void)
{
  __libc_start_main(ocaml_main, argc, (char **)(vector + 1), NULL, NULL, NULL);
}

const char *kernel_command_line;

void libc_start(const char *command_line)
{
  static char *words[MAX_WORDS], copy[BOOT_MAX_COMMAND_LINE];
  kernel_command_line = command_line;
  memcpy(copy, command_line, strlen(command_line));
  u32 n = split(copy, words);
  end_of_vector = vector + 1;
  push((u64) "mirage");
  push_words(words, n, 0);
  argc = vector[0] = end_of_vector - vector - 1;
  push(0);
  push_words(words, n, 1);
  push(0);
  push_auxiliary();
  arch_enter(new_stack(), start_main);
}
