// What the browser tests share: people in profiles of their own, steps with pictures of what failed, axe.
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const clients = createRequire(new URL('../clients/package.json', import.meta.url));
const { chromium } = clients('playwright-core');
const axe = fs.readFileSync(clients.resolve('axe-core/axe.min.js'), 'utf8');

/** The password that everybody begins with. */
export const PASSWORD = 'correct horse battery';
const STEP_MS = Number(process.env.STEP_MS ?? 60_000);
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--mute-audio',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--autoplay-policy=no-user-gesture-required'];
// Colours do not fade, so that they are judged as they end up.
const LOOK = { colorScheme: 'light', reducedMotion: 'reduce' };

/** A browser for one test: `base` is the instance's address, `pictures` a folder. */
export async function theatre(base, pictures) {
  fs.mkdirSync(pictures, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  const people = [];
  const complaints = [];

  /** Somebody with a profile and a zone. Whatever their pages' consoles say wrong is a complaint. */
  async function person(name, timezoneId) {
    const context = await browser.newContext({ timezoneId, viewport: { width: 1440, height: 900 }, ...LOOK });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: base });
    const page = await context.newPage();
    page.setDefaultTimeout(STEP_MS);
    const who = { name, page, context, base, expected: [] };
    page.on('pageerror', (error) => complaints.push(`${name}: ${error.stack ?? error}`));
    page.on('console', (message) => {
      const about = `${message.text()} ${message.location().url}`;
      if (message.type() !== 'error' || who.expected.some((pattern) => pattern.test(about))) return;
      complaints.push(`${name}: ${about}`);
    });
    people.push(who);
    return who;
  }

  /** One step; when it fails, everybody's screen is kept. */
  async function step(what, act) {
    const begin = Date.now();
    try {
      const result = await act();
      console.log(`ok ${what} (${Date.now() - begin} ms)`);
      return result;
    } catch (error) {
      for (const who of people) {
        await who.page.screenshot({ path: path.join(pictures, `failed-${who.name}.png`) }).catch(() => undefined);
      }
      console.log(`FAILED ${what}: ${error.stack ?? error}\npictures: ${pictures}\n${complaints.join('\n')}`);
      await browser.close();
      process.exit(1);
    }
  }

  /** No serious violation, light and dark; nothing wider than a phone. */
  async function accessible(who, what, { phone = false } = {}) {
    for (const colorScheme of ['light', 'dark']) {
      await who.page.emulateMedia({ ...LOOK, colorScheme });
      // By the debugger, since the page's policy lets no foreign script in.
      await who.page.evaluate(axe);
      await who.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await who.page.evaluate(() =>
        document.getAnimations().forEach((animation) => animation.effect?.getTiming().iterations === 1 && animation.finish()),
      );
      const found = await who.page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      const serious = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
      const told = serious.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} (${n.any[0]?.message ?? ''})`).join(', ')}`);
      assert.deepEqual(told, [], `${what}, ${colorScheme}`);
    }
    await who.page.emulateMedia(LOOK);
    await who.page.screenshot({ path: path.join(pictures, `${what}.png`) });
    if (phone) await fitsPhone(who, what);
  }

  async function fitsPhone(who, what) {
    const before = who.page.viewportSize();
    await who.page.setViewportSize({ width: 375, height: 800 });
    await who.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const wide = await who.page.evaluate(() => document.documentElement.scrollWidth);
    await who.page.screenshot({ path: path.join(pictures, `${what}-375.png`) });
    await who.page.setViewportSize(before);
    assert.ok(wide <= 376, `${what}: the page is ${wide} px wide on a phone`);
  }

  /** The end: nothing may have been complained about. */
  async function curtain() {
    await step('no page threw an error, complained or broke its policy', () => assert.deepEqual(complaints, []));
    await browser.close();
    console.log('all steps done');
  }

  /**
   * Server (by its clock's file) and browsers have this instant from now on. No page is open meanwhile: one that was left
   * while it renews its token would be signed out.
   */
  async function at(clock, instant) {
    for (const who of people) await who.page.goto('about:blank');
    fs.writeFileSync(`${clock}.new`, instant);
    fs.renameSync(`${clock}.new`, clock);
    for (const who of people) {
      who.expected.push(/status of 401/);
      await who.context.clock.setFixedTime(instant);
    }
  }

  return { person, step, accessible, fitsPhone, at, curtain };
}

export const mail = (who) => `${who.name.toLowerCase()}@people.example`;

/** Chooses what kind of comment it is: by its label, as people do, once that stands still. */
export const chooseKind = (form, name) =>
  form.locator('label').filter({ has: form.page().getByRole('radio', { name }) }).click();

/** Signs up by the page at `address`: with a workspace's name, or by an invitation. */
export async function signUp(who, address, workspace) {
  await who.page.goto(address);
  await who.page.getByLabel('Your name').fill(who.name);
  await who.page.getByLabel('E-mail').fill(mail(who));
  await who.page.getByLabel('Password').fill(PASSWORD);
  if (workspace) await who.page.getByLabel('Workspace', { exact: true }).fill(workspace);
  await who.page.getByRole('button', { name: /^(Create account|Join)/ }).click();
  await who.page.waitForURL((url) => url.pathname === '/');
}

/** Fills the sign-in page that is open. */
export async function signIn(who, password = PASSWORD, address = mail(who)) {
  await who.page.getByLabel('E-mail').fill(address);
  await who.page.getByLabel('Password').fill(password);
  await who.page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Makes a team by the page; answers its id. */
export async function makeTeam(who, name, visibility) {
  await who.page.goto(`${who.base}/teams`);
  await who.page.getByRole('button', { name: 'New team' }).first().click();
  const dialog = who.page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('radio', { name: new RegExp(`^${visibility}`) }).check();
  await dialog.getByRole('button', { name: 'Create team' }).click();
  await who.page.waitForURL(/\/t\//);
  return new URL(who.page.url()).pathname.split('/')[2];
}

/** Makes an invitation by the page; answers the link. */
export async function invite(who, { role = 'member', teams = [] } = {}) {
  await who.page.goto(`${who.base}/settings/workspace`);
  await who.page.getByLabel('Role', { exact: true }).selectOption(role);
  for (const team of teams) await who.page.getByLabel(team, { exact: true }).check();
  await who.page.getByRole('button', { name: 'Make a link' }).click();
  const link = await who.page.getByLabel('Invitation link').inputValue();
  assert.match(link, /\/invite\//);
  return link;
}

/** A call of the API as the signed-in person of a page, by a token of its own refresh cookie. */
export async function api(who, method, address, body, type = 'application/json') {
  return who.page.evaluate(
    async ([method, address, body, type]) => {
      // In turn with the page itself: a refresh token works once.
      const fresh = await navigator.locks.request('meridian-refresh', () =>
        fetch('/api/v1/auth/refresh', { method: 'POST' }),
      );
      const { access_token } = await fresh.json();
      const answer = await fetch(address, {
        method,
        headers: { authorization: `Bearer ${access_token}`, 'content-type': type },
        body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      });
      const text = await answer.text();
      return { status: answer.status, json: text.startsWith('{') ? JSON.parse(text) : null };
    },
    [method, address, body, type],
  );
}

/** Waits until an update has a status. */
export async function reaches(who, update, status) {
  for (;;) {
    const found = await api(who, 'GET', `/api/v1/updates/${update}`);
    if (found.json.status === status) return found.json;
    assert.notEqual(found.json.status, 'failed', JSON.stringify(found.json.failure));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Waits until the page's video is within 0.3 s of a moment of the media. */
export async function playsAt(who, ms) {
  await who.page.waitForFunction((ms) => {
    const video = document.querySelector('video');
    return video && video.readyState > 0 && Math.abs(video.currentTime * 1000 - ms) < 300;
  }, ms);
}

/** Plays until the picture moves. */
export async function watches(who) {
  await who.page.locator('video').waitFor();
  await who.page.getByRole('button', { name: 'Play', exact: true }).first().click();
  await who.page.waitForFunction(() => {
    const video = document.querySelector('video');
    return video && video.currentTime > 0.5 && video.videoWidth > 0;
  });
}
