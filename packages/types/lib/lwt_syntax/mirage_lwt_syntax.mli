(* SPDX-License-Identifier: ISC *)

(** What [mirage-lwt-syntax] writes in the place of the syntax that camlp4's
    extension for Lwt had. *)

(** [lwt x = a in b] is [let* x = a in b]; bindings joined by [and] are evaluated
    together. *)
val ( let* ) : 'a Lwt.t -> ('a -> 'b Lwt.t) -> 'b Lwt.t

val ( and* ) : 'a Lwt.t -> 'b Lwt.t -> ('a * 'b) Lwt.t

(** [a >> b] is [a >>* (fun _ -> b)]. *)
val ( >>* ) : 'a Lwt.t -> ('a -> 'b Lwt.t) -> 'b Lwt.t

(** [try_lwt a with cases] is [let*! exn = fun () -> a in try raise exn with cases]:
    what no case takes is raised again. *)
val ( let*! ) : (unit -> 'a Lwt.t) -> (exn -> 'a Lwt.t) -> 'a Lwt.t

(** [try_lwt a]: an exception of OCaml becomes one of Lwt. *)
val attempt : (unit -> 'a Lwt.t) -> 'a Lwt.t

(** [try_lwt a with handler finally b]: [b] is evaluated before the handler. *)
val finally :
  (unit -> 'a Lwt.t) -> (exn -> 'a Lwt.t) -> (unit -> unit Lwt.t) -> 'a Lwt.t

(** [raise_lwt]. *)
val fail : exn -> 'a Lwt.t

(** [for_lwt i = a to b do … done], and with [downto]. *)
val up : int -> int -> (int -> unit Lwt.t) -> unit Lwt.t

val down : int -> int -> (int -> unit Lwt.t) -> unit Lwt.t

(** [for_lwt x in stream do … done]. *)
val each : 'a Lwt_stream.t -> ('a -> unit Lwt.t) -> unit Lwt.t

(** [while_lwt a do … done]. *)
val loop : (unit -> bool) -> (unit -> unit Lwt.t) -> unit Lwt.t
