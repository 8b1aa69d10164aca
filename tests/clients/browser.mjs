// tus-js-client and Uppy in Chromium, on a page of another origin than the server's.
// usage: node browser.mjs ENDPOINT TOKEN FILE METADATA_JSON
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [endpoint, token, file, metadata] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const bundle = (name, inside) => path.join(path.dirname(require.resolve(`${name}/package.json`)), inside);
const files = {
  '/tus.js': bundle('tus-js-client', 'dist/tus.min.js'),
  '/uppy.js': bundle('uppy', 'dist/uppy.min.js'),
  '/file': file,
};
const page_html = '<!doctype html><script src="/tus.js"></script><script src="/uppy.js"></script>';
const server = http.createServer((req, res) => {
  const found = files[req.url];
  res.setHeader('content-type', found?.endsWith('.js') ? 'text/javascript' : found ? 'application/octet-stream' : 'text/html');
  res.end(found ? fs.readFileSync(found) : page_html);
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'meridian-chromium-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: false, // the flag below picks the new headless mode
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = context.pages()[0];
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const done = await page.evaluate(async ({ endpoint, token, metadata }) => {
    /* global tus, Uppy */
    const blob = await (await fetch('/file')).blob();
    const headers = { Authorization: `Bearer ${token}` };
    let seen = null;
    const byTus = await new Promise((resolve, reject) => {
      const up = new tus.Upload(blob, {
        endpoint, headers, metadata, chunkSize: 200000, retryDelays: null,
        onAfterResponse: (_, res) => { seen = res.getHeader('Meridian-Update-Id') ?? seen; },
        onError: reject,
        onSuccess: () => resolve(up.url),
      });
      up.start();
    });
    const uppy = new Uppy.Uppy({ meta: metadata })
      .use(Uppy.Tus, { endpoint, headers, chunkSize: 300000, allowedMetaFields: true });
    uppy.addFile({ name: 'clip.webm', type: 'video/webm', data: blob });
    const result = await uppy.upload();
    return {
      tus: byTus, update_id: seen,
      uppy: result.successful.map((f) => f.uploadURL), failed: result.failed.map((f) => String(f.error)),
    };
  }, { endpoint, token, metadata: JSON.parse(metadata) });
  console.log(JSON.stringify(done));
} finally {
  await context.close();
  server.close();
  fs.rmSync(profile, { recursive: true, force: true });
}
