(* SPDX-License-Identifier: ISC *)

(** The files of a folder of the host as values by key.

    The [id] is the folder's path. A key is a path below the folder, with or
    without a leading [/]. What is no regular file, cannot be read, or lies
    outside the folder, be it by [..] or by a symbolic link, is an unknown key.
    Each call looks at the file again. {!read} beyond the end of the value is
    cut, or empty; a negative offset or length raises [Invalid_argument]. *)

include V1_LWT.KV_RO with type id = string
