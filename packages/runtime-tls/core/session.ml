(* SPDX-License-Identifier: ISC *)

type t = {
  suite : Suite.t;
  group : Suite.Group.t;
  resumed : bool;
  server_name : string option;
  protocol : string option;
  peer : X509.Certificate.t list;
}

type secrets = { master : Key_schedule.master; finished : string }

type ticket = {
  suite : Suite.t;
  key : string;
  ticket : string;
  age_add : int32;
  lifetime : int;
  received : Ptime.t;
}

type action =
  | Emit of string
  | Emit_change_cipher_spec
  | Protect_writes of Traffic.t
  | Protect_reads of Traffic.t
  | Limit_records of int
  | Skip_early_data
  | Established of t * secrets
  | Offered of ticket
