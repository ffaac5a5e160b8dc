(* SPDX-License-Identifier: ISC *)

open Cohttp

(* cohttp 5 keeps the order of fields; cohttp 4 turns those of one name round. *)
let keeps_order =
  Header.get_multi (Header.of_list [ ("a", "1"); ("a", "2") ]) "a" = [ "1"; "2" ]

(* From the fields of a request, the last one first. *)
let headers fields = Header.of_list (if keeps_order then List.rev fields else fields)
let iter_headers f headers = Header.fold (fun name value () -> f name value) headers ()

let request ~meth ~target ~version ~encoding headers =
  { Request.meth; resource = target; version; headers; encoding; scheme = None }

let request_encoding = Request.encoding
let response_encoding = Response.encoding

let response ~status ~encoding headers =
  {
    Response.status;
    encoding;
    headers;
    version = `HTTP_1_1;
    flush = true;
  }
