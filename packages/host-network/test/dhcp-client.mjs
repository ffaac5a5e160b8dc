// Asks for an address as a guest does, and prints the one that is offered. The interface has some
// address already, as Linux sends nothing without one.
import { createSocket } from "node:dgram";

const mac = [0x02, 0, 0, 0, 0, 0x42];
const [discover, request] = [1, 3];

function message(type, options = []) {
  const packet = Buffer.alloc(240);
  packet.set([1, 1, 6, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 0x80, 0]); // answer by broadcast
  packet.set(mac, 28);
  packet.set([0x63, 0x82, 0x53, 0x63], 236);
  return Buffer.concat([packet, Buffer.from([53, 1, type, ...options, 255])]);
}

const socket = createSocket("udp4");
setTimeout(() => process.exit(1), 10_000).unref();
socket.on("message", (answer) => {
  const address = answer.subarray(16, 20);
  const [, , type] = answer.subarray(240);
  if (type === 2) send(message(request, [50, 4, ...address, 54, 4, ...server(answer)]));
  if (type === 5) {
    process.stdout.write([...address].join("."));
    socket.close();
  }
});

/** The option that names the server. */
function server(answer) {
  let at = 240;
  while (answer[at] !== 54) at += 2 + answer[at + 1];
  return answer.subarray(at + 2, at + 6);
}

function send(packet) {
  socket.send(packet, 67, "255.255.255.255");
}

socket.bind(68, () => {
  socket.setBroadcast(true);
  send(message(discover));
});
