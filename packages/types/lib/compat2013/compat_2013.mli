(* SPDX-License-Identifier: ISC *)

(** What programs of 2013, before devices were arguments of functors, find in the
    module [OS]. *)

module Make (C : V1_LWT.CONSOLE with type id = string) : sig
  (** The one console. *)
  module Console : sig
    type t = C.t

    val t : t

    (** [log line] prints it in the background, [log_s line] waits until it is
        printed. *)
    val log : string -> unit

    val log_s : string -> unit Lwt.t
    val write : t -> string -> int -> int -> int
    val write_all : t -> string -> int -> int -> unit Lwt.t
  end

  (** Folders that were compiled in, by their names. *)
  module Devices : sig
    class type kv_ro = object
      (** The value of a key, in pieces. *)
      method read : string -> Cstruct.t Lwt_stream.t option Lwt.t

      (** Bytes of a value. *)
      method size : string -> int64 option Lwt.t
    end

    (** [find_kv_ro "static"] is the folder of [fs-static]. *)
    val find_kv_ro : string -> kv_ro option Lwt.t

    (** Makes a folder known: what [mirage configure] generates calls it. *)
    val add_kv_ro :
      string ->
      size:(string -> [ `Ok of int64 | `Error of 'e ] Lwt.t) ->
      read:(string -> int -> int -> [ `Ok of Cstruct.t list | `Error of 'e ] Lwt.t) ->
      unit
  end
end
