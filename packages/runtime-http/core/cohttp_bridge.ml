(* SPDX-License-Identifier: ISC *)

open Cohttp

let headers = Header.of_list
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
