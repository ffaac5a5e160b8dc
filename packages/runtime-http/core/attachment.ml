(* SPDX-License-Identifier: ISC *)

type prepared = { response : Cohttp.Response.t; lines : string }

type t =
  | Views of Cstruct.t list * prepared option
  | Takeover of (Reader.t -> Output.t -> unit Lwt.t)

type stream = string Lwt_stream.t

(* Nearly always a body is claimed before another one is made. Those that are not
   lie in [others] while anybody has the stream. *)
let last : (stream * t) option ref = ref None
let others : (stream Weak.t * t) list ref = ref []

let remember stream t =
  (match !last with
  | None -> ()
  | Some (stream, t) ->
      let weak = Weak.create 1 in
      Weak.set weak 0 (Some stream);
      others := (weak, t) :: List.filter (fun (w, _) -> Weak.check w 0) !others);
  last := Some (stream, t)

let max_piece = 64 * 1024

let strings views =
  let rest = ref views in
  let rec next () =
    match !rest with
    | [] -> None
    | view :: others when Cstruct.length view <= max_piece ->
        rest := others;
        if Cstruct.length view = 0 then next () else Some (Cstruct.to_string view)
    | view :: others ->
        let piece, left = Cstruct.split view max_piece in
        rest := left :: others;
        Some (Cstruct.to_string piece)
  in
  next

let body t =
  let next =
    match t with Views (views, _) -> strings views | Takeover _ -> fun () -> None
  in
  let stream = Lwt_stream.from_direct next in
  remember stream t;
  Cohttp_lwt.Body.of_stream stream

let claim (body : Cohttp_lwt.Body.t) =
  match body with
  | `Empty | `String _ | `Strings _ -> None
  | `Stream stream -> (
      match !last with
      | Some (s, t) when s == stream ->
          last := None;
          Some t
      | Some _ | None ->
          let is_it (weak, _) =
            match Weak.get weak 0 with Some s -> s == stream | None -> false
          in
          let found, rest = List.partition is_it !others in
          others := rest;
          (match found with (_, t) :: _ -> Some t | [] -> None))
