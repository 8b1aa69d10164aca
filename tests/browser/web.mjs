// The web app as such: its languages, its look on a phone with long words and from right to left, every part in
// every state, and the app installed: worker, offline page, a recording shared with it.
// usage: node web.mjs BASE RECORDING FOLDER_FOR_PICTURES
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { api, makeTeam, signUp, theatre } from './people.mjs';
import { looksWell } from './web/looks.mjs';

const [base, recording, pictures] = process.argv.slice(2);
const { person, step, accessible, fitsPhone, curtain } = await theatre(base, pictures);
const ada = await person('Ada', 'Europe/Berlin');
const { page } = ada;
let team;
let update;

await step('Ada signs up, has a team and a text update', async () => {
  await signUp(ada, `${base}/sign-up`, 'Ferrywise');
  team = await makeTeam(ada, 'Payments', 'Open');
  const written = { title: 'The week', kind: 'text', body: 'We ship on Tuesday.', publish: 'now' };
  const made = await api(ada, 'POST', `/api/v1/teams/${team}/updates`, written);
  assert.equal(made.status, 201, JSON.stringify(made));
  update = made.json.id;
});

await step('she chooses German in the settings: all of it, at once and after a reload', async () => {
  await page.goto(`${base}/settings/profile`);
  await page.getByLabel('Language').selectOption('de');
  await page.getByRole('region', { name: 'You', exact: true }).getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await page.reload();
  await page.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor();
  const loaded = await page.evaluate(() =>
    Promise.all(
      performance
        .getEntriesByType('resource')
        .filter((entry) => entry.name.endsWith('.js'))
        .map(async (entry) => ({ name: entry.name, text: await (await fetch(entry.name)).text() })),
    ),
  );
  assert.ok(
    loaded.some(({ text }) => text.includes('Arbeitsvereinbarung')),
    'the German texts are loaded',
  );
  assert.ok(!loaded.some(({ text }) => text.includes('Working agreement')), 'and the English ones are not');
  const manifest = await page.evaluate(async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json());
  assert.deepEqual([manifest.lang, manifest.shortcuts[0].name], ['de', 'Update aufnehmen']);
});

await step('the main pages are hers in German', async () => {
  await page.goto(base);
  await page.getByRole('heading', { name: /^(Guten|Noch wach)/, level: 1 }).waitFor();
  await accessible(ada, 'home-de', { phone: true });
  await page.goto(`${base}/u/${update}`);
  await page.getByRole('textbox', { name: 'Kommentar' }).waitFor();
  await fitsPhone(ada, 'update-de');
});

// The pages with the longest words; from right to left those that differ most in how they are laid out.
const PAGES = {
  'en-XA': ['/', '/t/TEAM', '/search', '/upload', '/record', '/settings/profile', '/settings/notifications'],
  'ar-XB': ['/', '/t/TEAM', '/settings/profile'],
};

for (const [tag, dir] of [
  ['en-XA', 'ltr'],
  ['ar-XB', 'rtl'],
]) {
  await step(`long words fit a phone's screen, ${dir}`, async () => {
    assert.equal((await api(ada, 'PATCH', '/api/v1/me', { locale: tag })).status, 200);
    for (const address of PAGES[tag]) {
      await page.goto(`${base}${address.replace('TEAM', team)}`);
      await page.waitForFunction((dir) => document.documentElement.dir === dir, dir);
      await page.locator('h1').first().waitFor({ state: 'attached' });
      await fitsPhone(ada, `${tag}${address.replaceAll('/', '-')}`);
    }
  });
}

await step('back in English', async () => {
  assert.equal((await api(ada, 'PATCH', '/api/v1/me', { locale: 'en' })).status, 200);
  await page.goto(base);
  await page.getByRole('heading', { name: /^(Good|Still up)/, level: 1 }).waitFor();
});

await step('every part in every state, light and dark', async () => {
  await page.goto(`${base}/components`);
  await page.getByRole('heading', { name: 'Components', level: 1 }).waitFor();
  await accessible(ada, 'components', { phone: true });
});

// The rest is looked at where it is used.
const VISITED = ['/settings/sessions', '/settings/insights', '/settings/audit', '/settings/instance', '/record'];
const MAIN = ['/', '/t/TEAM', '/u/UPDATE', '/search', '/inbox', '/settings/profile', '/settings/workspace'];

await step('pages that no other test visits: accessible, light and dark', async () => {
  for (const address of VISITED) {
    await page.goto(`${base}${address}`);
    await page.locator('main :is(h1, h2)').first().waitFor();
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
    await accessible(ada, address.replaceAll('/', '-').slice(1), { phone: true });
  }
});

await step('the main pages from 375 to 2560 px: nothing covered, beside the screen, too small or cut', async () => {
  for (const address of MAIN) {
    await page.goto(`${base}${address.replace('TEAM', team).replace('UPDATE', update)}`);
    await page.locator('h1').first().waitFor();
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
    await looksWell(page, address);
  }
});

await step('the app can be installed: a manifest whose pictures are there, a worker that has the page', async () => {
  await page.goto(base);
  const devtools = await ada.context.newCDPSession(page);
  const { errors, url } = await devtools.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  assert.ok(url.endsWith('/manifest.webmanifest'), url);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A profile of a test keeps nothing, so that nothing could be installed into it.
  assert.deepEqual(
    installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'),
    [],
  );
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller)
      await new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }));
  });
});

await step('the worker keeps the app’s own files and nothing of the API', async () => {
  await page.goto(`${base}/u/${update}`);
  await page.getByRole('textbox', { name: 'Comment' }).waitFor();
  const kept = await page.evaluate(async () => {
    const caches_ = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return caches_.flat().map((request) => new URL(request.url).pathname);
  });
  assert.ok(
    kept.some((path) => path.startsWith('/_app/immutable/')),
    kept.join(' '),
  );
  assert.deepEqual(
    kept.filter((path) => !/^\/(_app\/immutable\/|offline\/|favicon\.svg)/.test(path)),
    [],
  );
});

await step('without the network a page says so in words, and goes on when it is back', async () => {
  ada.expected.push(/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/, /Failed to fetch/);
  await ada.context.setOffline(true);
  await page.goto(`${base}/teams`);
  await page.getByRole('heading', { name: 'You are offline', level: 1 }).waitFor();
  await ada.context.setOffline(false);
  await page.getByRole('heading', { name: 'Teams', level: 1 }).waitFor();
});

await step('a recording that another app shares stands on the upload page', async () => {
  const bytes = [...fs.readFileSync(recording)];
  await page.evaluate((bytes) => {
    const file = new File([new Uint8Array(bytes)], 'Grüße vom Telefon.webm', { type: 'video/webm' });
    const form = document.createElement('form');
    form.method = 'post';
    form.action = '/upload';
    form.enctype = 'multipart/form-data';
    const input = document.createElement('input');
    input.type = 'file';
    input.name = 'file';
    const chosen = new DataTransfer();
    chosen.items.add(file);
    input.files = chosen.files;
    form.append(input);
    document.body.append(form);
    form.submit();
  }, bytes);
  // It is the only file and goes to the only team: its draft opens by itself.
  await page.waitForURL(/\/u\//);
  await page.getByRole('heading', { name: 'Grüße vom Telefon' }).waitFor();
});

const ROWS = 5000;

await step('of a transcript of 5,000 lines only what is near the view is drawn; all of it is found', async () => {
  const clock = (second) => new Date(second * 1000).toISOString().slice(11, 23);
  // A line every 1.4 s, as two hours have; each hundredth has the word that is looked for.
  const cues = Array.from({ length: ROWS }, (_, index) => {
    const word = index % 100 === 99 ? ' lighthouse' : '';
    return `${clock(index * 1.4)} --> ${clock(index * 1.4 + 1.3)}\nline ${index} says what a line says${word}\n`;
  });
  const draft = await api(ada, 'POST', `/api/v1/teams/${team}/updates`, {
    title: 'Two hours',
    kind: 'video',
    publish: 'draft',
  });
  const id = draft.json.id;
  const vtt = `WEBVTT\n\n${cues.join('\n')}`;
  const told = await api(ada, 'PUT', `/api/v1/updates/${id}/transcript`, vtt, 'text/vtt');
  assert.equal(told.status, 200, JSON.stringify(told));
  await page.goto(`${base}/u/${id}`);
  const panel = page.getByRole('region', { name: 'Transcript' });
  const rows = panel.locator('li[data-segment]');
  await rows.first().waitFor();
  const text = await panel.getByRole('group', { name: 'What was said' }).evaluate((box) => box.textContent);
  const numbers = [...text.matchAll(/line (\d+) says/g)].map((match) => Number(match[1]));
  assert.deepEqual(numbers, [...Array(ROWS).keys()], 'every line is there once, in order');
  assert.ok((await rows.count()) < 400, `${await rows.count()} rows`);

  await panel.getByRole('button', { name: 'Find in the transcript' }).click();
  await panel.getByRole('searchbox').fill('lighthouse');
  await panel
    .getByRole('status')
    .filter({ hasText: `1 of ${ROWS / 100}` })
    .waitFor();
  await panel.getByRole('button', { name: 'Previous' }).click();
  await panel
    .getByRole('status')
    .filter({ hasText: `${ROWS / 100} of ${ROWS / 100}` })
    .waitFor();
  const last = panel.locator(`li[data-index="${ROWS - 1}"]`);
  await last.waitFor();
  // Until it stands in the view, and what was near the beginning is drawn no more.
  await page.waitForFunction((index) => {
    const row = document.querySelector(`li[data-index="${index}"]`)?.getBoundingClientRect();
    const box = document.querySelector('[data-scroll]').getBoundingClientRect();
    return row && row.top >= box.top && row.bottom <= box.bottom && !document.querySelector('li[data-index="0"]');
  }, ROWS - 1);
  assert.ok((await rows.count()) < 400, `${await rows.count()} rows at the end`);
});

await curtain();
