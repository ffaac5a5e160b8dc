(* SPDX-License-Identifier: ISC *)

let () =
  Unix.putenv "MIRAGE_STATUS_FD" "";
  Sys.set_signal Sys.sigpipe Sys.Signal_ignore;
  Alcotest.run "runtime-unix"
    (Test_os.suites @ (Test_netif.suite :: Test_ip_link.suite :: Test_sandbox.suite :: Test_devices.suites)
   @ Test_socket.suites)
