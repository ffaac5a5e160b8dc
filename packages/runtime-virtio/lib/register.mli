(* SPDX-License-Identifier: ISC *)

(** Registers of devices in memory, by their address. Each access is one of that width. *)

external read8 : int -> int = "mirage_virtio_read8" [@@noalloc]
external read16 : int -> int = "mirage_virtio_read16" [@@noalloc]
external read32 : int -> int = "mirage_virtio_read32" [@@noalloc]
external write8 : int -> int -> unit = "mirage_virtio_write8" [@@noalloc]
external write16 : int -> int -> unit = "mirage_virtio_write16" [@@noalloc]
external write32 : int -> int -> unit = "mirage_virtio_write32" [@@noalloc]

(** [map address octets] makes them reachable. *)
external map : int -> int -> unit = "mirage_virtio_map" [@@noalloc]
