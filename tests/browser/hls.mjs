// Plays HLS lists with hls.js and with Shaka in Chromium, and natively in WebKitGTK where its driver is installed: from the
// start, then a jump to two thirds. Each player is on a page of this script, which hands /media on to the server.
// usage: node hls.mjs BASE PATH_OF_LIST...   prints one JSON line: [{list, player, duration, at, jumped, error}]
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../clients/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const [base, ...lists] = process.argv.slice(2);
const modules = path.join(path.dirname(new URL(import.meta.url).pathname), '../clients/node_modules');
const scripts = { '/hls.js': 'hls.js/dist/hls.min.js', '/shaka.js': 'shaka-player/dist/shaka-player.compiled.js' };
const html = '<!doctype html><script src="/hls.js"></script><script src="/shaka.js"></script><video muted playsinline></video>';

const server = http.createServer((req, res) => {
  if (scripts[req.url]) return res.end(fs.readFileSync(path.join(modules, scripts[req.url])));
  if (!req.url.startsWith('/media/')) return res.setHeader('content-type', 'text/html').end(html);
  const onward = http.request(`${base}${req.url}`, { method: req.method, headers: req.headers }, (answer) => {
    res.writeHead(answer.statusCode, answer.headers);
    answer.pipe(res);
  });
  onward.on('error', () => res.destroy());
  req.pipe(onward);
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const page_url = `http://127.0.0.1:${server.address().port}/`;

/** Runs in the page. */
async function play([player, list]) {
  /* global Hls, shaka */
  const video = document.querySelector('video');
  let error = null;
  video.addEventListener('error', () => (error ??= `the element: ${video.error?.code} ${video.error?.message}`));
  const until = async (what, holds) => {
    const begin = performance.now();
    while (!holds() && !error) {
      if (performance.now() - begin > 40_000) error = `${what} never came (at ${video.currentTime}, ready ${video.readyState})`;
      await new Promise((tick) => setTimeout(tick, 30));
    }
  };
  let end = () => {};
  if (player === 'hls.js') {
    const hls = new Hls();
    hls.on(Hls.Events.ERROR, (_, told) => told.fatal && (error ??= `${told.type} ${told.details}`));
    hls.loadSource(list);
    hls.attachMedia(video);
    end = () => hls.destroy();
  } else if (player === 'shaka') {
    shaka.polyfill.installAll();
    const player_ = new shaka.Player();
    await player_.attach(video);
    player_.addEventListener('error', (event) => (error ??= `code ${event.detail.code}`));
    await player_.load(list).catch((told) => (error = `code ${told.code}`));
    end = () => player_.destroy();
  } else {
    video.src = list;
  }
  video.play().catch((told) => (error ??= String(told)));
  await until('the first second', () => video.currentTime >= 1);
  const at = video.currentTime;
  if (error) return { error };
  const to = (video.duration * 2) / 3;
  video.currentTime = to;
  await until('the jump', () => video.currentTime >= to + 0.3 || video.ended);
  const told = { duration: video.duration, at, jumped: video.currentTime - to, error };
  await end();
  video.removeAttribute('src');
  video.load();
  return told;
}

const found = [];
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'meridian-chromium-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: false, // the flag below picks the new headless mode
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
});
for (const player of ['hls.js', 'shaka']) {
  for (const list of lists) {
    const page = await context.newPage();
    await page.goto(page_url);
    found.push({ list, player, ...(await page.evaluate(play, [player, list])) });
    await page.close();
  }
}
await context.close();
fs.rmSync(profile, { recursive: true, force: true });

const driver = '/usr/bin/WebKitWebDriver';
const browser = ['webkit2gtk-4.1', 'webkit2gtk-4.0', 'webkitgtk-6.0']
  .map((version) => `/usr/lib/x86_64-linux-gnu/${version}/MiniBrowser`)
  .find((file) => fs.existsSync(file));
if (fs.existsSync(driver) && browser && process.env.DISPLAY) {
  const port = 20_000 + (process.pid % 20_000);
  // Without the first of these WebKitGTK has no HLS of its own.
  const env = { ...process.env, WEBKIT_GST_ENABLE_HLS_SUPPORT: '1', WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1', WEBKIT_DISABLE_DMABUF_RENDERER: '1' };
  const running = spawn(driver, [`--port=${port}`], { stdio: 'ignore', env });
  const call = async (method, where, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${where}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  try {
    for (let tries = 0; ; tries += 1) {
      try {
        await call('GET', '/status');
        break;
      } catch (error) {
        if (tries > 50) throw error;
        await new Promise((tick) => setTimeout(tick, 200));
      }
    }
    const wanted = { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } };
    const session = await call('POST', '/session', { capabilities: { alwaysMatch: wanted } });
    const at = `/session/${session.sessionId}`;
    await call('POST', `${at}/timeouts`, { script: 100_000 });
    for (const [player, list] of ['native', 'hls.js'].flatMap((player) => lists.map((list) => [player, list]))) {
      await call('POST', `${at}/url`, { url: page_url });
      const script = `const done = arguments[1]; (${play})(arguments[0]).then(
        (told) => done(JSON.stringify(told)), (e) => done(JSON.stringify({ error: String(e) })));`;
      const told = await call('POST', `${at}/execute/async`, { script, args: [[player, list]] });
      found.push({ list, player: `WebKitGTK, ${player}`, ...JSON.parse(told) });
    }
    await call('DELETE', at);
  } catch (error) {
    found.push({ list: lists[0], player: 'WebKitGTK', error: String(error) });
  }
  running.kill();
}
server.close();
console.log(JSON.stringify(found));
process.exit(0);
