import assert from "node:assert/strict";
import { type FramePort, Station, VirtualSwitch } from "@mirage/virtual-switch";

const net = new VirtualSwitch();
const cable = () => net.cable() as unknown as FramePort;
const one = new Station(cable(), { address: "10.0.0.1" });
const two = new Station(cable(), { address: "10.0.0.2" });
assert((await one.ping("10.0.0.2")) >= 0);
one.close();
two.close();
net.close();
