(* SPDX-License-Identifier: ISC *)

(* Prints what depends on the frame tables: what the garbage collector finds alive,
   and where exceptions come from. *)

exception Bottom of int

let[@inline] small n = if n > 2 then raise (Bottom n) else n
let[@inline never] through n = 1 + small n
let[@inline never] outer n = List.fold_left (fun sum i -> sum + through i) n [ 1; 2; 3 ]

let backtrace f =
  match f () with
  | _ -> print_endline "no exception"
  | exception e -> Printf.printf "%s\n%s" (Printexc.to_string e) (Printexc.get_backtrace ())

(* Many values are alive across each call, on the stack and in registers. *)
let rec alive depth a b c d e f g h =
  if depth = 0 then begin
    Gc.full_major ();
    String.concat "" [ a; b; c; d; e; f; g; h ]
  end
  else
    let s = String.make (depth mod 7) 'x' ^ string_of_int depth in
    let below = alive (depth - 1) h a b c d e f s in
    if depth mod 1000 = 0 then Gc.compact ();
    Digest.string (below ^ a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ s)

let rec deep n = 1 + deep (n + 1)

let () =
  Printexc.record_backtrace true;
  backtrace (fun () -> outer 0);
  backtrace (fun () -> List.find (fun i -> Array.get [||] i = i) [ 1 ]);
  backtrace (fun () -> int_of_string "none");
  let keep = Hashtbl.create 10 in
  for i = 1 to 20_000 do
    Hashtbl.replace keep (i mod 500) (List.init (i mod 10) string_of_int)
  done;
  print_endline (Digest.to_hex (alive 3000 "a" "b" "c" "d" "e" "f" "g" "h"));
  print_endline (Digest.to_hex (Digest.string (Marshal.to_string keep [])));
  (match deep 0 with
  | _ -> ()
  | exception Stack_overflow -> print_endline "Stack_overflow");
  Gc.full_major ();
  at_exit (fun () -> print_endline "the end")
