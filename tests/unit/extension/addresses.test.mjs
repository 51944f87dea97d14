import assert from "node:assert/strict";
import { test } from "node:test";

import { isPrivateAddress } from "../../../extension/background/addresses.js";

const INSIDE = [
  "localhost", "LOCALHOST", "localhost.", "a.localhost", "printer", "printer.local", "nas.lan", "router.home.arpa",
  "db.internal", "fritz.box", "127.0.0.1", "127.1", "127.9.9.9", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
  "017700000001", "0", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1",
  "192.168.257", "3232235777", "0xc0a80101", "0300.0250.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255",
  "198.18.0.1", "192.0.0.8", "224.0.0.251", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[febf::1]", "[fc00::1]",
  "[fd12:3456::1]", "[fec0::1]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:c0a8:101]", "[::192.168.1.1]",
  "[64:ff9b::10.0.0.1]", "[2002:c0a8:101::1]", "[::ffff:0:10.0.0.1]", "user:pass@192.168.1.1", "127。0。0。1", "①②⑦.0.0.1",
  "192.168.1.1.", "１０.0.0.1",
];

const OUTSIDE = [
  "example.org", "localhost.example.org", "local.example", "10.example.org", "1.1.1.1", "9.255.255.255", "11.0.0.0",
  "172.15.255.255", "172.32.0.1", "192.167.1.1", "192.169.0.1", "100.63.255.255", "100.128.0.1", "169.253.1.1",
  "198.17.0.1", "198.20.0.1", "223.255.255.255", "126.255.255.255", "128.0.0.1", "[2001:db8::1]", "[2606:4700::1111]",
  "[::ffff:1.1.1.1]", "[2002:101:101::1]", "[64:ff9b::1.1.1.1]", "mylocal.org", "intranet.example.com", "2001.example",
];

for (const host of INSIDE) {
  test(`inside: ${host}`, () => assert.equal(isPrivateAddress(`http://${host}/a.png`), true));
}

for (const host of OUTSIDE) {
  test(`outside: ${host}`, () => assert.equal(isPrivateAddress(`https://${host}:8080/a.png`), false));
}

test("what leads to no network is not inside of one", () => {
  for (const address of ["", "data:image/png;base64,AA", "blob:http://localhost/1", "nothing", "file:///a.png"]) {
    assert.equal(isPrivateAddress(address), false);
  }
});
