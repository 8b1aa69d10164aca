// Two people in two browser profiles and two time zones, and a third who may see nothing.
// usage: node two-people.mjs BASE RECORDING FOLDER_FOR_PICTURES
import assert from 'node:assert/strict';
import { api, invite as makeInvite, makeTeam, playsAt, reaches, signUp, theatre, watches } from './people.mjs';

const [base, recording, pictures] = process.argv.slice(2);
const { person, step, accessible, fitsPhone, curtain } = await theatre(base, pictures);

const ada = await person('Ada', 'Europe/Berlin');
const ben = await person('Ben', 'Asia/Kolkata');
const eve = await person('Eve', 'America/Lima');

await step('Ada signs up', async () => {
  await ada.page.goto(base);
  await ada.page.waitForURL(/\/sign-up/);
  await accessible(ada, 'sign-up', { phone: true });
  await signUp(ada, `${base}/sign-up`, 'Ferrywise');
  await accessible(ada, 'home-empty');
});

const { team, invite } = await step('Ada makes a private team and an invitation', async () => {
  const team = await makeTeam(ada, 'Product', 'Private');
  return { team, invite: await makeInvite(ada, { teams: ['Product'] }) };
});

await step('Ben joins by the link, in another time zone', async () => {
  await signUp(ben, invite);
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
  ben.expected.push(new RegExp(`status of 404.*${update}`));
  assert.equal((await api(ben, 'GET', `/api/v1/updates/${update}`)).status, 404);
});

await step('Ada reviews the draft and publishes it', async () => {
  await ada.page.locator('video').waitFor();
  await ada.page.getByRole('region', { name: 'Draft' }).getByRole('button', { name: 'Publish', exact: true }).click();
  await ada.page.getByText('Published.').waitFor();
});

await step('the transcript is written', async () => {
  await ada.page.locator('[data-start-ms]').first().waitFor({ timeout: 180_000 });
  await reaches(ada, update, 'ready');
});

await step('Ben finds it at home and watches', async () => {
  await ben.page.goto(base);
  await ben.page.locator(`a[href^="/u/${update}"]`).first().click();
  await watches(ben);
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
  await playsAt(ben, at);
  assert.ok(Math.abs(at - word.start_ms) <= 300, `the hit is at ${at} ms, the word at ${word.start_ms} ms`);
});

await step('Ben comments, and Ada sees it without reloading', async () => {
  await ada.page.getByRole('region', { name: 'Transcript' }).first().waitFor();
  const field = ben.page.getByRole('textbox', { name: 'Comment', exact: true });
  await field.fill('This is what the customer asked for.');
  await ben.page.reload();
  await ben.page.waitForFunction(() => document.querySelector('.compose textarea')?.value === 'This is what the customer asked for.');
  await ben.page.getByRole('button', { name: 'Post comment' }).click();
  await ben.page.getByText('This is what the customer asked for.').first().waitFor();
  await ada.page.getByText('This is what the customer asked for.').first().waitFor({ timeout: 10_000 });
  await accessible(ada, 'watch-comments');
});

await step('Ada listens without the picture, and with it again', async () => {
  const choose = async (name) => {
    await ada.page.getByRole('button', { name: 'Picture and playback' }).click();
    await ada.page.getByRole('menuitemradio', { name }).click();
  };
  const plays = (pictured) =>
    ada.page.waitForFunction((pictured) => {
      const video = document.querySelector('video');
      return video.readyState >= 2 && video.videoWidth > 0 === pictured;
    }, pictured);
  await plays(true);
  await choose('Sound only');
  await ada.page.getByText('Sound only, to spare a thin line').waitFor();
  await plays(false);
  await choose(/^Auto/);
  await plays(true);
});

await step('Ada has it in full screen and without sound by keys, and takes both back', async () => {
  const is = (wanted) =>
    ada.page.waitForFunction(([full, muted]) => {
      const video = document.querySelector('video');
      return (document.fullscreenElement?.contains(video) ?? false) === full && video.muted === muted;
    }, wanted);
  await is([false, false]);
  await ada.page.keyboard.press('f');
  await is([true, false]);
  await ada.page.keyboard.press('m');
  await is([true, true]);
  await ada.page.keyboard.press('f');
  await is([false, true]);
  await ada.page.keyboard.press('m');
  await is([false, false]);
});

await step('Ada replaces a word in the whole transcript, and takes that back', async () => {
  const panel = ada.page.getByRole('region', { name: 'Transcript' }).first();
  const said = await panel.locator('[data-start-ms]').first().textContent();
  await panel.getByRole('button', { name: 'Correct the text', exact: true }).click();
  await panel.getByRole('button', { name: 'Find and replace' }).click();
  await panel.getByRole('searchbox').fill(said);
  await panel.getByRole('textbox', { name: 'Replace with' }).fill('Zanzibar');
  await panel.getByRole('button', { name: /^Replace (it|all)/ }).click();
  await panel.getByText('Zanzibar').first().waitFor();
  await accessible(ada, 'transcript-correcting');
  await panel.getByRole('button', { name: 'Undo' }).click();
  await panel.getByText('Zanzibar').first().waitFor({ state: 'detached' });
  assert.equal(await panel.locator('[data-start-ms]').first().textContent(), said);
});

await step('Eve gets nothing', async () => {
  eve.expected.push(/status of 404/);
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
  await fitsPhone(ben, 'watch');
  await accessible(ben, 'watch-375');
});

await step('a phone shows the poster before the app is there, where the player is then', async () => {
  await ben.page.addInitScript(() => {
    const look = () => {
      const early = document.getElementById('ahead');
      if (early) window.early = early.getBoundingClientRect().toJSON();
      requestAnimationFrame(look);
    };
    look();
  });
  await ben.page.goto(`${base}/u/${update}`);
  await ben.page.waitForFunction(() => document.querySelector('video')?.poster && !document.getElementById('ahead'));
  const [early, player] = await ben.page.evaluate(() => [
    window.early,
    document.querySelector('video').getBoundingClientRect().toJSON(),
  ]);
  assert.deepEqual(early, player);
});

await step('Ada deletes from the team’s list by keys, and takes that back', async () => {
  // Whose page is open would be told that it is gone.
  await ben.page.goto('about:blank');
  await ada.page.goto(`${base}/t/${team}`);
  const row = ada.page.locator(`li[data-id="${update}"]`);
  await row.locator('a').focus();
  await ada.page.keyboard.press('x');
  await ada.page.getByText('One chosen').waitFor();
  await accessible(ada, 'library-chosen', { phone: true });
  await row.locator('a').focus();
  await ada.page.keyboard.press('Delete');
  await row.waitFor({ state: 'detached' });
  await ada.page.getByRole('button', { name: 'Undo' }).click();
  await row.waitFor();
});

await curtain();
