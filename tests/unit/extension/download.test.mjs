import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";

import { download } from "../../../extension/background/download.js";

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const MEGABYTE = Buffer.concat([JPEG, Buffer.alloc(1024 * 1024 - JPEG.length)]);

let here;
let asked;
let broken;

const server = createServer((request, response) => {
  asked.push([request.url, request.headers]);
  switch (request.url) {
    case "/away":
      response.writeHead(302, { location: "/a.jpg" }).end();
      return;
    case "/gone":
      response.writeHead(404, { "content-type": "image/jpeg" }).end(JPEG);
      return;
    case "/a.webp":
      response.end("RIFF....WEBP");
      return;
    case "/endless":
      request.socket.once("close", () => broken.resolve());
      (function more() {
        while (!response.destroyed && response.write(MEGABYTE)) {
          continue;
        }
        response.once("drain", more);
      })();
      return;
    default:
      response.end(JPEG);
  }
});

before(async () => {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  here = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.closeAllConnections() ?? server.close());
beforeEach(() => {
  asked = [];
  broken = Promise.withResolvers();
});

test("a picture on a page from inside is got, as anybody would get it", async () => {
  const bytes = await download(`${here}/a.jpg`, false);

  assert.deepEqual(Buffer.from(bytes), JPEG);
  const [[, headers]] = asked;
  assert.deepEqual([headers.cookie, headers.authorization, headers.referer], [undefined, undefined, undefined]);
});

test("data is taken as it stands there, on any page", async () => {
  const bytes = await download(`data:image/jpeg;base64,${JPEG.toString("base64")}`, true);

  assert.deepEqual(Buffer.from(bytes), JPEG);
});

for (const [name, path] of [
  ["what is led on is not followed", "/away"],
  ["what is not there is none, whatever comes instead", "/gone"],
  ["a file of another kind is none", "/a.webp"],
]) {
  test(name, async () => {
    assert.equal(await download(here + path, false), null);
    assert.deepEqual(asked.map(([one]) => one), [path]);
  });
}

test("a file that has no end is left after 20 MB", async () => {
  assert.equal(await download(`${here}/endless`, false), null);

  await broken.promise;
});

test("a page from outside gets nothing from this machine, and nobody is asked", async () => {
  const { port } = new URL(here);

  for (const host of ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "a.localhost", "[::ffff:127.0.0.1]"]) {
    assert.equal(await download(`http://${host}:${port}/a.jpg`, true), null, host);
  }
  assert.deepEqual(asked, []);
});

test("only http, https and data are gone to", async (t) => {
  const fetched = t.mock.method(globalThis, "fetch");
  const blob = URL.createObjectURL(new Blob([JPEG]));

  for (const url of [blob, import.meta.url, "ftp://example.org/a.jpg", "moz-extension://x/a.jpg", "about:blank", "a.jpg", ""]) {
    assert.equal(await download(url, false), null, url);
  }
  assert.equal(fetched.mock.callCount(), 0);
});
