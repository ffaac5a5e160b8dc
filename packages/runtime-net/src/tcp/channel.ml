(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

exception Failed of string

let block_size = 4096

module Make (T : V1_LWT.TCPV4) = struct
  type +'a io = 'a Lwt.t
  type 'a io_stream = 'a Lwt_stream.t
  type buffer = Cstruct.t
  type flow = T.flow

  type t = {
    flow : T.flow;
    mutable input : Cstruct.t;
    mutable full : Cstruct.t list;  (** to be sent, last first *)
    mutable block : Cstruct.t;  (** being filled; comes after [full] *)
    mutable filled : int;
  }

  let create flow =
    {
      flow;
      input = Cstruct.empty;
      full = [];
      block = Cstruct.empty;
      filled = 0;
    }

  let to_flow t = t.flow

  (* {2 Reading} *)

  let describe = function
    | `Timeout -> "connection timed out"
    | `Refused -> "connection refused"
    | `Unknown reason -> reason

  let rec fill t =
    if Cstruct.length t.input > 0 then Lwt.return_unit
    else
      T.read t.flow >>= function
      | `Ok data ->
        t.input <- data;
        fill t
      | `Eof -> Lwt.fail End_of_file
      | `Error e -> Lwt.fail (Failed (describe e))

  (* Removes [n] octets, and then [skip] more. *)
  let take ?(skip = 0) t n =
    let data = Cstruct.sub t.input 0 n in
    t.input <- Cstruct.shift t.input (n + skip);
    data

  let read_char t =
    fill t >|= fun () -> Cstruct.get_char (take t 1) 0

  let read_some ?len t =
    match len with
    | Some len when len < 1 -> Lwt.return Cstruct.empty
    | Some _ | None ->
      fill t >|= fun () ->
      let available = Cstruct.length t.input in
      take t (match len with Some len -> min len available | None -> available)

  let read_stream ?len t =
    let left = ref len in
    Lwt_stream.from (fun () ->
        match !left with
        | Some 0 -> Lwt.return_none
        | limit ->
          Lwt.catch
            (fun () ->
              read_some ?len:limit t >|= fun data ->
              left := Option.map (fun n -> n - Cstruct.length data) limit;
              Some data)
            (function End_of_file -> Lwt.return_none | exn -> Lwt.fail exn))

  let index buf c =
    let n = Cstruct.length buf in
    let rec go i =
      if i = n then None else if Cstruct.get_char buf i = c then Some i else go (i + 1)
    in
    go 0

  let read_until t c =
    fill t >|= fun () ->
    match index t.input c with
    | Some i -> (true, take ~skip:1 t i)
    | None -> (false, take t (Cstruct.length t.input))

  (* [parts] is a line, last part first; a CR at its end goes, wherever the parts
     are divided. *)
  let rec without_cr = function
    | [] -> []
    | part :: before when Cstruct.length part = 0 -> without_cr before
    | part :: before ->
      let last = Cstruct.length part - 1 in
      if Cstruct.get_char part last = '\r' then Cstruct.sub part 0 last :: before
      else part :: before

  let read_line t =
    let rec go parts =
      Lwt.catch
        (fun () -> read_until t '\n' >|= Option.some)
        (function
          | End_of_file when parts <> [] -> Lwt.return_none
          | exn -> Lwt.fail exn)
      >>= function
      | Some (true, part) -> Lwt.return (List.rev (without_cr (part :: parts)))
      | Some (false, part) -> go (part :: parts)
      | None -> Lwt.return (List.rev parts)
    in
    go []

  (* {2 Writing} *)

  let end_block t =
    if t.filled > 0 then begin
      let data, rest = Cstruct.split t.block t.filled in
      t.full <- data :: t.full;
      t.block <- rest;
      t.filled <- 0
    end

  let room t =
    if t.filled = Cstruct.length t.block then begin
      end_block t;
      t.block <- Cstruct.create_unsafe block_size
    end;
    Cstruct.length t.block - t.filled

  let write_char t c =
    ignore (room t);
    Cstruct.set_char t.block t.filled c;
    t.filled <- t.filled + 1

  let rec write_string t s off len =
    if off < 0 || len < 0 || off > String.length s - len then
      invalid_arg "Channel.write_string"
    else if len > 0 then begin
      let n = min len (room t) in
      Cstruct.blit_from_string s off t.block t.filled n;
      t.filled <- t.filled + n;
      write_string t s (off + n) (len - n)
    end

  let write_buffer t data =
    end_block t;
    t.full <- data :: t.full

  let write_line t s =
    write_string t s 0 (String.length s);
    write_char t '\n'

  let flush t =
    end_block t;
    match List.rev t.full with
    | [] -> Lwt.return_unit
    | parts ->
      t.full <- [];
      T.writev t.flow parts

  let close t =
    Lwt.finalize (fun () -> flush t) (fun () -> T.close t.flow)
end
