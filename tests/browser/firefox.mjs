// The recorder and the player in Firefox with its fake devices: each source, and a pause; what was recorded is played
// there, and so is a recording of Chromium's kind. The screen is that of an X server without a monitor, which is white;
// without Xvfb the two sources with a screen are left out, and the script says so.
// usage: node firefox.mjs BASE FOLDER [H264_FILE]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { person, until } from './recorder-lib.mjs';

const puppeteer = createRequire(new URL('../clients/package.json', import.meta.url))('puppeteer-core');
const [base, folder, file] = process.argv.slice(2);
const ada = await person(base, 'Ada');
const team = (await ada.call('POST', `/workspaces/${ada.workspace}/teams`, { name: 'Product' })).id;

/** An X server of this script's own: its display, or null where there is none; it ends with the script. */
function screen() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x720x24', '-wr', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  process.on('exit', () => server.kill());
  return new Promise((done) => {
    server.once('error', () => done(null));
    server.stdio[3].once('data', (number) => done(`:${String(number).trim()}`));
  });
}
const display = await screen();
if (display === null) console.log('LEFT OUT: no Xvfb here, so no screen to record');
const browser = await puppeteer.launch({
  env: { ...process.env, ...(display === null ? {} : { DISPLAY: display }) }, browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', headless: true, protocolTimeout: 240_000,
  extraPrefsFirefox: {
    'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true, 'media.autoplay.default': 0,
    'dom.disable_beforeunload': true, 'app.update.enabled': false, 'browser.safebrowsing.downloads.enabled': false,
    'toolkit.telemetry.enabled': false, 'datareporting.policy.dataSubmissionEnabled': false,
  },
});
const page = await browser.newPage();
page.setDefaultTimeout(90_000);
await page.setViewport({ width: 1280, height: 800 });
const complaints = [];
page.on('pageerror', (error) => complaints.push(String(error)));
page.on('console', (message) => {
  if (message.text().includes('Content-Security-Policy')) complaints.push(message.text());
});

const press = (name) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
const clockReaches = (seconds) => page.waitForFunction((seconds) => {
  const [, minutes, rest] = /(\d+):(\d\d)/.exec(document.querySelector('[role=timer]')?.getAttribute('aria-label') ?? '') ?? [];
  return minutes !== undefined && Number(minutes) * 60 + Number(rest) >= seconds;
}, {}, seconds);

async function plays(what) {
  await press('Play');
  await page.waitForFunction(() => document.querySelector('video').currentTime > 1.5);
  const error = await page.evaluate(() => document.querySelector('video').error?.message ?? null);
  // A machine without a loudspeaker ends sound alone after a while; everything else is an error.
  assert.ok(error === null || error === 'OnMediaSinkAudioError', `${what}: ${error}`);
  console.log(`ok ${what} is played`);
}

/** The white screen is in the recording, and the camera's bubble only where it was asked for. */
async function shows(source) {
  const [corner, bubble] = await page.evaluate(() => {
    const video = document.querySelector('video');
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0);
    const { width, height } = canvas;
    const darkest = (x, y, w, h) => context.getImageData(x, y, w, h).data.filter((_, at) => at % 4 < 3).reduce((a, b) => Math.min(a, b), 255);
    // The pointer stands in the middle.
    return [darkest(8, 8, 64, 64), darkest(width * 0.6, height * 0.6, width * 0.4, height * 0.4)];
  });
  assert.ok(corner > 225, `${source}: the screen is not there (${corner})`);
  assert.equal(bubble < 200, source === 'both', `${source}: ${bubble} where the bubble would be`);
  console.log(`ok ${source}: the picture is right`);
}

try {
  await page.goto(`${base}/sign-in`);
  await page.locator('input[type=email]').fill(ada.email);
  await page.locator('input[type=password]').fill('correct horse battery');
  await press('Sign in');
  await page.waitForFunction(() => !location.pathname.startsWith('/sign-in'));
  const sources = [['voice', 'voice'], ['camera', 'video'], ['board', 'video'], ['screen', 'video'], ['both', 'video']];
  for (const [source, kind] of sources.filter(([source]) => display !== null || !['screen', 'both'].includes(source))) {
    await page.goto(`${base}/record?team=${team}`);
    await page.waitForSelector(`input[name=source][value=${source}]:not(:disabled)`);
    await page.evaluate((source) => document.querySelector(`input[name=source][value=${source}]`).click(), source);
    await page.evaluate(() => {
      const box = [...document.querySelectorAll('label')].find((label) => label.textContent.includes('Count down'))?.querySelector('input');
      if (box?.checked) box.click();
    });
    const begin = Date.now();
    await press('Start recording');
    await page.waitForSelector('[role=timer]');
    await clockReaches(3);
    await press('Pause');
    const paused = Date.now();
    await page.waitForFunction(() => document.querySelector('[role=timer]').textContent.includes('Paused'));
    await press('Go on');
    const paused_ms = Date.now() - paused;
    await clockReaches(6);
    await page.screenshot({ path: path.join(folder, `firefox-${source}.png`) });
    await press('Stop');
    await page.waitForFunction(() => location.pathname.startsWith('/u/'));
    const most_ms = Date.now() - begin - paused_ms;
    const id = await page.evaluate(() => location.pathname.split('/')[2]);
    const ready = await until(ada, id, (found) => found.status === 'ready');
    console.log(`ok ${source}: ${ready.duration_ms} ms`);
    assert.deepEqual([ready.kind, ready.warnings, ready.publish.state], [kind, [], 'draft']);
    assert.ok(ready.duration_ms >= 5_000 && ready.duration_ms <= most_ms, `${ready.duration_ms} of ${most_ms}`);
    await plays(source);
    if (source === 'screen' || source === 'both') await shows(source);
  }
  if (file !== undefined) {
    const made = await ada.call('POST', `/teams/${team}/updates`, { kind: 'video', title: 'From Chromium' });
    const sent = await fetch(`${base}/api/v1/uploads?update_id=${made.id}`, {
      method: 'POST', body: fs.readFileSync(file),
      headers: { ...ada.authorization(), 'tus-resumable': '1.0.0', 'upload-length': String(fs.statSync(file).size), 'content-type': 'application/offset+octet-stream' },
    });
    assert.equal(sent.status, 201);
    await until(ada, made.id, (found) => found.status === 'ready');
    await page.goto(`${base}/u/${made.id}`);
    await plays('a recording of Chromium');
  }
  assert.deepEqual(complaints, []);
  console.log('all steps done');
} catch (error) {
  await page.screenshot({ path: path.join(folder, 'firefox-failed.png') }).catch(() => undefined);
  console.log(`FAILED ${error?.stack ?? error}\n${complaints.join('\n')}`);
  process.exitCode = 1;
}
await browser.close();
process.exit();
