(* SPDX-License-Identifier: ISC *)

open Support
open Mirage_runtime_http_core

let parse_text = Head.parse ~max_fields:100
let parse lines = parse_text (String.concat "\r\n" lines ^ "\r\n\r\n")

let accepts what lines =
  match parse lines with
  | Ok { Head.request; _ } -> request
  | Error (_, reason) -> Alcotest.failf "%s: %s" what reason

let refuses status what lines =
  match parse lines with
  | Ok _ -> Alcotest.failf "%s: accepted" what
  | Error (s, reason) ->
      Alcotest.(check int) (what ^ ": " ^ reason) status (Cohttp.Code.code_of_status s)

let a_request () =
  let r =
    accepts "a request"
      [
        "POST /a%20b?q=1 HTTP/1.1"; "Host: example.org:8080"; "X-Empty:";
        "Accept: text/html"; "ACCEPT:\t*/* "; "Content-Length: 012";
      ]
  in
  Alcotest.(check string) "method" "POST" (Cohttp.Code.string_of_method r.meth);
  Alcotest.(check string) "uri" "//example.org:8080/a%20b?q=1"
    (Uri.to_string (Cohttp.Request.uri r));
  Alcotest.(check (list (list string))) "headers"
    [ [ "text/html"; "*/*" ]; [ "" ]; [] ]
    (List.map (Cohttp.Header.get_multi r.headers) [ "accept"; "x-empty"; "missing" ]);
  Alcotest.(check bool) "length" true (r.encoding = Cohttp.Transfer.Fixed 12L)

let accepted () =
  let host = "host: a" in
  let encoding lines = (accepts "encoding" lines).encoding in
  Alcotest.(check bool) "no body" true
    (encoding [ "GET / HTTP/1.1"; host ] = Fixed 0L);
  Alcotest.(check bool) "chunks" true
    (encoding [ "PUT / HTTP/1.1"; host; "transfer-encoding: Chunked" ] = Chunked);
  Alcotest.(check bool) "equal lengths" true
    (encoding [ "PUT / HTTP/1.1"; host; "content-length: 3"; "content-length: 3" ]
    = Fixed 3L);
  List.iter
    (fun line -> ignore (accepts line [ line; host ]))
    [
      "OPTIONS * HTTP/1.1"; "CONNECT a.org:443 HTTP/1.1"; "BREW /pot HTTP/1.1";
      "GET http://a.org/x HTTP/1.1"; "GET / HTTP/1.2"; "GET /\xc3\xa4 HTTP/1.1";
    ];
  ignore (accepts "HTTP/1.0 needs no host" [ "GET / HTTP/1.0" ]);
  match parse_text "GET / HTTP/1.1\nhost: a\n\n" with
  | Ok _ -> ()
  | Error (_, reason) -> Alcotest.fail reason

let refused () =
  List.iter
    (fun line -> refuses 400 line [ line; "host: a" ])
    [
      "GET"; "GET /"; "GET  / HTTP/1.1"; "GET / HTTP/1.1 "; " GET / HTTP/1.1";
      "G@T / HTTP/1.1"; "GET index.html HTTP/1.1"; "GET * HTTP/1.1";
      "GET /\127 HTTP/1.1"; "GET / FTP/1.1"; "GET / http/1.1"; "\x16\x03\x01\x02";
    ];
  List.iter
    (fun line -> refuses 400 line [ "GET / HTTP/1.1"; "host: a"; line ])
    [
      "no colon"; ": no name"; "name : space"; " folded: line"; "na me: x";
      "x: a\000b"; "x: a\rb"; "host: b"; "content-length: -1";
      "content-length: 0x10"; "content-length: "; "content-length: 1, 1";
      "content-length: 9999999999999999999"; "content-length: 1\r\ncontent-length: 2";
      "content-length: 1\r\ntransfer-encoding: chunked";
    ];
  refuses 400 "no host" [ "GET / HTTP/1.1" ];
  refuses 400 "chunks in HTTP/1.0" [ "PUT / HTTP/1.0"; "transfer-encoding: chunked" ];
  refuses 501 "gzip" [ "PUT / HTTP/1.1"; "host: a"; "transfer-encoding: gzip, chunked" ];
  refuses 501 "twice"
    [ "PUT / HTTP/1.1"; "host: a"; "transfer-encoding: chunked"; "transfer-encoding: chunked" ];
  refuses 505 "version" [ "GET / HTTP/2.0"; "host: a" ]

let never_raises =
  let piece =
    QCheck.Gen.(
      oneof
        [
          string_size ~gen:char (0 -- 8);
          oneofl
            [
              "GET"; " "; "/"; "HTTP/1.1"; "\r\n"; "\n"; ":"; "host"; "a"; "content-length";
              "transfer-encoding"; "chunked"; "1";
            ];
        ])
  in
  let text = QCheck.Gen.(map (String.concat "") (list_size (0 -- 40) piece)) in
  QCheck.Test.make ~name:"anything is parsed or refused" ~count:5_000
    (QCheck.make ~print:String.escaped text)
    (fun text ->
      match parse_text text with Ok _ | Error _ -> true)

let mime () =
  List.iter
    (fun (path, expected) ->
      Alcotest.(check string) path expected (HTTP.mime_type path))
    [
      ("index.html", "text/html; charset=utf-8"); ("a.b/C.PNG", "image/png");
      ("site.css", "text/css; charset=utf-8"); ("x.unknown", "application/octet-stream");
      ("html", "application/octet-stream"); ("", "application/octet-stream");
    ]

let keys () =
  List.iter
    (fun (uri, expected) ->
      Alcotest.(check string) uri expected (HTTP.key_of_uri (Uri.of_string uri)))
    [
      ("/", "index.html"); ("", "index.html"); ("/a/b.css?x=1#y", "a/b.css");
      ("/a%20b/", "a b/index.html"); ("http://h/c", "c"); ("/%C3%A4", "\xc3\xa4");
    ]

let suites =
  [
    ( "head",
      [
        case "a request" a_request;
        case "accepted" accepted;
        case "refused" refused;
        case "anything" (fun () -> QCheck.Test.check_exn never_raises);
      ] );
    ("helpers", [ case "content types" mime; case "keys" keys ]);
  ]
