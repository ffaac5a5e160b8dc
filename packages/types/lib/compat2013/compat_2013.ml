(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module Make (C : V1_LWT.CONSOLE with type id = string) = struct
  module Console = struct
    type t = C.t

    (* Every runtime connects its console at once. *)
    let t =
      match Lwt.state (C.connect "console") with
      | Lwt.Return (`Ok console) -> console
      | Lwt.Return (`Error _) | Lwt.Fail _ | Lwt.Sleep -> failwith "no console"

    let log line = C.log t line
    let log_s line = C.log_s t line
    let write = C.write
    let write_all = C.write_all
  end

  module Devices = struct
    class type kv_ro = object
      method read : string -> Cstruct.t Lwt_stream.t option Lwt.t
      method size : string -> int64 option Lwt.t
    end

    let folders : (string, kv_ro) Hashtbl.t = Hashtbl.create 4
    let find_kv_ro name = Lwt.return (Hashtbl.find_opt folders name)

    let add_kv_ro name ~size ~read =
      let size key = size key >|= function `Ok n -> Some n | `Error _ -> None in
      let read key =
        size key >>= function
        | None -> Lwt.return_none
        | Some length -> (
            read key 0 (Int64.to_int length) >|= function
            | `Ok pieces -> Some (Lwt_stream.of_list pieces)
            | `Error _ -> None)
      in
      Hashtbl.replace folders name
        (object
           method read = read
           method size = size
        end)
  end
end
