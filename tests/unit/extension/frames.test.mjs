import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { captionFrames } from "../../../extension/background/frames.js";
import * as protocol from "../../../extension/background/protocol.js";

const DOCUMENT = readFileSync(new URL("../../../docs/PROTOCOL.md", import.meta.url), "utf8");
const PLACE = { tab: 7, page: 70 };
const LIMITS = { max_frame_bytes: 1_048_576, max_image_bytes: 33_554_432 };
/** In base64 this and 1,024 bytes for the other fields fill a frame. */
const LARGEST_WHOLE = 785_664;

function framesOf(size) {
  const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 31) % 251));
  const image = bytes.toString("base64");
  const picture = { image, size, priority: "near", private: true, language: "a".repeat(35) };
  return { bytes, frames: captionFrames(Number.MAX_SAFE_INTEGER, picture, PLACE, LIMITS) };
}

function documentedFields(type) {
  const [, section] = DOCUMENT.split(`### \`${type}\``);
  return [...section.split("\n#")[0].matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
}

test("only a picture that was drawn again says that it is sharp", () => {
  const picture = { image: "", size: 0, priority: "near", private: true, language: "" };

  const [first] = captionFrames(1, { ...picture, sharp: undefined }, PLACE, LIMITS);
  const [again] = captionFrames(2, { ...picture, sharp: true }, PLACE, LIMITS);

  assert.equal("sharp" in first, false);
  assert.equal(again.sharp, true);
});

for (const size of [0, 1, 100_000, LARGEST_WHOLE]) {
  test(`${size} bytes go in one frame`, () => {
    const { bytes, frames } = framesOf(size);

    const [{ image }] = frames;

    assert.equal(frames.length, 1);
    assert.deepEqual(Buffer.from(image, "base64"), bytes);
  });
}

for (const size of [LARGEST_WHOLE + 1, 2_000_000, 3 * 196_608 * 2]) {
  test(`${size} bytes go in parts that make the same picture again`, () => {
    const { bytes, frames } = framesOf(size);

    const [caption, ...parts] = frames;

    assert.equal(caption.image, undefined);
    assert.equal(caption.parts, parts.length);
    assert.equal(caption.size, size);
    assert.deepEqual(
      parts.map(({ index }) => index),
      parts.map((_, at) => at),
    );
    const together = Buffer.concat(parts.map(({ data }) => Buffer.from(data, "base64")));
    assert.ok(together.equals(bytes));
  });
}

test("no frame is larger than the host takes", () => {
  for (const size of [LARGEST_WHOLE, LARGEST_WHOLE + 1, 20 * 1024 * 1024]) {
    const { frames } = framesOf(size);

    for (const frame of frames) {
      assert.ok(JSON.stringify(frame).length <= LIMITS.max_frame_bytes);
    }
  }
});

test("messages have the fields of the protocol's document and no others", () => {
  const [caption] = framesOf(10).frames;
  const [announced, part] = framesOf(1_000_000).frames;

  for (const { type, ...fields } of [caption, announced, part]) {
    const known = documentedFields(type);
    assert.deepEqual(
      Object.keys(fields).filter((name) => !known.includes(name)),
      [],
    );
  }
});

test("error codes are those of the protocol's document", () => {
  for (const name of ["worker_died", "busy", "shutting_down"]) {
    const [, code] = DOCUMENT.match(new RegExp(`^\\| (\\d+) \\| ${name} \\|`, "m")) ?? [];

    assert.equal(protocol[name.toUpperCase()], Number(code));
  }
});
