(* SPDX-License-Identifier: ISC *)

(** What programs of 2013, before devices were arguments of functors, find in the
    module [OS]. *)

module Make
    (C : V1_LWT.CONSOLE with type id = string)
    (B : V1_LWT.BLOCK with type id = string)
    (P : V1_LWT.IO_PAGE) : sig
  (** The one console. *)
  module Console : sig
    type t = C.t

    val t : t

    (** [log line] prints it in the background, [log_s line] waits until it is
        printed. *)
    val log : string -> unit

    val log_s : string -> unit Lwt.t
    val write : t -> string -> int -> int -> int

    (** The number of octets written, which is all of them. *)
    val write_all : t -> string -> int -> int -> int Lwt.t
  end

  (** Folders that were compiled in, and disks, by their names. *)
  module Devices : sig
    type id = string

    class type kv_ro = object
      (** The keys, one after the other. *)
      method iter_s : (string -> unit Lwt.t) -> unit Lwt.t

      (** The value of a key, in pieces. *)
      method read : string -> Cstruct.t Lwt_stream.t option Lwt.t

      (** Bytes of a value. *)
      method size : string -> int64 option Lwt.t
    end

    (** [find_kv_ro "static"] is the folder of [fs-static]. *)
    val find_kv_ro : string -> kv_ro option Lwt.t

    (** [with_kv_ro name f] fails with [Not_found] where {!find_kv_ro} finds nothing. *)
    val with_kv_ro : string -> (kv_ro -> 'a Lwt.t) -> 'a Lwt.t

    (** Makes a folder known: what [mirage configure] generates calls it. *)
    val add_kv_ro :
      string ->
      keys:string list ->
      size:(string -> [ `Ok of int64 | `Error of 'e ] Lwt.t) ->
      read:(string -> int -> int -> [ `Ok of Cstruct.t list | `Error of 'e ] Lwt.t) ->
      unit

    class type blkif = object
      method id : id
      method destroy : unit
      method ppname : string

      (** [read_512 sector count] is the octets of [count] sectors of 512 octets. *)
      method read_512 : int64 -> int64 -> Cstruct.t Lwt_stream.t

      (** [write_page offset page] writes a page at an offset in octets, which has to
          be that of a sector. *)
      method write_page : int64 -> P.t -> unit Lwt.t

      (** In octets, like [size]. *)
      method sector_size : int

      method size : int64
      method readwrite : bool
    end

    (** [find_blkif "disk"] is the image of [block-disk]. *)
    val find_blkif : id -> blkif option Lwt.t

    val with_blkif : id -> (blkif -> 'a Lwt.t) -> 'a Lwt.t

    (** [listen f] calls [f] with the name of each disk, then waits for more, until it
        is cancelled. *)
    val listen : (id -> unit Lwt.t) -> unit Lwt.t

    (** Makes a disk known. *)
    val add_blkif : id -> B.t -> unit Lwt.t
  end

  module Block : sig
    include V1_LWT.BLOCK with type t = B.t and type id = string

    module type S =
      V1_LWT.BLOCK
        with type id = string
         and type page_aligned_buffer = Cstruct.t
         and type t = B.t

    (** The one driver, whatever kind is asked for. *)
    val find : string -> (module S) Lwt.t
  end

  module Activations : sig
    (** Prints nothing. *)
    val dump : unit -> unit
  end
end

(** Buffers, whose [length] was [len]. *)
module Cstruct : sig
  include module type of struct
    include Cstruct
  end

  val len : t -> int
end

(** Addresses, as libraries of 2013 and 2014 read them: what is none is [None]. *)
module Ipaddr : sig
  include module type of struct
    include Ipaddr
  end

  module V4 : sig
    include module type of struct
      include Ipaddr.V4
    end

    val of_string : string -> t option

    module Prefix : sig
      include module type of struct
        include Ipaddr.V4.Prefix
      end

      val of_string : string -> t option
    end
  end

  module V6 : sig
    include module type of struct
      include Ipaddr.V6
    end

    val of_string : string -> t option

    module Prefix : sig
      include module type of struct
        include Ipaddr.V6.Prefix
      end

      val of_string : string -> t option
    end
  end

  val of_string : string -> t option
end

(** Drivers that had to be registered. *)
module Registered : sig
  val register : unit -> unit Lwt.t
end
