(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module Make (T : sig
  type flow
  type error

  val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t
  val writev_nodelay : flow -> Cstruct.t list -> unit Lwt.t
  val close : flow -> unit Lwt.t
end) =
struct
  let broken _ = Lwt.fail Transport.Broken

  let with_read read flow =
    let write parts = Lwt.catch (fun () -> T.writev_nodelay flow parts) broken in
    let close () = Lwt.catch (fun () -> T.close flow) broken in
    { Transport.read; write; close }

  let transport flow =
    let read () =
      Lwt.catch
        (fun () ->
          T.read flow >|= function
          | `Ok data -> Some data
          | `Eof | `Error _ -> None)
        (fun _ -> Lwt.return_none)
    in
    with_read read flow

  let strict_transport flow =
    let read () =
      Lwt.try_bind
        (fun () -> T.read flow)
        (function
          | `Ok data -> Lwt.return_some data
          | `Eof -> Lwt.return_none
          | `Error _ -> Lwt.fail Transport.Broken)
        broken
    in
    with_read read flow
end
