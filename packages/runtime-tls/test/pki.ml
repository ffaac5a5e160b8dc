(* SPDX-License-Identifier: ISC *)
(* Certificates for the tests, generated in each run. *)


open Mirage_runtime_tls_core
open X509

let random n = Versions.Octets.to_string (Mirage_crypto_rng.generate n)

let () =
  let urandom = open_in_bin "/dev/urandom" in
  let seed = Versions.Octets.of_string (really_input_string urandom 64) in
  close_in urandom;
  Mirage_crypto_rng.(set_default_generator (create ~seed (module Fortuna)))

let get = function Ok x -> x | Error (`Msg why) -> failwith why
let dn cn = [ Distinguished_name.(Relative_distinguished_name.singleton (CN cn)) ]
let now = Ptime_clock.now ()
let day n = Option.get (Ptime.add_span now (Ptime.Span.of_int_s (n * 86400)))

type issuer = { certificate : Certificate.t; key : Private_key.t }

(* [sign ~by subject key extensions] from [from] to [until] days from now. *)
let sign ?(from = -1) ?(until = 30) ~by subject key extensions =
  let request = get (Signing_request.create (dn subject) key) in
  let issuer, issuer_key =
    match by with
    | Some { certificate; key } -> (Certificate.subject certificate, key)
    | None -> (dn subject, key)
  in
  Result.get_ok
    (Result.map_error ignore
       (Signing_request.sign request ~valid_from:(day from)
          ~valid_until:(day until) ~extensions issuer_key issuer))

let authority ?by ?(kind = `P256) name =
  let key = Private_key.generate ~bits:2048 kind in
  let extensions =
    Extension.(
      empty
      |> add Basic_constraints (true, (true, None))
      |> add Key_usage (true, [ `Key_cert_sign; `CRL_sign; `Digital_signature ]))
  in
  { certificate = sign ~by name key extensions; key }

let names ?(ips = []) hosts =
  let general =
    General_name.(
      let with_hosts = if hosts = [] then empty else singleton DNS hosts in
      if ips = [] then with_hosts else add IP ips with_hosts)
  in
  Extension.(singleton Subject_alt_name (false, general))

let leaf ?from ?until ?(kind = `P256) ?(bits = 2048) ?ips ?(usage = [])
    ~by hosts =
  let key = Private_key.generate ~bits kind in
  let extensions = names ?ips hosts in
  let extensions =
    if usage = [] then extensions
    else Extension.(add Ext_key_usage (true, usage) extensions)
  in
  let cn = match hosts with [] -> "nobody" | h :: _ -> h in
  (sign ?from ?until ~by:(Some by) cn key extensions, key)

let root = authority "test root"

let identity ?from ?until ?kind ?ips ?usage ?(by = root) ?(through = []) hosts =
  let certificate, key = leaf ?from ?until ?kind ?ips ?usage ~by hosts in
  match Identity.make (certificate :: through) key with
  | Ok identity -> identity
  | Error why -> failwith why

let trust = Trust.anchors [ root.certificate ]
let pem certificate = Versions.Octets.to_string (Certificate.encode_pem certificate)
