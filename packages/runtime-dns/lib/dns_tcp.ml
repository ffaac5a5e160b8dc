(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module Make (T : sig
  type flow
  type error

  val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t
  val write_nodelay : flow -> Cstruct.t -> unit Lwt.t
end) =
struct
  let framed message =
    let length = String.length message in
    let b = Cstruct.create (2 + length) in
    Cstruct.BE.set_uint16 b 0 length;
    Cstruct.blit_from_string message 0 b 2 length;
    b

  (* A message is at most 65,535 octets, which bounds what is gathered. *)
  let rec read_message flow gathered =
    let length = String.length gathered in
    let wanted = if length < 2 then 2 else 2 + String.get_uint16_be gathered 0 in
    if length >= 2 && length >= wanted then
      Lwt.return (Ok (String.sub gathered 2 (wanted - 2)))
    else
      T.read flow >>= function
      | `Ok data -> read_message flow (gathered ^ Cstruct.to_string data)
      | `Eof | `Error _ -> Lwt.return (Error "the server ended the connection")

  let exchange flow message =
    Lwt.catch
      (fun () ->
        T.write_nodelay flow (framed message) >>= fun () ->
        read_message flow "")
      (fun _ -> Lwt.return (Error "the connection broke"))
end
