open Lwt

let address text = Ipaddr.V4.of_string_exn text

let serve _ chan =
  match_lwt Net.Flow.read chan with
  | None -> Net.Flow.close chan
  | Some data -> Net.Flow.write chan data

let main () =
  Net.Manager.create (fun manager interface id ->
      OS.Console.log (OS.Netif.string_of_id id);
      Net.Manager.configure interface
        (`IPv4 (address "10.0.0.2", address "255.255.255.0", [])) >>
      Net.Flow.listen manager (`TCPv4 ((None, 7), serve)))
