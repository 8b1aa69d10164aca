// The recorder with a round's questions, without room, taken again, and in several tabs.
// usage: node recorder-tabs.mjs BASE FOLDER
import assert from 'node:assert/strict';
import path from 'node:path';
import { button, idOf, keptBy, person, recordFor, recorded, speech, stage, start, stop, until, visit } from './recorder-lib.mjs';

const [base, folder] = process.argv.slice(2);
const said = speech(folder);
const { launch, kill, step, curtain } = stage(folder);
const ada = await person(base, 'Ada');
const team = (await ada.call('POST', `/workspaces/${ada.workspace}/teams`, { name: 'Product' })).id;
const drafts = async () => (await ada.call('GET', `/workspaces/${ada.workspace}/updates?drafts=only`)).items;
let one = await launch('one', { mic: said.file });

/** Chooses a source on a recorder's page that is open, without a countdown. */
async function choose(page, source) {
  await button(page, 'Start recording').waitFor();
  await page.getByRole('radio', { name: source, exact: true }).check({ force: true });
  const count = page.getByRole('checkbox', { name: 'Count down' });
  if (await count.isChecked()) await count.uncheck();
}

await step('a round’s questions come one at a time, and each begins a chapter', async () => {
  const { page } = one;
  const asked = ['What did you finish?', 'What is next?', 'What is in your way?'];
  const check_in = await ada.call('POST', `/teams/${team}/check-ins`, {
    name: 'Daily', prompts: asked, schedule: { days: ['mo'], at: '09:00', zone: 'member' }, open_for_minutes: 600,
  });
  const round = (await ada.call('POST', `/check-ins/${check_in.id}/open`, {})).id;
  await visit(base, ada, page, `/record?team=${team}&round_id=${round}`);
  await choose(page, 'Voice only');
  // Only the first is asked; the second is announced.
  await page.getByText('Question 1 of 3').waitFor();
  assert.equal(await page.getByText(asked[2]).count(), 0);
  assert.equal(await button(page, 'Next question').count(), 0);
  await button(page, 'Start recording').click();
  await page.getByRole('timer').waitFor();
  await recordFor(page, 3);
  const stamps = [[await recorded(page)]];
  await page.keyboard.press('n');
  stamps[0].push(await recorded(page));
  await page.getByText('Question 2 of 3').waitFor();
  assert.equal(await page.getByText(asked[0]).count(), 0);
  await page.screenshot({ path: path.join(folder, 'question.png') });
  await recordFor(page, 6);
  stamps.push([await recorded(page)]);
  await button(page, 'Next question').click();
  stamps[1].push(await recorded(page));
  await page.getByText('Question 3 of 3').waitFor();
  await page.getByText(asked[2], { exact: true }).waitFor();
  // It is the last one: the key means nothing any more.
  assert.equal(await button(page, 'Next question').count(), 0);
  await page.keyboard.press('n');
  await recordFor(page, 9);
  const id = await stop(page);
  const ready = await until(ada, id, (found) => found.status === 'ready');
  assert.equal(ready.round_id, round);
  assert.deepEqual(ready.chapters.map((chapter) => chapter.title), asked);
  const at = ready.chapters.map((chapter) => chapter.at_ms);
  assert.equal(at[0], 0);
  stamps.forEach(([from, to], number) => {
    const here = at[number + 1] / 1000;
    assert.ok(here >= from - 0.2 && here <= to + 1.2, `${here} s, pressed between ${from} and ${to} s`);
  });
  await page.getByRole('region', { name: 'Draft' }).getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('Published.').waitFor();
  const { responses } = await ada.call('GET', `/rounds/${round}`);
  const parts = responses[0].by_prompt;
  assert.deepEqual(parts.map((part) => part.prompt_id), check_in.prompts.map((prompt) => prompt.id));
  assert.deepEqual(parts.map((part) => part.start_ms), at);
  assert.ok(said.words.some((word) => parts.map((part) => part.text).join(' ').toLowerCase().includes(word)), JSON.stringify(parts));
});

await step('two tabs record at once, and neither offers what the other one records', async () => {
  const two = await one.context.newPage();
  two.setDefaultTimeout(60_000);
  await start(base, ada, one.page, team, 'Voice only', { title: 'First tab' });
  await recordFor(one.page, 2);
  await start(base, ada, two, team, 'Voice only', { title: 'Second tab' });
  for (const page of [one.page, two])
    assert.equal(await page.getByRole('region', { name: 'A recording is not sent yet' }).count(), 0);
  assert.equal(await keptBy(two), 2);
  await recordFor(two, 4);
  const second = await stop(two);
  assert.ok((await recorded(one.page)) >= 4, 'the first goes on');
  const first = await stop(one.page);
  for (const [id, title, least_ms] of [[first, 'First tab', 5_000], [second, 'Second tab', 3_500]]) {
    const ready = await until(ada, id, (found) => found.status === 'ready');
    assert.equal(ready.title, title);
    assert.ok(ready.duration_ms >= least_ms, `${title}: ${ready.duration_ms} ms`);
  }
  await two.close();
});

await step('three tabs offer what was left: one sends it, the others neither send it again nor throw it away', async () => {
  await start(base, ada, one.page, team, 'Voice only', { title: 'Left over' });
  await recordFor(one.page, 2);
  await one.context.setOffline(true);
  await one.page.getByText('The server cannot be reached').waitFor();
  await recordFor(one.page, 6);
  const recorded_ms = Date.now() - one.clock.startedAt;
  await kill(one);
  one = await launch('one', { mic: said.file });
  const [two, three] = [await one.context.newPage(), await one.context.newPage()];
  const left = (page) => page.getByRole('region', { name: 'A recording is not sent yet' });
  for (const page of [one.page, two, three]) {
    page.setDefaultTimeout(60_000);
    await visit(base, ada, page, '/');
    await left(page).waitFor();
  }
  // The first gets nowhere yet, but it owns the recording.
  await one.page.route('**/api/v1/uploads/**', (route) => route.abort());
  await left(one.page).getByRole('button', { name: 'Go on sending' }).click();
  await one.page.getByText('A recording waits for the server').waitFor();
  await left(two).getByRole('button', { name: 'Go on sending' }).click();
  await two.getByText('Another tab sends it already.').waitFor();
  await left(two).waitFor({ state: 'detached' });
  await one.page.unroute('**/api/v1/uploads/**');
  const [draft] = (await drafts()).filter((found) => found.title === 'Left over');
  const ready = await until(ada, draft.id, (found) => found.status === 'ready');
  assert.ok(ready.duration_ms >= recorded_ms - 2_000, `${ready.duration_ms} of ${recorded_ms} ms`);
  assert.equal(await keptBy(one.page), 0);
  // The third still offers it, and says so when it is asked to throw it away.
  await left(three).getByRole('button', { name: 'Discard' }).click();
  await three.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await three.getByText('Another tab sends it already.').waitFor();
  assert.deepEqual((await drafts()).filter((found) => found.title === 'Left over').map((found) => found.id), [draft.id]);
  await two.close();
  await three.close();
});

await step('no room in the browser: the recording ends with a sentence, is kept and is sent', async () => {
  const { page } = one;
  await start(base, ada, page, team, 'Camera', { title: 'No room' });
  await recordFor(page, 2);
  await one.context.setOffline(true);
  await page.getByText('The server cannot be reached').waitFor();
  // The browser's word for what is free; all else is real. With 2 MB to keep, 20 MB are too few.
  await page.evaluate(() => {
    navigator.storage.estimate = async () => ({ quota: 40 * 1024 * 1024, usage: 20 * 1024 * 1024 });
  });
  await page.getByText('This browser has no room for more, so the recording ended').waitFor();
  const recorded_ms = Date.now() - one.clock.startedAt;
  await page.screenshot({ path: path.join(folder, 'no-room.png') });
  assert.equal(await keptBy(page), 1);
  await one.context.setOffline(false);
  await page.getByRole('link', { name: 'Open the draft' }).click();
  await page.waitForURL(/\/u\//);
  const ready = await until(ada, idOf(page), (found) => found.status === 'ready');
  assert.equal(ready.title, 'No room');
  // It ended a moment before the sentence was read; and it had begun a moment before the browser said so.
  const most_ms = recorded_ms + 500;
  assert.ok(ready.duration_ms >= recorded_ms - 2_000 && ready.duration_ms <= most_ms, `${ready.duration_ms} of ${recorded_ms} ms`);
  assert.equal(await keptBy(page), 0);
});

await step('a browser that keeps nothing more says so, and what was recorded arrives all the same', async () => {
  const { page } = one;
  await start(base, ada, page, team, 'Voice only', { title: 'Unkept' });
  await recordFor(page, 2);
  await one.context.setOffline(true);
  await page.getByText('The server cannot be reached').waitFor();
  const session = await one.context.newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: base, quotaSize: 1 });
  await page.getByText('This browser keeps nothing more').waitFor();
  const seconds = await recorded(page);
  await recordFor(page, seconds + 2);
  await one.context.setOffline(false);
  await page.getByText('Everything is safe on the server').waitFor();
  const id = await stop(page);
  const ready = await until(ada, id, (found) => found.status === 'ready');
  assert.ok(ready.duration_ms >= (seconds + 1) * 1000, `${ready.duration_ms} ms of ${seconds} s and 2 more`);
  await session.send('Storage.overrideQuotaForOrigin', { origin: base });
});

await step('a draft is recorded again: the other take is there, the first one goes', async () => {
  const { page } = one;
  const before = idOf(page);
  await page.getByRole('region', { name: 'Draft' }).getByRole('link', { name: 'Record again' }).click();
  await page.getByText('Another take').waitFor();
  await choose(page, 'Voice only');
  await button(page, 'Start recording').click();
  await page.getByRole('timer').waitFor();
  await recordFor(page, 3);
  // Until the other take has arrived the first one stays.
  assert.ok((await drafts()).some((found) => found.id === before));
  const id = await stop(page);
  await until(ada, id, (found) => found.status === 'ready');
  const now = (await drafts()).map((found) => found.id);
  assert.deepEqual([now.includes(id), now.includes(before)], [true, false]);
});

await curtain();
