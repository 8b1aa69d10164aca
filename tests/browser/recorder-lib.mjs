// What the recorder's browser tests and its bench share: browsers with a fake camera and microphone, people, waiting.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const clients = createRequire(new URL('../clients/package.json', import.meta.url));
export const { chromium } = clients('playwright-core');
export const axe = fs.readFileSync(clients.resolve('axe-core/axe.min.js'), 'utf8');

const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--mute-audio',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--autoplay-policy=no-user-gesture-required'];
const PASSWORD = 'correct horse battery';
export const TITLE = 'Harbour report';

/** A spoken WAV: a person's, where the folder with more recordings is there, else one made by espeak-ng. */
export function speech(folder, { long = false } = {}) {
  const beside = fileURLToPath(new URL('../../../shared', import.meta.url));
  const shared = path.resolve(process.env.MERIDIAN_SHARED ?? beside, 'media/speech/en-jfk.wav');
  if (fs.existsSync(shared) && !long) return { file: shared, words: ['fellow', 'americans', 'country'], loop: true };
  const file = path.join(folder, 'speech.wav');
  const text = 'Good morning everybody. The payment page is finished. We are blocked by the certificate of the test system. '
    + 'Tomorrow I will write the report for the harbour office.';
  execFileSync('espeak-ng', ['-v', 'en-us', '-s', '150', '-w', file, text]);
  return { file, words: ['payment', 'report', 'tomorrow'], loop: true };
}

/** A Chromium with a profile of its own that outlives it, and fake devices. `kill` is a SIGKILL. `refuse`: the person says
 * no to every question; `flags`: more of Chromium's own. */
export async function browser(folder, name, { mic, fake = true, refuse = false, flags = [], viewport, timezoneId, permissions } = {}) {
  const profile = path.join(folder, `profile-${name}`);
  const devices = fake
    ? ['--use-fake-device-for-media-stream=display-media-type=browser', ...(mic ? [`--use-file-for-fake-audio-capture=${path.resolve(mic)}`] : [])]
    : [];
  const asked = `--use-fake-ui-for-media-stream${refuse ? '=deny' : ''}`;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: false, args: [...FLAGS, asked, ...devices, ...flags],
    viewport: viewport ?? { width: 1280, height: 800 }, timezoneId: timezoneId ?? 'Europe/Berlin', permissions, reducedMotion: 'reduce',
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(60_000);
  const complaints = [];
  const clock = { startedAt: 0 };
  // When the browser really began to record, by the machine's clock: told before the browser may be killed.
  await context.addInitScript(() => {
    const Real = window.MediaRecorder;
    if (Real === undefined) return;
    window.MediaRecorder = class extends Real {
      constructor(...given) {
        super(...given);
        this.addEventListener('start', () => console.debug(`recording since ${Date.now()}`));
      }
    };
  });
  page.on('console', (message) => {
    const since = /^recording since (\d+)$/.exec(message.text());
    if (since) clock.startedAt = Number(since[1]);
  });
  page.on('pageerror', (error) => complaints.push(`${name}: ${error}`));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(`${name}: ${message.text()}`);
  });
  const pid = fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).find((entry) => {
    try {
      const words = fs.readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      return words.includes(`--user-data-dir=${profile}`) && !words.some((word) => word.startsWith('--type='));
    } catch {
      return false;
    }
  });
  return {
    name, context, page, complaints, clock,
    close: () => context.close(),
    kill: async () => {
      const closed = new Promise((ok) => context.once('close', ok));
      process.kill(Number(pid), 'SIGKILL');
      await closed;
    },
  };
}

async function json(base, method, address, body, token) {
  const answer = await fetch(`${base}/api/v1${address}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** A person by the API: `call(method, path, body)`; signs in again when the token ends. */
export async function person(base, name, invite) {
  const email = `${name.toLowerCase()}-${Date.now()}@recorder.example`;
  const made = await json(base, 'POST', '/auth/signup', { email, password: PASSWORD, display_name: name, time_zone: 'Europe/Berlin',
    ...(invite ? { invite_token: invite } : { workspace_name: 'Harbour' }) });
  let token = made.access_token;
  return {
    name, email, workspace: made.workspace.id,
    authorization: () => ({ authorization: `Bearer ${token}` }),
    call: async (method, address, body) => {
      try {
        return await json(base, method, address, body, token);
      } catch (error) {
        if (!String(error).includes(': 401')) throw error;
        token = (await json(base, 'POST', '/auth/login', { email, password: PASSWORD })).access_token;
        return json(base, method, address, body, token);
      }
    },
  };
}

/** Signs in on the page unless somebody is signed in, and goes to the address. */
export async function visit(base, who, page, address) {
  await page.goto(`${base}${address}`);
  const form = page.getByRole('button', { name: 'Sign in' });
  await form.or(page.getByRole('navigation').first()).first().waitFor();
  if (!(await form.isVisible())) return;
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password').fill(PASSWORD);
  await form.click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** Waits until the update is as wanted; what is asked for changes by work of the server, so it is asked. */
export async function until(who, update, wanted, at_most_ms = 180_000) {
  const begin = Date.now();
  for (;;) {
    const found = await who.call('GET', `/updates/${update}`);
    if (wanted(found)) return found;
    if (found.status === 'failed' || Date.now() - begin > at_most_ms)
      throw new Error(`the update is ${JSON.stringify(found, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const button = (page, name) => page.getByRole('button', { name, exact: true });
/** Seconds that the recorder's clock shows. */
export async function recorded(page) {
  const label = await page.getByRole('timer').getAttribute('aria-label');
  const [minutes, seconds] = /(\d+):(\d\d)/.exec(label).slice(1).map(Number);
  return minutes * 60 + seconds;
}

/** Waits until the clock shows so many seconds. */
export async function recordFor(page, seconds) {
  await page.waitForFunction((seconds) => {
    const [, minutes, rest] = /(\d+):(\d\d)/.exec(document.querySelector('[role=timer]')?.getAttribute('aria-label') ?? '') ?? [];
    return minutes !== undefined && Number(minutes) * 60 + Number(rest) >= seconds;
  }, seconds, { polling: 50 });
}

/** Opens the recorder with a source and starts it without a countdown; gives a moment just before. */
export async function start(base, who, page, team, source, { live = false, title = TITLE } = {}) {
  await visit(base, who, page, `/record?team=${team}`);
  // The choice is open once the browser has answered what it was asked at first.
  await button(page, 'Start recording').waitFor();
  await page.getByRole('radio', { name: source, exact: true }).check({ force: true });
  const count = page.getByRole('checkbox', { name: 'Count down' });
  if (await count.isChecked()) await count.uncheck();
  if (live) await page.getByRole('checkbox', { name: /^Share live/ }).check();
  if (title !== null) await page.getByLabel('Title').fill(title);
  const began = Date.now();
  await button(page, 'Start recording').click();
  await page.getByRole('timer').waitFor();
  return began;
}

/** The update that a page shows. */
export const idOf = (page) => new URL(page.url()).pathname.split('/')[2];

/** Ends the recording; answers its update's id once the draft is open. */
export async function stop(page) {
  await button(page, 'Stop').click();
  await page.waitForURL(/\/u\//);
  return idOf(page);
}

/** How many recordings the page's browser keeps. */
export const keptBy = (page) => page.evaluate(async () => {
  const open = await new Promise((done) => {
    const request = indexedDB.open('meridian-recordings');
    request.onsuccess = () => done(request.result);
  });
  const count = open.transaction('recordings').objectStore('recordings').count();
  const kept = await new Promise((done) => (count.onsuccess = () => done(count.result)));
  open.close();
  return kept;
});

/** A script's browsers and steps: one that fails leaves pictures of all pages and what they complained of. */
export function stage(folder) {
  const open = [];
  const leave = (one) => open.splice(open.indexOf(one), 1);
  return {
    /** `leaves`: it is closed or killed by the step, not by the curtain. */
    async launch(name, options, { leaves = false } = {}) {
      const one = await browser(folder, name, options);
      if (!leaves) open.push(one);
      return one;
    },
    kill: async (one) => {
      leave(one);
      await one.kill();
    },
    async step(what, act) {
      const begin = Date.now();
      try {
        const result = await act();
        console.log(`ok ${what} (${Date.now() - begin} ms)`);
        return result;
      } catch (error) {
        console.log(`FAILED ${what}: ${error?.stack ?? error}`);
        for (const one of open) {
          await one.page.screenshot({ path: path.join(folder, `failed-${one.name}.png`) }).catch(() => undefined);
          console.log(one.complaints.join('\n'));
          await one.close().catch(() => undefined);
        }
        return process.exit(1);
      }
    },
    async curtain() {
      assert.deepEqual(open.flatMap((one) => one.complaints), [], 'no page threw an error or broke its policy');
      for (const one of open) await one.close();
      console.log('all steps done');
      process.exit(0);
    },
  };
}

export const folder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'meridian-recorder-'));
