(* SPDX-License-Identifier: ISC *)

module Make (B : V1_LWT.BLOCK) (P : V1_LWT.IO_PAGE) = struct
  open Lwt_result.Syntax

  type +'a io = 'a Lwt.t
  type id = B.t
  type block_device_error = B.error
  type error = block_device_error Fat_device.error
  type page_aligned_buffer = Cstruct.t

  type stat = {
    filename : string;
    read_only : bool;
    directory : bool;
    size : int64;
  }

  type t = {
    block : B.t;
    device : B.error Fat_device.t;
    lock : Lwt_mutex.t;
    mutable volume : (B.error Fat_volume.t, error) result;
  }

  let on_block operation =
    Lwt.map
      (function `Ok x -> Ok x | `Error error -> Error (`Block_device error))
      operation

  (* Pages for the sectors that contain a stretch of octets: the first sector, the
     memory, and where in it the stretch starts. *)
  let frame ~sector offset length =
    let first = offset / sector in
    let stop = Fat_geometry.divide_up (offset + length) sector in
    let size = (stop - first) * sector in
    let pages = P.get ((size + 4095) / 4096) in
    let memory = Cstruct.sub (P.to_cstruct pages) 0 size in
    (Int64.of_int first, memory, offset - (first * sector))

  let read_octets block ~sector offset length =
    let first, memory, start = frame ~sector offset length in
    let+ () = on_block (B.read block first [ memory ]) in
    Cstruct.sub memory start length

  let write_octets block ~sector offset data =
    let length = Cstruct.length data in
    let first, memory, start = frame ~sector offset length in
    let is_whole = start = 0 && length = Cstruct.length memory in
    let* () =
      if is_whole then Lwt_result.return ()
      else on_block (B.read block first [ memory ])
    in
    Cstruct.blit data 0 memory start length;
    on_block (B.write block first [ memory ])

  (* Of a device that has more octets than an int can count, the first ones. *)
  let octets_of sectors sector_size =
    let most = Int64.of_int (max_int / sector_size) in
    Int64.to_int (min sectors most) * sector_size

  let device_of block ({ read_write; sector_size; size_sectors } : B.info) :
      B.error Fat_device.t =
    {
      size = octets_of size_sectors sector_size;
      sector = sector_size;
      writable = read_write;
      read = read_octets block ~sector:sector_size;
      write = write_octets block ~sector:sector_size;
    }

  let to_v1 outcome =
    Lwt.map (function Ok x -> `Ok x | Error error -> `Error error) outcome

  let mount t =
    Lwt.bind (Fat_volume.mount t.device) (function
      | Error (`Block_device _ as error) -> Lwt.return (Error error)
      | volume ->
          t.volume <- volume;
          Lwt_result.return ())

  let id t = t.block

  let connect block =
    Lwt.bind (B.get_info block) (fun info ->
        let t =
          {
            block;
            device = device_of block info;
            lock = Lwt_mutex.create ();
            volume = Error `No_space;
          }
        in
        to_v1 (Lwt_result.map (fun () -> t) (mount t)))

  let disconnect _ = Lwt.return_unit

  let with_volume t operation =
    Lwt_mutex.with_lock t.lock (fun () ->
        match t.volume with
        | Error error -> Lwt.return (`Error error)
        | Ok volume -> to_v1 (operation volume))

  let format t size =
    Lwt_mutex.with_lock t.lock (fun () ->
        to_v1
          (let* () = Fat_volume.format t.device (Int64.to_int size) in
           mount t))

  let negative name = Lwt.fail_invalid_arg (name ^ ": negative offset or length")

  let read t path offset length =
    if offset < 0 || length < 0 then negative "read"
    else with_volume t (fun volume -> Fat_volume.read volume path offset length)

  let write t path offset buffer =
    if offset < 0 then negative "write"
    else with_volume t (fun volume -> Fat_volume.write volume path offset buffer)

  let create t path = with_volume t (fun volume -> Fat_volume.create volume path)
  let mkdir t path = with_volume t (fun volume -> Fat_volume.mkdir volume path)
  let destroy t path = with_volume t (fun volume -> Fat_volume.destroy volume path)
  let listdir t path = with_volume t (fun volume -> Fat_volume.listdir volume path)

  let stat t path =
    with_volume t (fun volume ->
        let+ { Fat_volume.filename; read_only; directory; size } =
          Fat_volume.stat volume path
        in
        { filename; read_only; directory; size = Int64.of_int size })

  let size t path =
    with_volume t (fun volume ->
        let* { Fat_volume.directory; size; _ } = Fat_volume.stat volume path in
        if directory then Lwt.return (Error (`Is_a_directory path))
        else Lwt_result.return (Int64.of_int size))
end

module Fs = struct
  module Make = Make
end
