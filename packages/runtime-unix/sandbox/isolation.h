/* SPDX-License-Identifier: ISC */

/* A root without anything in it, in namespaces of the process's own, and no
   capabilities. Linux only; elsewhere all of it fails with ENOSYS. */

#ifndef MIRAGE_ISOLATION_H
#define MIRAGE_ISOLATION_H

/* Takes leave of the host's namespaces while the process has one thread and all
   files are still there, and prepares the root. 0, or what went wrong. */
int mirage_isolation_prepare(void);

/* Makes that root the process's own, for all its threads; there is no way back.
   0, or what went wrong, in preparing it, too. */
int mirage_isolation_enter(void);

/* Gives up all capabilities, and the right to get any; with `low_ports` all but that to
   listen on ports below 1024. 0, or what went wrong. */
int mirage_isolation_drop_privileges(int low_ports);

#endif
