(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_tls_acme

let least = 65536
let most_of_place = 65536

module Make (B : V1_LWT.BLOCK) (P : V1_LWT.IO_PAGE) = struct
  type t = {
    device : B.t;
    length : int;  (** of a place *)
    sectors : int64;  (** of a place *)
    mutable sequence : int;  (** of the latest write; its parity is the place *)
  }

  let reason = function
    | `Unknown why -> why
    | `Disconnected -> "it is disconnected"
    | `Unimplemented -> "it cannot do that"
    | `Is_read_only -> "it cannot be written"

  let pages t =
    Cstruct.of_bigarray (P.get ((t.length + 4095) / 4096)) ~len:t.length

  let sector t place = Int64.mul (Int64.of_int place) t.sectors

  let read t place =
    let buffer = pages t in
    B.read t.device (sector t place) [ buffer ] >|= function
    | `Ok () -> Ok (Acme_state.content (Cstruct.to_string buffer))
    | `Error error -> Error (reason error)

  (* The later of two slots; nothing is taken from a device with foreign data. *)
  let latest a b =
    match (a, b) with
    | Acme_state.Foreign, _ | _, Acme_state.Foreign ->
        Error "it holds something else; give a blank disk"
    | Slot (m, a), Slot (n, b) -> Ok (if m > n then (m, a) else (n, b))
    | Slot (n, text), _ | _, Slot (n, text) -> Ok (n, text)
    | (Blank | Torn), (Blank | Torn) -> Ok (0, "{}")

  let restore t =
    read t 0 >>= fun first ->
    read t 1 >|= fun second ->
    match (first, second) with
    | Error why, _ | _, Error why -> Error why
    | Ok first, Ok second ->
        Result.bind (latest first second) (fun (sequence, text) ->
            t.sequence <- sequence;
            Result.map (fun state -> (t, state)) (Acme_state.of_string text))

  let load device =
    B.get_info device >>= fun { B.read_write; sector_size; size_sectors } ->
    let size = Int64.mul size_sectors (Int64.of_int sector_size) in
    if not read_write then Lwt.return (Error (reason `Is_read_only))
    else if Int64.compare size (Int64.of_int least) < 0 then
      Lwt.return
        (Error (Printf.sprintf "it has %Ld octets, and %d are needed" size least))
    else
      let half = Int64.div size_sectors 2L in
      let most = Int64.of_int (most_of_place / sector_size) in
      let sectors = if Int64.compare half most > 0 then most else half in
      let length = Int64.to_int sectors * sector_size in
      restore { device; length; sectors; sequence = 0 }

  let save t state =
    let sequence = t.sequence + 1 in
    let slot = Acme_state.(slot ~sequence (to_string state)) in
    if String.length slot > t.length then
      Lwt.return (Error "it is too small for the certificates")
    else begin
      let buffer = pages t in
      Cstruct.memset buffer 0;
      Cstruct.blit_from_string slot 0 buffer 0 (String.length slot);
      B.write t.device (sector t (sequence mod 2)) [ buffer ] >|= function
      | `Ok () -> Ok (t.sequence <- sequence)
      | `Error error -> Error (reason error)
    end
end
