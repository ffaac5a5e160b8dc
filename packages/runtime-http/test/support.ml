(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

(* A test that hangs has failed. *)
let run promise =
  Lwt_main.run
    (Lwt.pick
       [ promise; (Lwt_unix.sleep 30. >>= fun () -> Lwt.fail_with "it hangs") ])

let case name test = Alcotest.test_case name `Quick test
let lwt_case name test = case name (fun () -> run (test ()))

let contains part text =
  let n = String.length part in
  let rec at i =
    i + n <= String.length text && (String.sub text i n = part || at (i + 1))
  in
  at 0

let check_contains what part text =
  if not (contains part text) then
    Alcotest.failf "%s: %S does not contain %S" what text part

(* The lines that the server logs meanwhile. *)
let logged test =
  let lines = ref [] and before = !HTTP.log in
  (HTTP.log := fun line -> lines := line :: !lines);
  Lwt.finalize test (fun () ->
      HTTP.log := before;
      Lwt.return_unit)
  >|= fun result -> (result, List.rev !lines)

module Memory_kv = struct
  type 'a io = 'a Lwt.t
  type page_aligned_buffer = Cstruct.t
  type error = Unknown_key of string
  type t = (string * string) list
  type id = t

  let id t = t
  let connect id = Lwt.return (`Ok id)
  let disconnect _ = Lwt.return_unit

  let find t key use =
    match List.assoc_opt key t with
    | None -> Lwt.return (`Error (Unknown_key key))
    | Some value -> Lwt.return (`Ok (use value))

  let size t key = find t key (fun v -> Int64.of_int (String.length v))

  let read t key offset length =
    find t key (fun v ->
        let length = max 0 (min length (String.length v - offset)) in
        let half = length / 2 in
        [
          Cstruct.of_string (String.sub v offset half);
          Cstruct.of_string (String.sub v (offset + half) (length - half));
        ])
end
