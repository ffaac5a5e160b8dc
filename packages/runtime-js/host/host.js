// SPDX-License-Identifier: ISC
// The compiler's side of program/host.js, in the dialect of JavaScript that it reads.

//Provides: mirage_js_host
var mirage_js_host = globalThis.mirageHost;

//Provides: mirage_js_result
//Requires: caml_string_of_jsstring
// f() as OCaml's result: what it throws is an error in words.
function mirage_js_result(f) {
  try {
    return [0, f()];
  } catch (error) {
    return [1, caml_string_of_jsstring(String((error && error.message) || error))];
  }
}

//Provides: mirage_js_settle
//Requires: caml_string_of_jsstring
// Hands the end of a promise to one of two functions that the compiler has wrapped.
function mirage_js_settle(promise, done, failed) {
  promise.then(done, function (error) {
    failed(caml_string_of_jsstring(String((error && error.message) || error)));
  });
}

//Provides: mirage_js_now
//Requires: mirage_js_host
function mirage_js_now() {
  return mirage_js_host.now();
}

//Provides: mirage_js_set_timer
//Requires: mirage_js_host, caml_js_wrap_callback
function mirage_js_set_timer(seconds, f) {
  return mirage_js_host.setTimer(seconds, caml_js_wrap_callback(f));
}

//Provides: mirage_js_clear_timer
//Requires: mirage_js_host
function mirage_js_clear_timer(timer) {
  mirage_js_host.clearTimer(timer);
  return 0;
}

//Provides: mirage_js_defer
//Requires: mirage_js_host, caml_js_wrap_callback
function mirage_js_defer(f) {
  mirage_js_host.defer(caml_js_wrap_callback(f));
  return 0;
}

//Provides: mirage_js_suspend
//Requires: mirage_js_host, caml_js_wrap_callback
function mirage_js_suspend(signalled) {
  return mirage_js_host.suspend(caml_js_wrap_callback(signalled));
}

//Provides: mirage_js_view
function mirage_js_view(buffer, offset, length) {
  return buffer.data.subarray(offset, offset + length);
}

//Provides: mirage_js_buffer
//Requires: caml_ba_create_unsafe
function mirage_js_buffer(view) {
  return caml_ba_create_unsafe(12, 0, [view.length], view);
}

//Provides: mirage_js_random
//Requires: mirage_js_host
function mirage_js_random(view) {
  mirage_js_host.random(view);
  return 0;
}

//Provides: mirage_js_print
//Requires: mirage_js_host
function mirage_js_print(descriptor, view) {
  mirage_js_host.print(descriptor, view);
  return 0;
}

//Provides: mirage_js_take_output
//Requires: mirage_js_host, caml_ml_set_channel_output
// What a channel has in its buffer comes as a string with a character for each octet.
function mirage_js_take_output(channel, descriptor) {
  caml_ml_set_channel_output(channel, function (octets) {
    var view = new globalThis.Uint8Array(octets.length);
    for (var i = 0; i < view.length; i++) view[i] = octets.charCodeAt(i);
    mirage_js_host.print(descriptor, view);
  });
  return 0;
}

//Provides: mirage_js_report
//Requires: mirage_js_host, caml_jsstring_of_string
function mirage_js_report(line) {
  mirage_js_host.report(caml_jsstring_of_string(line));
  return 0;
}

//Provides: mirage_js_peer_memory
//Requires: mirage_js_host
function mirage_js_peer_memory() {
  return mirage_js_host.peerMemory();
}

//Provides: mirage_js_has_network
//Requires: mirage_js_host, caml_jsstring_of_string
function mirage_js_has_network(name) {
  return mirage_js_host.hasNetwork(caml_jsstring_of_string(name)) ? 1 : 0;
}

//Provides: mirage_js_open_network
//Requires: mirage_js_host, mirage_js_result, caml_jsstring_of_string
function mirage_js_open_network(name) {
  return mirage_js_result(function () {
    return mirage_js_host.openNetwork(caml_jsstring_of_string(name));
  });
}

//Provides: mirage_js_network_mac
//Requires: caml_string_of_jsstring
function mirage_js_network_mac(network) {
  return caml_string_of_jsstring(network.mac);
}

//Provides: mirage_js_network_listen
//Requires: caml_js_wrap_callback
function mirage_js_network_listen(network, f) {
  network.listen(caml_js_wrap_callback(f));
  return 0;
}

//Provides: mirage_js_network_send
function mirage_js_network_send(network, parts) {
  network.send(parts.slice(1));
  return 0;
}

//Provides: mirage_js_network_close
function mirage_js_network_close(network) {
  network.close();
  return 0;
}

//Provides: mirage_js_open_disk
//Requires: mirage_js_host, mirage_js_result, caml_jsstring_of_string
function mirage_js_open_disk(path) {
  return mirage_js_result(function () {
    return mirage_js_host.openDisk(caml_jsstring_of_string(path));
  });
}

//Provides: mirage_js_disk_size
function mirage_js_disk_size(disk) {
  return disk.size;
}

//Provides: mirage_js_disk_read_only
function mirage_js_disk_read_only(disk) {
  return disk.readOnly ? 1 : 0;
}

//Provides: mirage_js_disk_transfer
//Requires: mirage_js_settle, caml_jsstring_of_string, caml_js_wrap_callback
function mirage_js_disk_transfer(disk, operation, position, views, done, failed) {
  var promise = disk[caml_jsstring_of_string(operation)](position, views.slice(1));
  mirage_js_settle(promise, caml_js_wrap_callback(done), caml_js_wrap_callback(failed));
  return 0;
}
//Provides: mirage_js_disk_close
function mirage_js_disk_close(disk) {
  disk.close();
  return 0;
}

//Provides: mirage_js_sockets
//Requires: mirage_js_host, mirage_js_result
function mirage_js_sockets() {
  return mirage_js_result(function () {
    return mirage_js_host.sockets();
  });
}

//Provides: mirage_js_name_servers
//Requires: caml_string_of_jsstring
function mirage_js_name_servers(sockets) {
  return [0].concat(sockets.nameServers().map(caml_string_of_jsstring));
}

//Provides: mirage_js_tcp_listen
//Requires: caml_jsstring_of_string, caml_js_wrap_callback
function mirage_js_tcp_listen(sockets, address, port, f) {
  return sockets.listen(caml_jsstring_of_string(address), port, caml_js_wrap_callback(f));
}

//Provides: mirage_js_tcp_connect
//Requires: caml_jsstring_of_string, caml_js_wrap_callback, mirage_js_settle
function mirage_js_tcp_connect(sockets, from, address, port, done, failed) {
  var own = caml_jsstring_of_string(from);
  var promise = sockets.connect(own, caml_jsstring_of_string(address), port);
  mirage_js_settle(promise, caml_js_wrap_callback(done), caml_js_wrap_callback(failed));
  return 0;
}
//Provides: mirage_js_tcp_peer_address
//Requires: caml_string_of_jsstring
function mirage_js_tcp_peer_address(flow) {
  return caml_string_of_jsstring(flow.address);
}

//Provides: mirage_js_tcp_peer_port
function mirage_js_tcp_peer_port(flow) {
  return flow.port;
}

//Provides: mirage_js_tcp_read
//Requires: caml_js_wrap_callback, mirage_js_settle
// An empty view is the end.
function mirage_js_tcp_read(flow, done, failed) {
  mirage_js_settle(flow.read(), caml_js_wrap_callback(done), caml_js_wrap_callback(failed));
  return 0;
}

//Provides: mirage_js_tcp_write
//Requires: caml_js_wrap_callback, mirage_js_settle
function mirage_js_tcp_write(flow, views, done, failed) {
  var promise = flow.write(views.slice(1));
  mirage_js_settle(promise, caml_js_wrap_callback(done), caml_js_wrap_callback(failed));
  return 0;
}

//Provides: mirage_js_tcp_close
//Requires: caml_js_wrap_callback, mirage_js_settle
function mirage_js_tcp_close(flow, done, failed) {
  mirage_js_settle(flow.close(), caml_js_wrap_callback(done), caml_js_wrap_callback(failed));
  return 0;
}

//Provides: mirage_js_tcp_reset
function mirage_js_tcp_reset(flow) {
  flow.reset();
  return 0;
}

//Provides: mirage_js_udp_open
//Requires: caml_jsstring_of_string, caml_string_of_jsstring, caml_js_wrap_callback
// The callback gets the sender's address and port, the receiver's address, and the payload.
function mirage_js_udp_open(sockets, address, port, f) {
  var call = caml_js_wrap_callback(f);
  return sockets.bind(caml_jsstring_of_string(address), port, function (from, port, to, payload) {
    call(caml_string_of_jsstring(from), port, caml_string_of_jsstring(to), payload);
  });
}

//Provides: mirage_js_udp_port
function mirage_js_udp_port(socket) {
  return socket.own();
}

//Provides: mirage_js_udp_send
//Requires: caml_jsstring_of_string, caml_js_wrap_callback, mirage_js_settle
function mirage_js_udp_send(socket, address, port, view, done, failed) {
  var promise = socket.send(caml_jsstring_of_string(address), port, view);
  mirage_js_settle(promise, caml_js_wrap_callback(done), caml_js_wrap_callback(failed));
  return 0;
}
//Provides: mirage_js_socket_close
function mirage_js_socket_close(socket) {
  socket.close();
  return 0;
}

//Provides: mirage_js_gmtime
// A record of the type Clock.tm.
function mirage_js_gmtime(seconds) {
  var date = new globalThis.Date(globalThis.Math.floor(seconds) * 1000);
  var year = date.getUTCFullYear();
  var midnight = globalThis.Date.UTC(year, date.getUTCMonth(), date.getUTCDate());
  var newYear = globalThis.Date.UTC(year, 0, 1);
  return [
    0,
    date.getUTCSeconds(),
    date.getUTCMinutes(),
    date.getUTCHours(),
    date.getUTCDate(),
    date.getUTCMonth(),
    year - 1900,
    date.getUTCDay(),
    globalThis.Math.round((midnight - newYear) / 86400000),
    0
  ];
}
