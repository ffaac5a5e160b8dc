(* SPDX-License-Identifier: ISC *)

(** What a program counts and measures, by the names and in the form of Prometheus.

    {[
      let orders = Metrics.counter ~help:"Orders taken." "shop_orders_total"
      let take order = Metrics.increment orders; ...
    ]}

    A metric has a name of letters, digits, [_] and [:], and one value for each combination
    of its labels' values. All that is declared under one name has the same kind, the same
    help and the same labels; names of counters end in [_total], and no others do.

    @raise Invalid_argument for a name, a label or a declaration that does not fit *)

(** Names of labels and their values. *)
type labels = (string * string) list

(** {1 Counters} only grow. *)

type counter

(** [counter ~help ?labels name] is the counter with these labels, at 0 when it is asked for
    the first time. [help] is a sentence. *)
val counter : help:string -> ?labels:labels -> string -> counter

(** [increment ?by counter] adds [by], 1 if it is left out. @raise Invalid_argument if it is
    negative or no number *)
val increment : ?by:float -> counter -> unit

(** {1 Gauges} go up and down. *)

type gauge

val gauge : help:string -> ?labels:labels -> string -> gauge
val set : gauge -> float -> unit
val add : gauge -> float -> unit

(** {1 Histograms} count how many of the observed values are below given bounds. *)

type histogram

(** [histogram ~help ?labels ?buckets name]: [buckets] are the upper bounds in ascending
    order, {!seconds} if they are left out. *)
val histogram : help:string -> ?labels:labels -> ?buckets:float list -> string -> histogram

val observe : histogram -> float -> unit

(** From 5 ms to 10 s, for how long something takes. *)
val seconds : float list

(** {1 What somebody else keeps} is asked for when it is told; an earlier function under the
    same name and labels is replaced. *)

val counted : help:string -> ?labels:labels -> string -> (unit -> float) -> unit
val measured : help:string -> ?labels:labels -> string -> (unit -> float) -> unit

(** {1 Telling} *)

(** The value of a counter or gauge, if there is one of that name and these labels. *)
val value : ?labels:labels -> string -> float option

(** The sum over all labels of what is called [name]; 0 if there is nothing. *)
val total : string -> float

(** Everything in Prometheus's text format 0.0.4, metrics and labels in alphabetical
    order. *)
val to_text : unit -> string

(** [text/plain; version=0.0.4; charset=utf-8]. *)
val content_type : string
