// transformers.js in Node, on its native onnxruntime or on WebAssembly as in a browser:
// `node transformersjs.mjs LAYOUT native|wasm THREADS`.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const START = 50256n;
const TOKENS = 12;
const [, , layout, runtime, threads] = process.argv;
const installed = createRequire(path.join(process.cwd(), "package.json"));
const load = (file) => import(pathToFileURL(file).href);

const web = path.dirname(installed.resolve("onnxruntime-web"));
if (runtime === "wasm") {
  // transformers.js takes the runtime that it finds under this symbol before its own.
  globalThis[Symbol.for("onnxruntime")] = await load(path.join(web, "ort.node.min.mjs"));
}
const { env, pipeline, RawImage, Tensor } = await load(
  installed.resolve("@huggingface/transformers"),
);
if (runtime === "wasm") {
  // Else it would be fetched from a server, as by a page.
  env.backends.onnx.wasm.wasmPaths = pathToFileURL(web + path.sep).href;
  env.backends.onnx.wasm.numThreads = Number(threads);
  env.useWasmCache = false;
}
env.allowRemoteModels = false;
env.localModelPath = path.dirname(layout);
const pipe = await pipeline("image-to-text", path.basename(layout), {
  dtype: "q8",
  device: "auto",
  session_options: { executionProviders: [runtime === "wasm" ? "wasm" : "cpu"] },
});

async function caption(file) {
  const made = await pipe(file, {
    min_new_tokens: TOKENS,
    max_new_tokens: TOKENS,
    num_beams: 1,
    do_sample: false,
  });
  return made[0].generated_text;
}

async function logits(file, forced) {
  const { pixel_values } = await pipe.processor(await RawImage.read(file));
  const rows = [];
  const tokens = [START, ...forced.slice(0, TOKENS - 1).map(BigInt)];
  let past = null;
  for (const token of tokens) {
    const made = await pipe.model({
      pixel_values,
      decoder_input_ids: new Tensor("int64", [token], [1, 1]),
      past_key_values: past,
    });
    const kept = Object.entries(made).filter(([name]) => name.startsWith("present."));
    past = Object.fromEntries(
      kept.map(([name, value]) => [name.replace("present", "past_key_values"), value]),
    );
    rows.push(made.logits.data);
  }
  return Buffer.concat(rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength)));
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const said = {};
  if (asked.forced) {
    writeFileSync(asked.file, await logits(asked.picture, asked.forced));
  } else {
    said.text = await caption(asked.picture);
  }
  console.log("@" + JSON.stringify(said));
}
process.exit(0);
