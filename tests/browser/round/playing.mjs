// Playing a round and a catch-up queue as one list, and reading it.
import assert from 'node:assert/strict';
import { api } from '../people.mjs';

const region = (who, name) => who.page.getByRole('region', { name });
const video = (who) => who.page.getByTestId('playlist-video');

/** Waits until the visible picture moves. */
async function moves(who) {
  await who.page.waitForFunction(() => {
    const media = document.querySelector('[data-testid=playlist-video]');
    return media && !media.paused && media.currentTime > 0.3 && media.readyState > 2;
  });
}

/** Whose answer is on. */
async function onAir(who, name) {
  await who.page.getByRole('status').getByText(`Now: ${name}`).waitFor({ state: 'attached' });
}

/** Skipping by person and question, captions and transcript across updates. */
export async function skips({ step, accessible }, who) {
  await step('the round is skipped by person; captions and words follow', async () => {
    const play = region(who, 'Play the round');
    await play.getByRole('button', { name: 'Play the round' }).click();
    await onAir(who, 'Dan');
    await moves(who);
    await play.getByTestId('playlist-caption').getByText(/\w+/).waitFor();
    const said = play.getByRole('list', { name: 'What is said' });
    await said.locator('li[aria-current]').first().waitFor();
    await accessible(who, 'round-playing', { phone: true });
    await play.getByRole('button', { name: 'Next person' }).click();
    await onAir(who, 'Ben');
    await moves(who);
    await said.locator('li[aria-current]').first().waitFor();
    await play.getByRole('button', { name: 'Next person' }).click();
    await play.getByText('Ship the voucher page').waitFor();
    await play.getByRole('button', { name: 'Person before' }).click();
    await onAir(who, 'Ben');
    await play.getByRole('button', { name: 'Pause' }).click();
    assert.equal(await video(who).evaluate((media) => media.paused), true);
  });
  await step('only blockers: the one of them', async () => {
    await who.page.reload();
    const play = region(who, 'Play the round');
    await play.getByLabel(/Only blockers/).check();
    const order = play.getByRole('list', { name: 'In this order' });
    assert.equal(await order.getByRole('button').count(), 1);
    await play.getByLabel(/Only blockers/).uncheck();
  });
}

/** From its beginning to its end: what was played is as long as was said before. */
export async function plays({ step }, who) {
  await step('the whole round is played in the time that was shown', async () => {
    await who.page.reload();
    const play = region(who, 'Play the round');
    const total = play.getByTestId('play-total');
    const shown = Number(await total.getAttribute('data-ms'));
    const begin = Date.now();
    await play.getByRole('button', { name: 'Play the round' }).click();
    // Ada's own answer is a text: it waits until it is read.
    await play.getByRole('button', { name: 'Read, go on' }).waitFor();
    const took = Date.now() - begin;
    const played = await play.locator('video').evaluateAll((all) =>
      all.reduce((sum, { played }) => {
        for (let i = 0; i < played.length; i += 1) sum += played.end(i) - played.start(i);
        return sum;
      }, 0),
    );
    console.log(`shown ${shown} ms, played ${Math.round(played * 1000)} ms of media, ${took} ms on the wall`);
    assert.ok(Math.abs(played * 1000 - shown) <= shown * 0.02, `${shown} ms were shown, ${played * 1000} ms played`);
    await play.getByRole('button', { name: 'Read, go on' }).click();
    await who.page.getByText('That was the round.').waitFor({ state: 'attached' });
  });
}

/** As text, with links; read to its end it counts as seen. */
export async function reads({ step, accessible }, who, round) {
  await step('the round is read as text, which counts as seen', async () => {
    await who.page.goto(`${who.base}/r/${round}`);
    await who.page.getByRole('button', { name: 'Read it' }).click();
    const text = region(who, 'The round as text');
    await text.getByText('customer database').first().waitFor();
    await text.getByText('Ship the voucher page').waitFor();
    assert.match(await text.getByRole('link', { name: 'Ben' }).getAttribute('href'), /^\/u\//);
    await accessible(who, 'round-read', { phone: true });
    await text.getByRole('button', { name: 'I have read it' }).click();
    await text.waitFor({ state: 'detached' });
    await who.page.getByLabel(/Only what I have not seen/).check();
    await who.page.getByText('Nothing to play.').or(who.page.getByRole('list', { name: 'In this order' }).getByText('Dan')).first().waitFor();
    const { json } = await api(who, 'GET', `/api/v1/me/catch-up?minutes=60`);
    assert.deepEqual(json.items, []);
  });
}

/** "I have five minutes": played to the end, everything in it is seen. */
export async function catchUp({ step, accessible }, who) {
  await step('five minutes of catch-up: played in one go, then nothing is left', async () => {
    await who.page.goto(`${who.base}/catch-up`);
    const play = region(who, 'Play these');
    const queue = who.page.getByRole('region', { name: /updates,/ });
    await queue.getByRole('listitem').nth(2).waitFor();
    assert.equal(await queue.getByRole('listitem').count(), 3);
    await queue.getByText('names a blocker').waitFor();
    await queue.getByText('an answer to a round').first().waitFor();
    await accessible(who, 'catch-up', { phone: true });
    await play.getByRole('button', { name: 'Play these' }).click();
    await onAir(who, 'Dan');
    await moves(who);
    await play.getByRole('button', { name: 'Read, go on' }).waitFor();
    await play.getByText('Ship the voucher page').waitFor();
    await play.getByRole('button', { name: 'Read, go on' }).click();
    for (;;) {
      const { json } = await api(who, 'GET', `/api/v1/me/catch-up`);
      if (json.items.length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await who.page.reload();
    await who.page.getByRole('heading', { name: 'You have seen everything' }).waitFor();
    await accessible(who, 'catch-up-empty', { phone: true });
  });
}
