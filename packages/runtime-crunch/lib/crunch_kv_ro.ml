(* SPDX-License-Identifier: ISC *)

module Make (Memory : sig
  val image : unit -> Cstruct.buffer
end) =
struct
  type +'a io = 'a Lwt.t
  type t = unit
  type error = Unknown_key of string
  type id = unit
  type page_aligned_buffer = Cstruct.t

  let image =
    let memory = Memory.image () in
    Immutable_memory.register memory;
    Crunch_image.of_buffer memory

  (* A NUL is in the keys of what mirage-crunch tells a web server of the files. *)
  let file_list =
    List.filter
      (fun key -> not (String.contains key '\000'))
      (Crunch_image.keys image)

  let id () = ()
  let connect () = Lwt.return (`Ok ())
  let disconnect () = Lwt.return_unit

  let without_slashes key =
    let rec first i =
      if i < String.length key && key.[i] = '/' then first (i + 1) else i
    in
    let start = first 0 in
    String.sub key start (String.length key - start)

  let find key =
    match Crunch_image.find image (without_slashes key) with
    | None -> `Error (Unknown_key key)
    | Some value -> `Ok value

  let slice value offset length =
    let available = max 0 (Cstruct.length value - offset) in
    match min length available with
    | 0 -> []
    | length -> [ Cstruct.sub value offset length ]

  let read () key offset length =
    if offset < 0 || length < 0 then
      Lwt.fail_invalid_arg "read: negative offset or length"
    else
      Lwt.return
        (match find key with
        | `Error _ as error -> error
        | `Ok value -> `Ok (slice value offset length))

  let size () key =
    Lwt.return
      (match find key with
      | `Error _ as error -> error
      | `Ok value -> `Ok (Int64.of_int (Cstruct.length value)))
end
