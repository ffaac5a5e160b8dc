(* SPDX-License-Identifier: ISC *)

exception Cannot_listen of string

let protocol_name = function
  | Unix.SOCK_STREAM -> "tcp"
  | _ -> "udp"

let hint = function
  | Unix.EADDRINUSE -> "another program is using it"
  | EACCES ->
      "permission denied; ports below 1024 need root, or `setcap \
       cap_net_bind_service=+ep' on the program, or choose a higher port"
  | EADDRNOTAVAIL -> "this host does not have that address"
  | e -> Unix.error_message e

let cannot_listen kind address port why =
  let place =
    if address = Unix.inet_addr_any then ""
    else " of " ^ Unix.string_of_inet_addr address
  in
  Cannot_listen
    (Printf.sprintf "cannot listen on %s port %d%s: %s" (protocol_name kind) port
       place why)

let () =
  Printexc.register_printer (function
    | Cannot_listen text -> Some text
    | _ -> None)

let create kind = Lwt_unix.socket ~cloexec:true PF_INET kind 0

let destroy socket =
  if Lwt_unix.state socket = Lwt_unix.Opened then begin
    Lwt_unix.abort socket (Unix.Unix_error (EBADF, "socket", "closed"));
    Unix.close (Lwt_unix.unix_file_descr socket)
  end

let bound kind address port =
  if port < 0 || port > 0xffff then
    raise (cannot_listen kind address port "there is no such port");
  let socket = create kind in
  let fd = Lwt_unix.unix_file_descr socket in
  try
    if kind = Unix.SOCK_STREAM then Unix.setsockopt fd SO_REUSEADDR true;
    Unix.bind fd (ADDR_INET (address, port));
    if kind = Unix.SOCK_STREAM then Unix.listen fd 1024;
    socket
  with Unix.Unix_error (e, _, _) ->
    destroy socket;
    raise (cannot_listen kind address port (hint e))
