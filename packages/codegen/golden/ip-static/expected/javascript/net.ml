(* Written by mirage configure from ping.conf. *)

module Manager = Net_manager.Make (Console) (OS.Time) (Clock) (Random) (Netif)
module Flow = Manager.Flow
module Datagram = Manager.Datagram
module Channel = Manager.Channel
