// What people write in titles, texts, comments, names and transcripts, shown in a real browser: nothing of it runs.
// usage: node inert.mjs BASE RECORDING FOLDER_FOR_PICTURES
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const { chromium } = createRequire(new URL('../clients/package.json', import.meta.url))('playwright-core');
const [base, recording, pictures] = process.argv.slice(2);
fs.mkdirSync(pictures, { recursive: true });
const PASSWORD = 'correct horse battery';

// Each would set `ran` or open a dialog if it did anything; MARK is there to be found as text.
const MARK = 'harmless-mark';
const EVIL = [
  `<script>window.ran = 1; alert(1)</script>`,
  `<img src=x onerror="window.ran = 2">`,
  `<svg onload="window.ran = 3"><script>window.ran = 4</script></svg>`,
  `<iframe srcdoc="<script>parent.ran = 5</script>"></iframe>`,
  `[link](javascript:window.ran=6)`,
  `<a href="javascript:window.ran=7">x</a>`,
  `"><script>window.ran = 8</script>`,
  '`<script>window.ran = 9</script>`',
  `<style>@import url("javascript:window.ran=10")</style>`,
  `{{constructor.constructor('window.ran=11')()}} {@html '<script>window.ran=12</script>'} ${MARK}`,
].join('\n\n');
const LINE = `<img src=x onerror="window.ran=13"><script>window.ran=14</script> ${MARK}`;

async function call(method, at, token, body, type = 'application/json') {
  const answer = await fetch(`${base}/api/v1${at}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${at}: ${answer.status} ${text}`);
  return text.startsWith('{') ? JSON.parse(text) : text;
}

const me = await (
  await fetch(`${base}/api/v1/auth/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'mallory@example.org', password: PASSWORD, display_name: LINE.slice(0, 90),
      time_zone: 'UTC', workspace_name: LINE.slice(0, 90) }),
  })
).json();
const token = me.access_token;
const workspace = me.workspace.id;
const team = await call('POST', `/workspaces/${workspace}/teams`, token, { name: LINE.slice(0, 90) });

const text = await call('POST', `/teams/${team.id}/updates`, token,
  { kind: 'text', title: LINE, body: EVIL, links: [{ url: 'https://example.org/', title: LINE }] });
const video = await call('POST', `/teams/${team.id}/updates`, token,
  { kind: 'video', title: LINE, body: EVIL, chapters: [{ at_ms: 0, title: LINE }] });
const bytes = fs.readFileSync(recording);
const sent = await fetch(`${base}${video.upload_url}`, {
  method: 'POST',
  headers: { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0', 'upload-length': String(bytes.length),
    'content-type': 'application/offset+octet-stream' },
  body: bytes,
});
assert.equal(sent.status, 201);
for (const update of [text, video]) {
  await call('POST', `/updates/${update.id}/comments`, token, { body: EVIL });
}
await call('POST', `/updates/${video.id}/comments`, token, { body: EVIL, at_ms: 1000, kind: 'question' });
// The recogniser's own text has to be there first: what is imported replaces it.
const begin = Date.now();
for (;;) {
  const found = await call('GET', `/updates/${video.id}`, token);
  if (found.status === 'ready') break;
  assert.notEqual(found.status, 'failed', JSON.stringify(found.failure));
  assert.ok(Date.now() - begin < 180_000, `not ready: ${found.status}`);
  await new Promise((done) => setTimeout(done, 100));
}
const srt = `1\n00:00:00,500 --> 00:00:02,000\n${LINE}\n\n2\n00:00:02,000 --> 00:00:04,000\n<b onmouseover="window.ran=15">bold</b> <c.x><v Bob>${MARK}\n`;
await call('PUT', `/updates/${video.id}/transcript?language=en`, token, srt, 'application/x-subrip');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--mute-audio',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, reducedMotion: 'reduce' });
const page = await context.newPage();
page.setDefaultTimeout(60_000);
const seen = [];
page.on('dialog', (dialog) => {
  seen.push(`a dialog: ${dialog.message()}`);
  void dialog.dismiss();
});
const foreign = [];
page.on('request', (request) => {
  if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
});

async function judge(what) {
  // Text is there, so that the page was rendered with it; images and frames had the time to fail.
  await page.getByText(MARK).first().waitFor({ state: 'attached' });
  await page.waitForLoadState('load');
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const found = await page.evaluate(() => ({
    ran: window.ran ?? null,
    handlers: [...document.querySelectorAll('*')].filter((node) =>
      [...node.attributes].some((one) => /^on/i.test(one.name))).map((node) => node.outerHTML.slice(0, 120)),
    scripts: [...document.querySelectorAll('script')].filter((node) => /window\.ran/.test(node.textContent)).length,
    addresses: [...document.querySelectorAll('[href], [src], [srcdoc], [action]')].map((node) =>
      node.getAttribute('href') ?? node.getAttribute('src') ?? node.getAttribute('srcdoc') ?? '')
      .filter((address) => /^\s*(javascript|data:text\/html)/i.test(address)),
    frames: document.querySelectorAll('iframe, object, embed').length,
  }));
  await page.screenshot({ path: path.join(pictures, `${what}.png`) });
  assert.deepEqual(found, { ran: null, handlers: [], scripts: 0, addresses: [], frames: 0 }, what);
  assert.deepEqual(seen, [], what);
  console.log(`ok ${what}`);
}

try {
  await page.goto(`${base}/sign-in`);
  await page.getByLabel('E-mail').fill('mallory@example.org');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: /^Sign in/ }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await judge('home');
  await page.goto(`${base}/u/${text.id}`);
  await judge('text');
  await page.goto(`${base}/u/${video.id}`);
  await judge('video');
  await page.goto(`${base}/search?q=${MARK}`);
  await judge('search');
  // Files that a browser may be told to open by their address.
  const { media } = await call('GET', `/updates/${video.id}`, token);
  for (const address of [media.captions_url, media.hls_url, media.peaks_url].filter(Boolean)) {
    const answer = await fetch(base + address);
    assert.doesNotMatch(answer.headers.get('content-type') ?? '', /html|svg|xml/, address);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', address);
  }
  const captions = await (await fetch(base + media.captions_url)).text();
  assert.doesNotMatch(captions, /<(script|img|b)/i);
  for (const format of ['vtt', 'srt', 'txt', 'md']) {
    const answer = await fetch(`${base}/api/v1/updates/${video.id}/transcript.${format}`,
      { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200);
    assert.doesNotMatch(answer.headers.get('content-type'), /html/, format);
  }
  assert.deepEqual(foreign, [], 'the pages asked for something elsewhere');
  console.log('all steps done: nothing ran');
} catch (error) {
  await page.screenshot({ path: path.join(pictures, 'failed.png') });
  console.log(`FAILED at ${page.url()}: ${error}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
