(* SPDX-License-Identifier: ISC *)

open Cohttp

let answer status headers text =
  let headers =
    Header.add_unless_exists headers "content-type" "text/plain; charset=utf-8"
  in
  let encoding = Transfer.Fixed (Int64.of_int (String.length text)) in
  (Cohttp_bridge.response ~status ~encoding headers, `String text)

let response ~allowed meth =
  let methods =
    allowed @ if List.mem `OPTIONS allowed then [] else [ `OPTIONS ]
  in
  let allow =
    Header.init_with "allow"
      (String.concat ", " (List.map Code.string_of_method methods))
  in
  match meth with
  | `OPTIONS ->
      (Cohttp_bridge.response ~status:`No_content ~encoding:(Fixed 0L) allow, `Empty)
  | `Other _ ->
      answer `Not_implemented (Header.init ()) "this method is not implemented\n"
  | _ -> answer `Method_not_allowed allow "this method is not allowed here\n"
