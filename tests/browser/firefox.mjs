// The recorder and the player in Firefox with its fake devices: each source that needs no window, and a pause; what was
// recorded is played there, and so is a recording of Chromium's kind.
// usage: node firefox.mjs BASE FOLDER [H264_FILE]
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { person, until } from './recorder-lib.mjs';

const puppeteer = createRequire(new URL('../clients/package.json', import.meta.url))('puppeteer-core');
const [base, folder, file] = process.argv.slice(2);
const ada = await person(base, 'Ada');
const team = (await ada.call('POST', `/workspaces/${ada.workspace}/teams`, { name: 'Product' })).id;
const browser = await puppeteer.launch({
  browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', headless: true, protocolTimeout: 240_000,
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

try {
  await page.goto(`${base}/sign-in`);
  await page.locator('input[type=email]').fill(ada.email);
  await page.locator('input[type=password]').fill('correct horse battery');
  await press('Sign in');
  await page.waitForFunction(() => !location.pathname.startsWith('/sign-in'));
  for (const [source, kind] of [['voice', 'voice'], ['camera', 'video'], ['board', 'video']]) {
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
  console.log('all of Firefox done');
} catch (error) {
  await page.screenshot({ path: path.join(folder, 'firefox-failed.png') }).catch(() => undefined);
  console.log(`FAILED ${error?.stack ?? error}\n${complaints.join('\n')}`);
  process.exitCode = 1;
}
await browser.close();
process.exit();
