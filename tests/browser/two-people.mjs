// Two people in two browser profiles and two time zones, and a third who may see nothing.
// usage: node two-people.mjs BASE RECORDING FOLDER_FOR_PICTURES
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const clients = createRequire(new URL('../clients/package.json', import.meta.url));
const { chromium } = clients('playwright-core');
const axe = fs.readFileSync(clients.resolve('axe-core/axe.min.js'), 'utf8');

const [base, recording, pictures] = process.argv.slice(2);
fs.mkdirSync(pictures, { recursive: true });
const STEP_MS = 60_000;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--mute-audio',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--autoplay-policy=no-user-gesture-required'],
});

const complaints = [];
async function person(name, timezoneId) {
  const context = await browser.newContext({ timezoneId, viewport: { width: 1440, height: 900 }, colorScheme: 'light',
    // Colours do not fade, so that they are judged as they end up.
    reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_MS);
  page.on('pageerror', (error) => complaints.push(`${name}: ${error}`));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(`${name}: ${message.text()}`);
  });
  return { name, page, context };
}

async function step(what, act) {
  const begin = Date.now();
  try {
    const result = await act();
    console.log(`ok ${what} (${Date.now() - begin} ms)`);
    return result;
  } catch (error) {
    for (const who of [ada, ben, eve]) {
      if (who) await who.page.screenshot({ path: path.join(pictures, `failed-${who.name}.png`) });
    }
    console.log(`FAILED ${what}: ${error}\npictures: ${pictures}\n${complaints.join('\n')}`);
    await browser.close();
    process.exit(1);
  }
}

async function accessible(who, what) {
  for (const colorScheme of ['light', 'dark']) {
    await who.page.emulateMedia({ colorScheme });
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
  await who.page.emulateMedia({ colorScheme: 'light',
    // Colours do not fade, so that they are judged as they end up.
    reducedMotion: 'reduce' });
  await who.page.screenshot({ path: path.join(pictures, `${what}.png`) });
}

async function signUp(who, address, workspace) {
  await who.page.goto(address);
  await who.page.getByLabel('Your name').fill(who.name);
  await who.page.getByLabel('E-mail').fill(`${who.name.toLowerCase()}@people.example`);
  await who.page.getByLabel('Password').fill('correct horse battery');
  if (workspace) await who.page.getByLabel('Workspace', { exact: true }).fill(workspace);
  await who.page.getByRole('button', { name: /^(Create account|Join)/ }).click();
  await who.page.waitForURL((url) => url.pathname === '/');
}

/** A call of the API as the signed-in person of a page, by a token of its own refresh cookie. */
async function api(who, method, address, body) {
  return who.page.evaluate(
    async ([method, address, body]) => {
      const fresh = await fetch('/api/v1/auth/refresh', { method: 'POST' });
      const { access_token } = await fresh.json();
      const answer = await fetch(address, {
        method,
        headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      return { status: answer.status, json: text.startsWith('{') ? JSON.parse(text) : null };
    },
    [method, address, body],
  );
}

let ada, ben, eve;
ada = await person('Ada', 'Europe/Berlin');
ben = await person('Ben', 'Asia/Kolkata');
eve = await person('Eve', 'America/Lima');

await step('Ada signs up', async () => {
  await accessible(ada, 'sign-up').catch(() => undefined);
  await signUp(ada, `${base}/sign-up`, 'Ferrywise');
  await accessible(ada, 'home-empty');
});

const { team, invite } = await step('Ada makes a private team and an invitation', async () => {
  const me = await api(ada, 'GET', '/api/v1/me');
  const workspace = me.json.workspaces[0].id;
  const team = await api(ada, 'POST', `/api/v1/workspaces/${workspace}/teams`, { name: 'Product', visibility: 'private' });
  const body = { role: 'member', team_ids: [team.json.id] };
  const invite = await api(ada, 'POST', `/api/v1/workspaces/${workspace}/invites`, body);
  assert.equal(invite.status, 201);
  return { team: team.json.id, workspace, invite: new URL(invite.json.url).pathname };
});

await step('Ben joins by the link, in another time zone', async () => {
  await signUp(ben, `${base}${invite}`);
  await ben.page.getByText('Kolkata').first().waitFor();
});

await step('Eve has a workspace of her own', () => signUp(eve, `${base}/sign-up`, 'Elsewhere'));

const update = await step('Ada drops a recording and gets a draft', async () => {
  await ada.page.goto(`${base}/upload?team=${team}`);
  await ada.page.locator('input[type="file"]').setInputFiles(recording);
  await ada.page.waitForURL(/\/u\//);
  return new URL(ada.page.url()).pathname.split('/')[2];
});

await step('a draft is its author’s alone', async () => {
  assert.equal((await api(ben, 'GET', `/api/v1/updates/${update}`)).status, 404);
});

await step('Ada reviews the draft and publishes it', async () => {
  await ada.page.locator('video').waitFor();
  await ada.page.getByRole('region', { name: 'Draft' }).getByRole('button', { name: 'Publish', exact: true }).click();
  await ada.page.getByText('Published.').waitFor();
});

await step('the transcript is written', async () => {
  await ada.page.locator('[data-start-ms]').first().waitFor({ timeout: 180_000 });
  for (;;) {
    const found = await api(ada, 'GET', `/api/v1/updates/${update}`);
    if (found.json.status === 'ready') break;
    assert.notEqual(found.json.status, 'failed', JSON.stringify(found.json.failure));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
});

await step('Ben finds it at home and watches', async () => {
  await ben.page.goto(base);
  await ben.page.locator(`a[href^="/u/${update}"]`).first().click();
  const video = ben.page.locator('video');
  await video.waitFor();
  await ben.page.getByRole('button', { name: 'Play', exact: true }).first().click();
  await ben.page.waitForFunction(() => {
    const video = document.querySelector('video');
    return video && video.currentTime > 0.5 && video.videoWidth > 0;
  });
  await ben.page.keyboard.press('Escape');
  await accessible(ben, 'watch');
});

const time = () => ben.page.evaluate(() => document.querySelector('video').currentTime * 1000);

await step('Ben clicks a word and is there', async () => {
  await ben.page.evaluate(() => document.querySelector('video').pause());
  const words = ben.page.locator('[data-start-ms]');
  const word = words.nth(Math.floor((await words.count()) / 2));
  const start = Number(await word.getAttribute('data-start-ms'));
  await word.click();
  await ben.page.waitForFunction(
    (start) => Math.abs(document.querySelector('video').currentTime * 1000 - start) < 300,
    start,
  );
  assert.ok(Math.abs((await time()) - start) <= 300);
});

await step('Ben finds a spoken word by search and lands on it', async () => {
  const transcript = await api(ben, 'GET', `/api/v1/updates/${update}/transcript`);
  const words = transcript.json.segments.flatMap((segment) => segment.words);
  const clean = (text) => text.toLowerCase().replace(/[^a-z]/g, '');
  const word = words.reduce((best, next) => (clean(next.text).length > clean(best.text).length ? next : best));
  await ben.page.goto(`${base}/search?q=${clean(word.text)}`);
  const hit = ben.page.locator(`a[href^="/u/${update}?t="]`).first();
  await hit.waitFor();
  await accessible(ben, 'search');
  const at = Number(new URL(await hit.getAttribute('href'), base).searchParams.get('t')) * 1000;
  await hit.click();
  await ben.page.locator('video').waitFor();
  await ben.page.waitForFunction((at) => {
    const video = document.querySelector('video');
    return video && video.readyState > 0 && Math.abs(video.currentTime * 1000 - at) < 300;
  }, at);
  assert.ok(Math.abs(at - word.start_ms) <= 300, `the hit is at ${at} ms, the word at ${word.start_ms} ms`);
});

await step('Ben comments, and Ada sees it without reloading', async () => {
  await ada.page.getByRole('region', { name: 'Transcript' }).first().waitFor();
  const field = ben.page.getByRole('textbox', { name: 'Comment', exact: true });
  await field.fill('This is what the customer asked for.');
  await ben.page.getByRole('button', { name: 'Post comment' }).click();
  await ben.page.getByText('This is what the customer asked for.').first().waitFor();
  await ada.page.getByText('This is what the customer asked for.').first().waitFor({ timeout: 10_000 });
  await accessible(ada, 'watch-comments');
});

await step('Eve gets nothing', async () => {
  const found = (await api(ada, 'GET', `/api/v1/updates/${update}`)).json;
  assert.equal((await api(eve, 'GET', `/api/v1/updates/${update}`)).status, 404);
  assert.equal((await api(eve, 'GET', `/api/v1/updates/${update}/transcript`)).status, 404);
  assert.equal((await api(eve, 'GET', `/api/v1/updates/${update}/comments`)).status, 404);
  const media = found.media.hls_url.split('/');
  media[2] = 'x'.repeat(media[2].length);
  assert.equal((await api(eve, 'GET', media.join('/'))).status, 404);
  const mine = (await api(eve, 'GET', '/api/v1/me')).json.workspaces[0].id;
  assert.deepEqual((await api(eve, 'GET', `/api/v1/search?workspace_id=${mine}&q=payment`)).json.items, []);
  const theirs = found.workspace_id;
  assert.equal((await api(eve, 'GET', `/api/v1/search?workspace_id=${theirs}&q=payment`)).status, 404);
  await eve.page.goto(`${base}/u/${update}`);
  await eve.page.getByText('There is no such update here').waitFor();
});

await step('it fits a phone', async () => {
  await ben.page.setViewportSize({ width: 375, height: 800 });
  const wide = await ben.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 376, `the page is ${wide} px wide`);
  await accessible(ben, 'watch-375');
});

await step('no page threw an error or broke its policy', () => assert.deepEqual(complaints, []));
await browser.close();
console.log('all steps done');
