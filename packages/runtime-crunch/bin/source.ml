(* SPDX-License-Identifier: ISC *)

let notice = "Written by mirage-crunch; changes will be lost."

let implementation ~name =
  Printf.sprintf
    {|(* %s *)

external image : unit -> Cstruct.buffer = "mirage_crunch_%s"

include Crunch_kv_ro.Make (struct
  let image = image
end)
|}
    notice name

let interface ~name:_ =
  Printf.sprintf
    {|(* %s *)

include V1_LWT.KV_RO with type id = unit

val file_list : string list
|}
    notice

let stubs ~name =
  let symbol = "mirage_crunch_" ^ name in
  Printf.sprintf
    {|/* %s */

#include <caml/bigarray.h>
#include <caml/mlvalues.h>

__asm__ (
  ".section .rodata.%s, \"a\"\n"
  ".balign 4096\n"
  "%s_start:\n"
  ".incbin \"filesystem_%s.bin\"\n"
  "%s_end:\n"
  ".previous\n"
);

extern __attribute__ ((visibility ("hidden"))) const unsigned char
  %s_start[], %s_end[];

value %s (value unit)
{
  (void) unit;
  return caml_ba_alloc_dims (
    CAML_BA_CHAR | CAML_BA_C_LAYOUT | CAML_BA_EXTERNAL, 1,
    (void *) %s_start, (intnat) (%s_end - %s_start));
}
|}
    notice symbol symbol name symbol symbol symbol symbol symbol symbol symbol

let javascript ~name =
  Printf.sprintf
    {|// %s

//Provides: mirage_crunch_%s
//Requires: caml_ba_create_unsafe
function mirage_crunch_%s() {
  var image = globalThis.mirageImage("%s");
  return caml_ba_create_unsafe(12, 0, [image.length], image);
}
|}
    notice name name name
