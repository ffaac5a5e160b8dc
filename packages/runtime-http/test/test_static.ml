(* SPDX-License-Identifier: ISC *)

(* Files as a web site: what a client gets for what it says. *)

open Lwt.Infix
open Support
module Site = HTTP.Static (Memory_kv)

let page = String.init 1_000 (fun i -> Char.chr (97 + (i mod 26)))
let modified = "Sun, 06 Nov 1994 08:49:37 GMT"

let about tag =
  Printf.sprintf
    "etag %s\nlast-modified %s\ncache-control max-age=60\ncoding br\ncoding gzip\n" tag modified

(* As mirage-crunch makes it, beside a value of which nothing is known. *)
let kv =
  [
    ("index.html", page); ("index.html\000http", about "t"); ("index.html\000gzip", "zipped");
    ("index.html\000br", "brotli"); ("sub/index.html", "below"); ("sub/index.html\000http", "etag s\n");
    ("plain.bin", page); ("a b/index.html", "spaced"); ("404.html", "<h1>lost</h1>");
    ("404.html\000http", "etag l\n");
  ]

type answer = { status : int; body : string; field : string -> string option }

let request ?(meth = `GET) ?(fields = []) target =
  let headers = Cohttp.Header.of_list (("host", "a") :: fields) in
  Mirage_runtime_http_core.Cohttp_bridge.request ~meth ~target ~version:`HTTP_1_1
    ~encoding:(Fixed 0L) headers

let ask ?meth ?fields ?(kv = kv) target =
  Site.serve kv (request ?meth ?fields target) >>= fun (response, body) ->
  Cohttp_lwt.Body.to_string body >|= fun body ->
  {
    status = Cohttp.Code.code_of_status (Cohttp.Response.status response);
    body;
    field = Cohttp.Header.get (Cohttp.Response.headers response);
  }

let check what ?meth ?fields ?body ?(has = []) target status =
  ask ?meth ?fields target >|= fun answer ->
  Alcotest.(check int) (what ^ ": status") status answer.status;
  Option.iter (fun body -> Alcotest.(check string) (what ^ ": body") body answer.body) body;
  List.iter
    (fun (name, value) -> Alcotest.(check (option string)) (what ^ ": " ^ name) value (answer.field name))
    has

let rec all = function [] -> Lwt.return_unit | test :: rest -> test () >>= fun () -> all rest

let found () =
  all
    [
      (fun () ->
        check "a page" "/" 200 ~body:page
          ~has:
            [
              ("etag", Some "\"t\""); ("last-modified", Some modified); ("cache-control", Some "max-age=60");
              ("vary", Some "accept-encoding"); ("content-type", Some "text/html; charset=utf-8");
              ("accept-ranges", Some "bytes"); ("content-encoding", None);
            ]);
      (fun () -> check "with a query" "/index.html?x=1" 200 ~body:page);
      (fun () -> check "by an absolute target" "http://a/sub/" 200 ~body:"below");
      (fun () -> check "slashes in front" "///sub/index.html" 200 ~body:"below");
      (fun () -> check "encoded" "/a%20b/" 200 ~body:"spaced");
      (fun () -> check "without attributes" "/plain.bin" 200 ~body:page ~has:[ ("etag", None); ("vary", None) ]);
      (fun () -> check "HEAD" ~meth:`HEAD "/" 200);
    ]

let not_found () =
  let lost = "<h1>lost</h1>" in
  all
    [
      (fun () ->
        check "missing" "/none" 404 ~body:lost
          ~has:[ ("content-type", Some "text/html; charset=utf-8"); ("etag", None) ]);
      (fun () -> check "a missing folder" "/none/" 404 ~body:lost);
      (fun () -> check "the attributes" "/index.html%00http" 404 ~body:lost);
      (fun () -> check "a compressed form" "/index.html%00gzip" 404 ~body:lost);
      (fun () -> check "above the root" "/../index.html" 404);
      (fun () -> ask ~kv:[] "/none" >|= fun { status; body; _ } ->
        Alcotest.(check (pair int string)) "without a page" (404, "Not found") (status, body));
    ]

let folders () =
  let location value = [ ("location", Some value) ] in
  all
    [
      (fun () -> check "a folder" "/sub" 301 ~has:(location "/sub/"));
      (fun () -> check "its query stays" "/sub?a=b&c" 301 ~has:(location "/sub/?a=b&c"));
      (fun () -> check "encoded" "/a%20b" 301 ~has:(location "/a%20b/"));
      (fun () -> check "to no other host" "//sub" 301 ~has:(location "/sub/"));
      (fun () -> check "nor by a backslash" "/%5csub" 404);
      (fun () -> check "with a slash" "/sub/" 200 ~body:"below");
    ]

let methods () =
  let allow = [ ("allow", Some "GET, HEAD, OPTIONS") ] in
  all
    (List.map
       (fun meth () -> check (Cohttp.Code.string_of_method meth) ~meth "/" 405 ~has:allow)
       [ `POST; `PUT; `DELETE; `PATCH ]
    @ [
        (fun () -> check "OPTIONS" ~meth:`OPTIONS "*" 204 ~has:allow);
        (fun () -> check "FOO" ~meth:(`Other "FOO") "/" 501);
        (fun () -> check "of what is missing" ~meth:`POST "/none" 405 ~has:allow);
      ])

let conditions () =
  let later = "Mon, 07 Nov 1994 08:49:37 GMT" and earlier = "Sat, 05 Nov 1994 08:49:37 GMT" in
  let check what ?meth fields status () = check what ?meth ~fields "/" status in
  all
    [
      (fun () ->
        ask ~fields:[ ("if-none-match", "\"t\"") ] "/" >|= fun answer ->
        Alcotest.(check (pair int string)) "its tag" (304, "") (answer.status, answer.body);
        Alcotest.(check (list (option string))) "what a 304 says"
          [ Some "\"t\""; Some modified; Some "max-age=60"; Some "accept-encoding"; None ]
          (List.map answer.field [ "etag"; "last-modified"; "cache-control"; "vary"; "content-type" ]));
      check "HEAD" ~meth:`HEAD [ ("if-none-match", "\"t\"") ] 304;
      check "its tag, weak" [ ("if-none-match", "W/\"t\"") ] 304;
      check "its tag among others" [ ("if-none-match", "\"x,y\", \"t\"") ] 304;
      check "any tag" [ ("if-none-match", "*") ] 304;
      check "another tag" [ ("if-none-match", "\"x\"") ] 200;
      check "a tag without quotation marks" [ ("if-none-match", "t") ] 200;
      check "the tag comes first" [ ("if-none-match", "\"x\""); ("if-modified-since", later) ] 200;
      check "not modified since then" [ ("if-modified-since", modified) ] 304;
      check "nor since later" [ ("if-modified-since", later) ] 304;
      check "modified since" [ ("if-modified-since", earlier) ] 200;
      check "since no date" [ ("if-modified-since", "yesterday") ] 200;
      check "if it is this" [ ("if-match", "\"t\"") ] 200;
      check "if it is any" [ ("if-match", "*") ] 200;
      check "if it is another" [ ("if-match", "\"x\"") ] 412;
      check "a weak tag is none for that" [ ("if-match", "W/\"t\"") ] 412;
      check "unless modified since" [ ("if-unmodified-since", earlier) ] 412;
      check "unmodified since" [ ("if-unmodified-since", modified) ] 200;
      check "the tag comes first here as well" [ ("if-match", "\"t\""); ("if-unmodified-since", earlier) ] 200;
      check "both hold" [ ("if-match", "\"t\""); ("if-none-match", "\"t\"") ] 304;
    ]

let compressed () =
  let check what value ?body ?has () =
    check what ~fields:[ ("accept-encoding", value) ] "/" 200 ?body ?has
  in
  all
    [
      check "gzip" "gzip" ~body:"zipped"
        ~has:[ ("content-encoding", Some "gzip"); ("etag", Some "\"t-gzip\""); ("vary", Some "accept-encoding") ];
      check "br" "gzip, deflate, br" ~body:"brotli" ~has:[ ("content-encoding", Some "br") ];
      check "neither" "deflate" ~body:page ~has:[ ("content-encoding", None); ("vary", Some "accept-encoding") ];
      check "refused" "gzip;q=0, br;q=0" ~body:page;
      (fun () ->
        ask ~fields:[ ("accept-encoding", "gzip"); ("if-none-match", "\"t-gzip\"") ] "/" >|= fun answer ->
        Alcotest.(check int) "its own tag" 304 answer.status);
      (fun () ->
        ask ~fields:[ ("accept-encoding", "gzip"); ("range", "bytes=1-2") ] "/" >|= fun answer ->
        Alcotest.(check (pair int string)) "a part of it" (206, "ip") (answer.status, answer.body));
    ]

let in_parts target () =
  let ranged what value ?(fields = []) status ?body ?has () =
    check what ~fields:(("range", value) :: fields) target status ?body ?has
  in
  let range value = [ ("content-range", Some value) ] in
  all
    [
      ranged "the first" "bytes=0-9" 206 ~body:(String.sub page 0 10) ~has:(range "bytes 0-9/1000");
      ranged "the last" "bytes=-5" 206 ~body:(String.sub page 995 5) ~has:(range "bytes 995-999/1000");
      ranged "none" "bytes=1000-" 416 ~has:(range "bytes */1000");
      ranged "malformed" "bytes=x" 200 ~body:page ~has:[ ("content-range", None) ];
      ranged "if it is another" "bytes=0-9" ~fields:[ ("if-range", "\"x\"") ] 200 ~body:page;
      ranged "if a weak tag" "bytes=0-9" ~fields:[ ("if-range", "W/\"t\"") ] 200 ~body:page;
      (fun () -> check "of HEAD" ~meth:`HEAD ~fields:[ ("range", "bytes=0-9") ] target 200);
      (fun () ->
        ask ~fields:[ ("range", "bytes=0-1,500-509,-3") ] target >|= fun { status; body; field } ->
        Alcotest.(check int) "several" 206 status;
        let content_type = Option.get (field "content-type") in
        let prefix = "multipart/byteranges; boundary=" in
        let start = String.length prefix in
        Alcotest.(check string) "content type" prefix (String.sub content_type 0 start);
        let boundary = String.sub content_type start (String.length content_type - start) in
        let of_file = HTTP.mime_type (if target = "/" then "index.html" else target) in
        let part first last =
          Printf.sprintf "--%s\r\ncontent-type: %s\r\ncontent-range: bytes %d-%d/1000\r\n\r\n%s\r\n"
            boundary of_file first last
            (String.sub page first (last - first + 1))
        in
        Alcotest.(check string) "several parts"
          (part 0 1 ^ part 500 509 ^ part 997 999 ^ "--" ^ boundary ^ "--\r\n")
          body);
    ]

let if_range () =
  let check what value status () =
    check what ~fields:[ ("range", "bytes=0-9"); ("if-range", value) ] "/" status
  in
  all [ check "its tag" "\"t\"" 206; check "its date" modified 206; check "another date" "Mon, 07 Nov 1994 08:49:37 GMT" 200 ]

let old_call () =
  Site.respond kv "sub/index.html" >>= fun (_, body) ->
  Cohttp_lwt.Body.to_string body >>= fun body ->
  Alcotest.(check string) "the value" "below" body;
  let headers = Cohttp.Header.init_with "content-type" "text/x" in
  Site.respond ~headers kv "index.html" >>= fun (response, _) ->
  Alcotest.(check (option string)) "headers come first" (Some "text/x")
    (Cohttp.Header.get (Cohttp.Response.headers response) "content-type");
  Site.respond kv "sub" >|= fun (response, _) ->
  Alcotest.(check int) "no request, no redirect" 404
    (Cohttp.Code.code_of_status (Cohttp.Response.status response))

let suite =
  ( "files",
    [
      lwt_case "found" found;
      lwt_case "not found" not_found;
      lwt_case "folders" folders;
      lwt_case "methods" methods;
      lwt_case "conditions" conditions;
      lwt_case "compressed forms" compressed;
      lwt_case "ranges, by reference" (in_parts "/");
      lwt_case "ranges, read" (in_parts "/plain.bin");
      lwt_case "If-Range" if_range;
      lwt_case "without the request" old_call;
    ] )
