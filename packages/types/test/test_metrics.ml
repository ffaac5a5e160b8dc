(* SPDX-License-Identifier: ISC *)

let check what expected got =
  if expected <> got then begin
    Printf.eprintf "%s: expected\n%s\ngot\n%s\n" what expected got;
    exit 1
  end

let refused what f =
  match f () with
  | exception Invalid_argument _ -> ()
  | _ -> check what "Invalid_argument" "a metric"

let counter ?labels name = Metrics.counter ~help:"H." ?labels name

let () =
  List.iter
    (fun name -> refused name (fun () -> counter name))
    [ ""; "1_total"; "a-b_total"; "a b_total"; "orders"; "é_total" ];
  refused "a gauge in _total" (fun () -> Metrics.gauge ~help:"H." "x_total");
  List.iter
    (fun label -> refused label (fun () -> counter ~labels:[ (label, "") ] "a_total"))
    [ ""; "__name"; "a-b"; "a:b"; "0" ];
  refused "le" (fun () -> Metrics.histogram ~help:"H." ~labels:[ ("le", "") ] "h");
  refused "a label twice" (fun () -> counter ~labels:[ ("a", "1"); ("a", "2") ] "b_total");
  refused "bounds" (fun () -> Metrics.histogram ~help:"H." ~buckets:[ 2.; 1. ] "h")

let () =
  let orders = counter ~labels:[ ("b", "x\"\\\n"); ("a", "") ] "orders_total" in
  Metrics.increment orders;
  Metrics.increment ~by:0.5 (counter ~labels:[ ("a", ""); ("b", "x\"\\\n") ] "orders_total");
  refused "less" (fun () -> Metrics.increment ~by:(-1.) orders);
  refused "no number" (fun () -> Metrics.increment ~by:Float.nan orders);
  refused "other labels" (fun () -> counter "orders_total");
  refused "another help" (fun () -> Metrics.counter ~help:"I." "orders_total");
  let depth = Metrics.gauge ~help:"Depth\\\nof it." "depth" in
  Metrics.set depth 1e20;
  Metrics.add depth Float.infinity;
  Metrics.measured ~help:"T." "temperature" (fun () -> -0.1);
  let took = Metrics.histogram ~help:"S." ~labels:[ ("op", "read") ] ~buckets:[ 0.1; 1. ] "took" in
  List.iter (Metrics.observe took) [ 0.1; 0.5; 7.; Float.nan ];
  refused "other buckets" (fun () -> Metrics.histogram ~help:"S." ~labels:[ ("op", "read") ] "took");
  check "the text"
    {|# HELP depth Depth\\\nof it.
# TYPE depth gauge
depth +Inf
# HELP orders_total H.
# TYPE orders_total counter
orders_total{a="",b="x\"\\\n"} 1.5
# HELP temperature T.
# TYPE temperature gauge
temperature -0.1
# HELP took S.
# TYPE took histogram
took_bucket{op="read",le="0.1"} 1
took_bucket{op="read",le="1"} 2
took_bucket{op="read",le="+Inf"} 4
took_sum{op="read"} NaN
took_count{op="read"} 4
|}
    (Metrics.to_text ());
  check "a value" "-0.1" (string_of_float (Option.get (Metrics.value "temperature")));
  check "a total" "1.5" (string_of_float (Metrics.total "orders_total"));
  check "no total" "0." (string_of_float (Metrics.total "nothing_total"))
