(* Written by mirage configure from two.conf. *)

module Manager = struct
  include Net_manager.Make (Console) (OS.Time) (Clock) (Random) (Netif)

  let create callback =
    let on_event event = OS.Status.report (Stack_event.to_string event) in
    create ~devices:[ "net"; "eth1" ] ~on_event callback
end

module Flow = Manager.Flow
module Datagram = Manager.Datagram
module Channel = Manager.Channel
