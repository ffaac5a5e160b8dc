(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module Make
    (C : V1_LWT.CONSOLE with type id = string)
    (B : V1_LWT.BLOCK with type id = string)
    (P : V1_LWT.IO_PAGE) =
struct
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
    let write_all t text off len = C.write_all t text off len >|= fun () -> len
  end

  module Devices = struct
    type id = string

    class type kv_ro = object
      method iter_s : (string -> unit Lwt.t) -> unit Lwt.t
      method read : string -> Cstruct.t Lwt_stream.t option Lwt.t
      method size : string -> int64 option Lwt.t
    end

    let folders : (string, kv_ro) Hashtbl.t = Hashtbl.create 4
    let find_kv_ro name = Lwt.return (Hashtbl.find_opt folders name)

    let with_ devices name f =
      match Hashtbl.find_opt devices name with
      | Some device -> f device
      | None -> Lwt.fail Not_found

    let with_kv_ro name f = with_ folders name f

    let add_kv_ro name ~keys ~size ~read =
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
           method iter_s f = Lwt_list.iter_s f keys
           method read = read
           method size = size
        end)

    class type blkif = object
      method id : id
      method destroy : unit
      method ppname : string
      method read_512 : int64 -> int64 -> Cstruct.t Lwt_stream.t
      method write_page : int64 -> P.t -> unit Lwt.t
      method sector_size : int
      method size : int64
      method readwrite : bool
    end

    let disks : (string, blkif) Hashtbl.t = Hashtbl.create 4
    let find_blkif name = Lwt.return (Hashtbl.find_opt disks name)
    let with_blkif name f = with_ disks name f

    let page () = P.to_cstruct (P.get 1)

    let or_fail what done_ =
      match done_ with
      | `Ok () -> Lwt.return_unit
      | `Error _ -> Lwt.fail (Failure ("the disk fails to " ^ what))

    (* In pages: nothing is read before it is asked for. *)
    let read_512 disk sector_size first count =
      let at = Int64.mul first 512L and left = ref (Int64.mul count 512L) in
      let at = ref at in
      Lwt_stream.from (fun () ->
          if !left <= 0L then Lwt.return_none
          else begin
            let size = Int64.of_int sector_size in
            let skipped = Int64.to_int (Int64.rem !at size) in
            let asked = min (Int64.add (Int64.of_int skipped) !left) 4096L in
            let sectors = (Int64.to_int asked + sector_size - 1) / sector_size in
            let buffer = Cstruct.sub (page ()) 0 (sectors * sector_size) in
            B.read disk (Int64.div !at size) [ buffer ] >>= or_fail "read"
            >|= fun () ->
            let there = Cstruct.length buffer - skipped in
            let length = min there (Int64.to_int (min !left 4096L)) in
            at := Int64.add !at (Int64.of_int length);
            left := Int64.sub !left (Int64.of_int length);
            Some (Cstruct.sub buffer skipped length)
          end)

    let add_blkif name disk =
      B.get_info disk >|= fun { B.read_write; sector_size; size_sectors } ->
      Hashtbl.replace disks name
        (object
           method id = name
           method destroy = ()
           method ppname = name
           method read_512 first count = read_512 disk sector_size first count

           method write_page offset page =
             B.write disk
               (Int64.div offset (Int64.of_int sector_size))
               [ P.to_cstruct page ]
             >>= or_fail "write"

           method sector_size = sector_size
           method size = Int64.mul size_sectors (Int64.of_int sector_size)
           method readwrite = read_write
        end)

    let listen f =
      let ids = Hashtbl.fold (fun id _ ids -> id :: ids) disks [] in
      let forever, _ = Lwt.task () in
      Lwt_list.iter_s f (List.sort compare ids) >>= fun () -> forever
  end

  module Block = struct
    include B

    module type S =
      V1_LWT.BLOCK
        with type id = string
         and type page_aligned_buffer = Cstruct.t
         and type t = B.t

    let find (_ : string) = Lwt.return (module B : S)
  end

  (* Nobody has to be told of the interrupts any more. *)
  module Activations = struct
    let dump () = ()
  end
end

module Cstruct = struct
  include Cstruct

  let len = length
end

(* What could fail was an option. *)
module Ipaddr = struct
  include Ipaddr

  let option parse text =
    match parse text with Ok address -> Some address | Error _ -> None

  module V4 = struct
    include V4

    let of_string text = option of_string text

    module Prefix = struct
      include Prefix

      let of_string text = option of_string text
    end
  end

  module V6 = struct
    include V6

    let of_string text = option of_string text

    module Prefix = struct
      include Prefix

      let of_string text = option of_string text
    end
  end

  let of_string text = option of_string text
end

module Registered = struct
  let register () = Lwt.return_unit
end
