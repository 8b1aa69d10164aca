// tus-js-client in Node.
// usage: node tus_js.mjs ENDPOINT TOKEN FILE MODE METADATA_JSON
// MODE: plain | creation (first bytes with the creation) | resume (stopped in the middle, taken up by HEAD) | deferred (length told at the end)
import fs from 'node:fs';
import { PassThrough } from 'node:stream';
import * as tus from 'tus-js-client';

const [endpoint, token, file, mode, metadata] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${token}` };
const size = fs.statSync(file).size;
const answers = [];
let updateId = null;

function upload(source, options) {
  return new Promise((resolve, reject) => {
    const up = new tus.Upload(source, {
      endpoint,
      headers,
      chunkSize: 65536,
      retryDelays: [0, 200, 500],
      metadata: JSON.parse(metadata),
      onAfterResponse: (req, res) => {
        answers.push(`${req.getMethod()} ${res.getStatus()}`);
        updateId = res.getHeader('Meridian-Update-Id') ?? updateId;
      },
      onError: reject,
      onSuccess: () => resolve(up.url),
      ...options(() => up, resolve),
    });
    up.start();
  });
}

const modes = {
  plain: () => upload(fs.createReadStream(file), () => ({ uploadSize: size })),
  creation: () => upload(fs.createReadStream(file), () => ({ uploadSize: size, uploadDataDuringCreation: true })),
  // Through a PassThrough: of a file the client would announce a whole chunk for the last, shorter one.
  deferred: () => upload(fs.createReadStream(file).pipe(new PassThrough()), () => ({ uploadLengthDeferred: true })),
  resume: async () => {
    let stopped = false;
    const url = await upload(fs.createReadStream(file), (self, done) => ({
      uploadSize: size,
      onChunkComplete: async (_, accepted) => {
        if (stopped || accepted < size / 3) return;
        stopped = true;
        await self().abort();
        done(self().url);
      },
    }));
    return upload(fs.readFileSync(file), () => ({ uploadUrl: url }));
  },
};

const url = await modes[mode]();
console.log(JSON.stringify({ url, update_id: updateId, size, answers }));
