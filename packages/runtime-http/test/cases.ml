(* SPDX-License-Identifier: ISC *)

(* The kinds of input that an HTTP server meets, as a table: what arrives, octet for
   octet, and what has to come of it. The server mirrors the method and target of what it
   understands; "closed" is whether it ends the connection without being asked again. *)

type expectation = {
  statuses : int list;  (** of the answers, in their order *)
  closes : bool;
}

let kept statuses = { statuses; closes = false }
let closed statuses = { statuses; closes = true }
let host = "Host: a\r\n"
let line text = text ^ "\r\n" ^ host ^ "\r\n"
let field text = "GET / HTTP/1.1\r\n" ^ host ^ text ^ "\r\n\r\n"
let host_field text = "GET / HTTP/1.1\r\nHost:" ^ text ^ "\r\n\r\n"
let post fields body = "POST / HTTP/1.1\r\n" ^ host ^ fields ^ "\r\n" ^ body
let chunked = post "Transfer-Encoding: chunked\r\n"
let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

let request_lines =
  [
    ("a request", get, kept [ 200 ]);
    ("an absolute target", line "GET http://a/x HTTP/1.1", kept [ 200 ]);
    ("an absolute target without a path", line "GET http://a HTTP/1.1", kept [ 200 ]);
    ("an absolute target without a host", line "GET http:///x HTTP/1.1", closed [ 400 ]);
    ("an absolute target with a user", line "GET http://u@a/ HTTP/1.1", closed [ 400 ]);
    ("octets above 127 in a target", line "GET /\xc3\xa4 HTTP/1.1", kept [ 200 ]);
    ("a target of dots", line "GET /../../etc HTTP/1.1", kept [ 200 ]);
    ("a percent sign that encodes nothing", line "GET /%zz HTTP/1.1", kept [ 200 ]);
    ("no target", line "GET HTTP/1.1", closed [ 400 ]);
    ("a relative target", line "GET x HTTP/1.1", closed [ 400 ]);
    ("an asterisk for GET", line "GET * HTTP/1.1", closed [ 400 ]);
    ("an asterisk for OPTIONS", line "OPTIONS * HTTP/1.1", kept [ 200 ]);
    ("two spaces", line "GET  / HTTP/1.1", closed [ 400 ]);
    ("a tab for a space", line "GET\t/ HTTP/1.1", closed [ 400 ]);
    ("a space at the end", line "GET / HTTP/1.1 ", closed [ 400 ]);
    ("a space in front", line " GET / HTTP/1.1", closed [ 400 ]);
    ("a space in the target", line "GET /a b HTTP/1.1", closed [ 400 ]);
    ("a NUL in the target", line "GET /\000 HTTP/1.1", closed [ 400 ]);
    ("a DEL in the target", line "GET /\127 HTTP/1.1", closed [ 400 ]);
    ("a method that is no token", line "G(T / HTTP/1.1", closed [ 400 ]);
    ("a method in lower case", line "get / HTTP/1.1", kept [ 200 ]);
    ("a method that nobody knows", line "FOO / HTTP/1.1", kept [ 200 ]);
    ("CONNECT", line "CONNECT a:443 HTTP/1.1", closed [ 501 ]);
    ("CONNECT to a path", line "CONNECT /x HTTP/1.1", closed [ 400 ]);
    ("TRACE", line "TRACE / HTTP/1.1", closed [ 501 ]);
    ("no version", line "GET /", closed [ 400 ]);
    ("HTTP/0.9", "GET /\r\n\r\n", closed [ 400 ]);
    ("HTTP/2.0", line "GET / HTTP/2.0", closed [ 505 ]);
    ("HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", closed [ 505 ]);
    ("HTTP/1.2", line "GET / HTTP/1.2", kept [ 200 ]);
    ("HTTP/1.10", line "GET / HTTP/1.10", closed [ 505 ]);
    ("HTTP/11", line "GET / HTTP/11", closed [ 505 ]);
    ("a version in lower case", line "GET / http/1.1", closed [ 400 ]);
    ("another protocol", line "GET / FTP/1.1", closed [ 400 ]);
    ("TLS", "\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n", closed [ 400 ]);
    ("an empty line in front", "\r\n" ^ get, kept [ 200 ]);
    ("a LF for a line's end", "GET / HTTP/1.1\nHost: a\n\n", kept [ 200 ]);
    ("a CR within a line", line "GET /\rx HTTP/1.1", closed [ 400 ]);
    ("a long target", line ("GET /" ^ String.make 8_000 'x' ^ " HTTP/1.1"), kept [ 200 ]);
    ( "a target that is too long",
      line ("GET /" ^ String.make 9_000 'x' ^ " HTTP/1.1"),
      closed [ 414 ] );
    ("a line without an end", String.make 9_000 'x', closed [ 414 ]);
  ]

let hosts =
  [
    ("a host", host_field " a", kept [ 200 ]);
    ("a port", host_field " a:8080", kept [ 200 ]);
    ("an empty port", host_field " a:", kept [ 200 ]);
    ("an IPv4 address", host_field " 10.0.0.2:80", kept [ 200 ]);
    ("an IPv6 address", host_field " [::1]:80", kept [ 200 ]);
    ("a host with a percent-encoding", host_field " a%20b", kept [ 200 ]);
    ("no white space before the host", host_field "a", kept [ 200 ]);
    ("no host", "GET / HTTP/1.1\r\n\r\n", closed [ 400 ]);
    ("an empty host", host_field "", closed [ 400 ]);
    ("a host of white space", host_field "  \t", closed [ 400 ]);
    ("a port alone", host_field " :80", closed [ 400 ]);
    ("two hosts", field "Host: b", closed [ 400 ]);
    ("the same host twice", field "Host: a", closed [ 400 ]);
    ("a space within the host", host_field " a b/<c>", closed [ 400 ]);
    ("a path behind the host", host_field " a/b", closed [ 400 ]);
    ("a user before the host", host_field " u@a", closed [ 400 ]);
    ("a list of hosts", host_field " a, b", closed [ 400 ]);
    ("a port of letters", host_field " a:http", closed [ 400 ]);
    ("a port that is too large", host_field " a:65536", closed [ 400 ]);
    ("two ports", host_field " a:1:2", closed [ 400 ]);
    ("half an IPv6 address", host_field " [::1", closed [ 400 ]);
    ("something behind an IPv6 address", host_field " [::1]x", closed [ 400 ]);
    ("brackets around a name", host_field " [a]", closed [ 400 ]);
    ("octets above 127 in the host", host_field " \xc3\xa4", closed [ 400 ]);
    ("HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", closed [ 200 ]);
    ("HTTP/1.0 with two", "GET / HTTP/1.0\r\n" ^ host ^ host ^ "\r\n", closed [ 400 ]);
  ]

let fields =
  [
    ("an empty value", field "X:", kept [ 200 ]);
    ("a tab in a value", field "X: a\tb", kept [ 200 ]);
    ("octets above 127 in a value", field "X: \xe4", kept [ 200 ]);
    ("a name of odd characters", field "!#$%&'*+-.^_`|~: x", kept [ 200 ]);
    ("a space before the colon", field "X : a", closed [ 400 ]);
    ("a tab before the colon", field "X\t: a", closed [ 400 ]);
    ("a space in front of a name", field " X: a", closed [ 400 ]);
    ("a folded line", field "X: a\r\n b", closed [ 400 ]);
    ("a line folded by a tab", field "X: a\r\n\tb", closed [ 400 ]);
    ("no colon", field "X", closed [ 400 ]);
    ("no name", field ": x", closed [ 400 ]);
    ("a name that is no token", field "X(: a", closed [ 400 ]);
    ("a name of octets above 127", field "\xc3\xa4: a", closed [ 400 ]);
    ("a NUL in a value", field "X: a\000b", closed [ 400 ]);
    ("a CR in a value", field "X: a\rb", closed [ 400 ]);
    ("a CR before the line's end", field "X: a\r", closed [ 400 ]);
    ("a DEL in a value", field "X: a\127", closed [ 400 ]);
    ("an escape in a value", field "X: \027[2J", closed [ 400 ]);
    ( "100 fields",
      field (String.concat "\r\n" (List.init 99 (Printf.sprintf "X-%d: a"))),
      kept [ 200 ] );
    ( "101 fields",
      field (String.concat "\r\n" (List.init 100 (Printf.sprintf "X-%d: a"))),
      closed [ 431 ] );
    ("a long value", field ("X: " ^ String.make 30_000 'x'), kept [ 200 ]);
    ("a head that is too long", field ("X: " ^ String.make 40_000 'x'), closed [ 431 ]);
    ( "a head without an end",
      "GET / HTTP/1.1\r\n" ^ String.concat "" (List.init 5_000 (fun _ -> "X: abc\r\n")),
      closed [ 431 ] );
  ]

let lengths =
  [
    ("a length", post "Content-Length: 3\r\n" "abc", kept [ 200 ]);
    ("a length of zero", post "Content-Length: 0\r\n" "", kept [ 200 ]);
    ("zeros in front", post "Content-Length: 003\r\n" "abc", kept [ 200 ]);
    ("the same length twice", post "Content-Length: 3\r\nContent-Length: 3\r\n" "abc", kept [ 200 ]);
    ("two lengths", post "Content-Length: 3\r\nContent-Length: 4\r\n" "abcd", closed [ 400 ]);
    ("a list of lengths", post "Content-Length: 3, 3\r\n" "abc", closed [ 400 ]);
    ("an empty length", post "Content-Length:\r\n" "", closed [ 400 ]);
    ("a length with a sign", post "Content-Length: +3\r\n" "abc", closed [ 400 ]);
    ("a negative length", post "Content-Length: -3\r\n" "abc", closed [ 400 ]);
    ("a hexadecimal length", post "Content-Length: 0x3\r\n" "abc", closed [ 400 ]);
    ("a length with a point", post "Content-Length: 3.0\r\n" "abc", closed [ 400 ]);
    ("a length of 2^64 + 3", post "Content-Length: 18446744073709551619\r\n" "abc", closed [ 400 ]);
    ("a length that is too large", post "Content-Length: 99999999999\r\n" "", closed [ 413 ]);
    ("a length of 2^63 - 1", post "Content-Length: 9223372036854775807\r\n" "", closed [ 413 ]);
    ("a body of a GET", "GET / HTTP/1.1\r\n" ^ host ^ "Content-Length: 3\r\n\r\nabc" ^ get, kept [ 200; 200 ]);
    ( "a length and chunks",
      post "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n" "0\r\n\r\n",
      closed [ 400 ] );
    ("another transfer encoding", post "Transfer-Encoding: gzip\r\n" "", closed [ 501 ]);
    ("gzip, and then chunks", post "Transfer-Encoding: gzip, chunked\r\n" "0\r\n\r\n", closed [ 501 ]);
    ("chunks, and then gzip", post "Transfer-Encoding: chunked, gzip\r\n" "0\r\n\r\n", closed [ 501 ]);
    ("chunks twice", post "Transfer-Encoding: chunked, chunked\r\n" "0\r\n\r\n", closed [ 501 ]);
    ("a vertical tab before chunked", post "Transfer-Encoding: \011chunked\r\n" "0\r\n\r\n", closed [ 400 ]);
    ("an encoding in quotation marks", post "Transfer-Encoding: \"chunked\"\r\n" "0\r\n\r\n", closed [ 501 ]);
    ("an empty transfer encoding", post "Transfer-Encoding:\r\n" "", closed [ 501 ]);
    ( "chunks in HTTP/1.0",
      "POST / HTTP/1.0\r\n" ^ host ^ "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      closed [ 400 ] );
  ]

let chunks =
  [
    ("chunks", chunked "3\r\nabc\r\n0\r\n\r\n", kept [ 200 ]);
    ("sizes in both cases", chunked "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", kept [ 200 ]);
    ("zeros in front of a size", chunked "0003\r\nabc\r\n000\r\n\r\n", kept [ 200 ]);
    ("an extension", chunked "3;a\r\nabc\r\n0\r\n\r\n", kept [ 200 ]);
    ("an extension with a value", chunked "3;a=b;c=d\r\nabc\r\n0\r\n\r\n", kept [ 200 ]);
    ("an extension in quotation marks", chunked "3;a=\"b;\\\"c\"\r\nabc\r\n0\r\n\r\n", kept [ 200 ]);
    ("white space around an extension", chunked "3 ; a = b\r\nabc\r\n0\r\n\r\n", kept [ 200 ]);
    ("trailers", chunked "0\r\nX: a\r\nY: b\r\n\r\n", kept [ 200 ]);
    ("a request behind chunks", chunked "1\r\na\r\n0\r\n\r\n" ^ get, kept [ 200; 200 ]);
    ("a LF behind a size", chunked "3\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("a LF behind two digits", chunked "11\na\r\n0\r\n\r\n", closed [ 400 ]);
    ("a LF behind data", chunked "3\r\nabc\n0\r\n\r\n", closed [ 400 ]);
    ("a LF behind the last size", chunked "0\n\r\n", closed [ 400 ]);
    ("a LF for the last line", chunked "0\r\n\n", closed [ 400 ]);
    ("a CR within a size line", chunked "3\rx\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("a space before a size", chunked " 3\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("a space behind a size", chunked "3 \r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("a tab before a size", chunked "\t3\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("no size", chunked "\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("an extension alone", chunked ";a\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("0x before a size", chunked "0x3\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("a sign before a size", chunked "+3\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("a negative size", chunked "-3\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("an underscore within a size", chunked "1_0\r\n0123456789abcdef\r\n0\r\n\r\n", closed [ 400 ]);
    ("a size of 2^64", chunked "10000000000000000\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("a size that is too large", chunked "fffffffffffffff\r\nabc", closed [ 413 ]);
    ("a chunk longer than its size", chunked "2\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("an extension without a name", chunked "3;\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("an extension without a value", chunked "3;a=\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("an open quotation mark", chunked "3;a=\"b\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("a control character in an extension", chunked "3;a\001\r\nabc\r\n0\r\n\r\n", closed [ 400 ]);
    ("a trailer without a colon", chunked "0\r\nX\r\n\r\n", closed [ 400 ]);
    ("a trailer with a space before its colon", chunked "0\r\nX : a\r\n\r\n", closed [ 400 ]);
    ("a folded trailer", chunked "0\r\nX: a\r\n b\r\n\r\n", closed [ 400 ]);
    ("a NUL in a trailer", chunked "0\r\nX: \000\r\n\r\n", closed [ 400 ]);
    ("a request for a trailer", chunked ("0\r\n" ^ get), closed [ 400 ]);
  ]

let connections =
  [
    ("two requests at once", get ^ get, kept [ 200; 200 ]);
    ("close", field "Connection: close" ^ get, closed [ 200 ]);
    ("close in a list", field "Connection: x, Close" ^ get, closed [ 200 ]);
    ("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n" ^ get, closed [ 200 ]);
    ( "HTTP/1.0 that stays",
      "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" ^ get,
      kept [ 200; 200 ] );
    ("rubbish behind a request", get ^ "\x00\x01\x02\r\n\r\n", closed [ 200; 400 ]);
    ( "an expectation that nobody knows",
      post "Expect: teapot\r\nContent-Length: 3\r\n" "abc",
      closed [ 417 ] );
    ("a body with an expectation", post "Expect: 100-continue\r\nContent-Length: 3\r\n" "abc", kept [ 200 ]);
    ("an upgrade that nobody offers", field "Connection: upgrade\r\nUpgrade: h2c", kept [ 200 ]);
    ("an end within the request line", "GET / HT", closed []);
    ("an end within the head", "GET / HTTP/1.1\r\nHost: a\r\n", closed []);
    ("an end within the body", post "Content-Length: 3\r\n" "a", closed []);
    ("an end within a chunk", chunked "3\r\na", closed []);
    ("an end before the last chunk", chunked "3\r\nabc\r\n", closed []);
    ("nothing but empty lines", "\r\n\r\n\r\n", closed []);
  ]

let all =
  [
    ("request lines", request_lines);
    ("hosts", hosts);
    ("fields", fields);
    ("lengths", lengths);
    ("chunks", chunks);
    ("connections", connections);
  ]
