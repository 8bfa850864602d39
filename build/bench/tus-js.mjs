// Uploads files with tus-js-client, as its documentation says, several at once.
// usage: node tus-js.mjs ENDPOINT PARALLEL FILE...
import { createReadStream, statSync } from 'node:fs';
import { createRequire } from 'node:module';

const { Upload } = createRequire(`${process.env.PEERS}/`)('tus-js-client');
const [endpoint, parallel, ...files] = process.argv.slice(2);

const send = (path) =>
  new Promise((resolve, reject) => {
    const uploadSize = statSync(path).size;
    new Upload(createReadStream(path), {
      endpoint,
      uploadSize,
      chunkSize: uploadSize <= 1 << 20 ? Infinity : 64 << 20,
      uploadDataDuringCreation: uploadSize <= 1 << 20,
      onError: reject,
      onSuccess: resolve,
    }).start();
  });

const worker = async () => {
  for (let file = files.shift(); file !== undefined; file = files.shift()) await send(file);
};
await Promise.all(Array.from({ length: Number(parallel) }, worker));
