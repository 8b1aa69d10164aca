// Recording in real browsers with fake devices: shared live, through a broken network and a killed server, resumed after
// the browser was killed, and as a draft that is trimmed and published.
// usage: node recorder.mjs BASE FOLDER [SEED]; prints RESTART when the server is to be killed and started, and waits for a
// line on its input.
import assert from 'node:assert/strict';
import path from 'node:path';
import readline from 'node:readline';
import { axe, button, keptBy, person, recordFor, recorded, speech, stage, start, stop, TITLE, until, visit } from './recorder-lib.mjs';

const [base, folder, seed = '1'] = process.argv.slice(2);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const said = speech(folder);
const { launch, kill, step, curtain } = stage(folder);

async function restartServer() {
  console.log('RESTART');
  await lines.next();
}

/** Length between what was certainly recorded and the time that passed, and what was spoken is in the transcript. */
async function whole(who, update, least_ms, most_ms) {
  const ready = await until(who, update, (found) => found.status === 'ready');
  assert.ok(ready.duration_ms >= least_ms, `${ready.duration_ms} ms of at least ${least_ms}`);
  assert.ok(ready.duration_ms <= most_ms, `${ready.duration_ms} ms of at most ${most_ms}`);
  assert.equal(ready.transcript.status, 'ready');
  const { segments } = await who.call('GET', `/updates/${update}/transcript`);
  const text = segments.map((segment) => segment.text).join(' ').toLowerCase();
  assert.ok(said.words.some((word) => text.includes(word)), `spoken: ${text}`);
  return { ...ready, last_ms: segments[segments.length - 1].end_ms };
}

async function accessible(page, what) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    const serious = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
    assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`), [], `${what}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.screenshot({ path: path.join(folder, `${what}.png`) });
}

const ada = await person(base, 'Ada');
const team = (await ada.call('POST', `/workspaces/${ada.workspace}/teams`, { name: 'Product' })).id;
const invite = await ada.call('POST', `/workspaces/${ada.workspace}/invites`, { role: 'member', team_ids: [team] });
const ben = await person(base, 'Ben', invite.token);
let first = await launch('ada', { mic: said.file });
const second = await launch('ben', { fake: false });

await step('the recorder is accessible', async () => {
  await visit(base, ada, first.page, `/record?team=${team}`);
  await button(first.page, 'Start recording').waitFor();
  await accessible(first.page, 'record');
});

await step('screen and camera, shared live: Ben plays while Ada records', async () => {
  const began = await start(base, ada, first.page, team, 'Screen and camera', { live: true });
  const link = await first.page.getByRole('link', { name: /\/u\// }).getAttribute('href');
  await visit(base, ben, second.page, link);
  const video = second.page.locator('video');
  await video.waitFor();
  await button(second.page, 'Play').first().click();
  await second.page.waitForFunction(() => document.querySelector('video').currentTime > 2);
  const now = await ben.call('GET', `/updates/${link.split('/')[2]}`);
  assert.deepEqual([now.status, now.live], ['uploading', true]);
  await button(first.page, 'Pause').click();
  await first.page.getByRole('timer').getByText('Paused').waitFor();
  const [pausedAt, seconds] = [Date.now(), await recorded(first.page)];
  await new Promise((done) => setTimeout(done, 4_000));
  assert.equal(await recorded(first.page), seconds);
  const paused_ms = Date.now() - pausedAt;
  await button(first.page, 'Go on').click();
  await recordFor(first.page, seconds + 3);
  const id = await stop(first.page);
  const most_ms = Date.now() - began - paused_ms;
  assert.equal(`/u/${id}`, link);
  await second.page.waitForFunction((end) => {
    const video = document.querySelector('video');
    return Number.isFinite(video.duration) && video.duration > end;
  }, seconds + 1);
  const ready = await whole(ada, id, (seconds + 2) * 1000, most_ms);
  assert.equal(ready.publish.state, 'published');
});

await step('camera, through a cut network and a killed server', async () => {
  const began = await start(base, ada, first.page, team, 'Camera');
  await recordFor(first.page, 2);
  await first.context.setOffline(true);
  await first.page.getByText('The server cannot be reached').waitFor();
  await recordFor(first.page, 22);
  await first.context.setOffline(false);
  await first.page.getByText('Everything is safe on the server').waitFor();
  await restartServer();
  // Another tab sees that this one owns the recording, and offers nothing.
  const other = await first.context.newPage();
  await visit(base, ada, other, '/');
  await other.getByRole('region', { name: 'Your drafts' }).waitFor();
  assert.equal(await keptBy(other), 1);
  assert.equal(await other.getByRole('region', { name: 'A recording is not sent yet' }).count(), 0);
  await other.close();
  const seconds = await recorded(first.page);
  await recordFor(first.page, seconds + 3);
  await first.page.getByText('Everything is safe on the server').waitFor();
  const id = await stop(first.page);
  const draft = await whole(ada, id, (seconds + 2) * 1000, Date.now() - began);
  assert.equal(draft.publish.state, 'draft');
});

await step('voice: the browser is killed, the next visit sends the rest', async () => {
  await start(base, ada, first.page, team, 'Voice only');
  const wanted = 6_000 + ((Number(seed) * 7_919) % 4_000);
  await first.page.evaluate((ms) => new Promise((done) => setTimeout(done, ms)), wanted);
  const recorded_ms = Date.now() - first.clock.startedAt;
  await kill(first);
  first = await launch('ada', { mic: said.file });
  await visit(base, ada, first.page, '/');
  const left = first.page.getByRole('region', { name: 'A recording is not sent yet' });
  await left.getByRole('button', { name: 'Go on sending' }).click();
  await left.waitFor({ state: 'detached' });
  const [draft] = (await ada.call('GET', `/workspaces/${ada.workspace}/updates?drafts=only`)).items;
  assert.deepEqual([draft.title, draft.kind], [TITLE, 'voice']);
  const ready = await whole(ada, draft.id, recorded_ms - 2_000, recorded_ms + 1_500);
  console.log(`   ${recorded_ms} ms recorded, ${ready.duration_ms} ms there, last word at ${ready.last_ms} ms`);
});

await step('whiteboard: drawn on, trimmed, published', async () => {
  await start(base, ada, first.page, team, 'Whiteboard');
  await button(first.page, 'Pen').click();
  const box = await first.page.getByRole('region', { name: 'Recording' }).boundingBox();
  const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
  await first.page.mouse.move(...at(0.2, 0.5));
  await first.page.mouse.down();
  await first.page.mouse.move(...at(0.8, 0.5), { steps: 12 });
  await first.page.mouse.up();
  await recordFor(first.page, 5);
  const id = await stop(first.page);
  await until(ada, id, (found) => found.status === 'ready');
  const video = first.page.locator('video');
  await button(first.page, 'Play').first().click();
  await first.page.waitForFunction(() => document.querySelector('video').currentTime > 3);
  const red = await video.evaluate((video) => {
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0);
    const [r, g, b] = context.getImageData(video.videoWidth / 2, video.videoHeight / 2, 1, 1).data;
    return r - (g + b) / 2;
  });
  assert.ok(red > 60, `the line is not there: ${red}`);
  await ada.call('PATCH', `/updates/${id}`, { trim: { start_ms: 1_000, end_ms: 4_000 } });
  await first.page.getByRole('region', { name: 'Draft' }).getByRole('button', { name: 'Publish', exact: true }).click();
  await first.page.getByText('Published.').waitFor();
  const seen = await ben.call('GET', `/updates/${id}`);
  assert.deepEqual([seen.publish.state, seen.duration_ms], ['published', 3_000]);
});

await curtain();
