(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

let main manager (_ : Net.Manager.interface) (id : Net.Manager.id) =
  print_endline id;
  Net.Datagram.UDPv4.recv manager (None, 7) (fun peer data ->
      Net.Datagram.UDPv4.send manager peer data >>= fun () ->
      OS.Time.sleep 0.)
