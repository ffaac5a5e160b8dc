(* SPDX-License-Identifier: ISC *)

(** A FAT file system on any block device: FAT12, FAT16 and FAT32, with long names, as
    in Microsoft's "FAT File System Specification" 1.03.

    Paths are ["/folder/file"]; [.] and [..] are taken literally, without looking at
    the disk. The case of letters does not matter. New entries are dated 1980-01-01,
    for there is no clock here.

    Operations on one [t] run one after the other; two [t] on one device would
    destroy it. The device stays connected after [disconnect]. *)

module Make (B : V1_LWT.BLOCK) (_ : V1_LWT.IO_PAGE) : sig
  (** [connect device] succeeds on a device without a file system too, so that it can
      be formatted; until then the other operations answer
      [`Format_not_recognised].

      [format t size] chooses FAT12, FAT16 or FAT32 by the size. [`No_space] if the
      device is smaller.

      [write t path offset buffer] needs a file that exists; a gap before [offset]
      is filled with zeros. A file has up to 4 GiB - 1.

      [stat]'s [read_only] is also set if the device is. *)
  include
    V1_LWT.FS with type id = B.t and type block_device_error = B.error
end

(** The name of 2014: [Fat.Fs.Make (Block) (Io_page)]. *)
module Fs : sig
  module Make = Make
end
