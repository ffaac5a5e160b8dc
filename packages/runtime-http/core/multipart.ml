(* SPDX-License-Identifier: ISC *)

let content_range offset length size =
  Printf.sprintf "bytes %Ld-%Ld/%Ld" offset
    (Int64.pred (Int64.add offset length))
    size

let content_type boundary = "multipart/byteranges; boundary=" ^ boundary

let heads ~boundary ~content_type ~size parts =
  let head index (offset, length) =
    Printf.sprintf "%s--%s\r\ncontent-type: %s\r\ncontent-range: %s\r\n\r\n"
      (if index = 0 then "" else "\r\n")
      boundary content_type
      (content_range offset length size)
  in
  (List.mapi head parts, Printf.sprintf "\r\n--%s--\r\n" boundary)
