// The recorder's page when things are not as they should be, by keyboard, and a draft's review.
// usage: node recorder-page.mjs BASE FOLDER
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { button, idOf, keptBy, person, recordFor, recorded, speech, stage, start, stop, until, visit } from './recorder-lib.mjs';

const [base, folder] = process.argv.slice(2);
const said = speech(folder);
const { launch: begin, step, curtain } = stage(folder);

async function launch(name, options, how) {
  const one = await begin(name, options, how);
  // A device that is unplugged: its track ends by itself, which the page can only be told.
  await one.context.addInitScript(() => {
    window.devices = [];
    if (navigator.mediaDevices === undefined) return;
    const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await get(wanted);
      window.devices.push(...stream.getTracks());
      return stream;
    };
    window.unplug = (kind) => {
      const track = window.devices.findLast((one) => one.kind === kind && one.readyState === 'live');
      track.stop();
      track.dispatchEvent(new Event('ended'));
    };
  });
  return one;
}

const shot = (page, name) => page.screenshot({ path: path.join(folder, `${name}.png`) });
const ada = await person(base, 'Ada');
const team = (await ada.call('POST', `/workspaces/${ada.workspace}/teams`, { name: 'Product' })).id;
const drafts = async () => (await ada.call('GET', `/workspaces/${ada.workspace}/updates?drafts=only`)).items;
const one = await launch('one', { mic: said.file });
const { page } = one;

await step('voice by keyboard alone: counted down, called off, recorded, paused, stopped', async () => {
  await visit(base, ada, page, `/record?team=${team}`);
  await button(page, 'Start recording').waitFor();
  await page.getByRole('radio', { name: 'Screen and camera' }).focus();
  // The radio group's own keys; the last of the list is voice.
  await page.keyboard.press('ArrowUp');
  await page.getByRole('meter').waitFor();
  const countdown = page.getByRole('checkbox', { name: 'Count down' });
  if (!(await countdown.isChecked())) {
    await countdown.focus();
    await page.keyboard.press('Space');
  }
  await page.locator('h1').click();
  await page.keyboard.press('r');
  await page.getByText(/^Recording starts in/).first().waitFor();
  await shot(page, 'countdown');
  await page.keyboard.press('Escape');
  await button(page, 'Start recording').waitFor();
  await page.keyboard.press('r');
  await page.getByRole('timer').waitFor();
  await recordFor(page, 7);
  await page.keyboard.press('Space');
  await page.getByRole('timer').getByText('Paused').waitFor();
  await page.keyboard.press('Space');
  await page.getByRole('timer').getByText('Paused').waitFor({ state: 'detached' });
  await recordFor(page, 12);
  await page.keyboard.press('s');
  await page.waitForURL(/\/u\//);
});

await step('the draft is named after its first sentence, trimmed and set for the next working morning', async () => {
  const id = idOf(page);
  const ready = await until(ada, id, (found) => found.status === 'ready');
  assert.ok(ready.title.split(' ').length >= 3 && said.words.some((word) => ready.title.toLowerCase().includes(word)), ready.title);
  await page.getByRole('heading', { name: ready.title }).first().waitFor();
  const draft = page.getByRole('region', { name: 'Draft' });
  await draft.getByRole('button', { name: 'Trim' }).click();
  const form = page.getByRole('form', { name: 'Trim' });
  await form.getByRole('textbox', { name: 'Start' }).fill('0:02.0');
  await form.getByRole('textbox', { name: 'End' }).fill('0:99.0');
  await form.getByRole('alert').waitFor();
  await form.getByRole('textbox', { name: 'End' }).fill('0:06.0');
  await shot(page, 'trim');
  await form.getByRole('button', { name: 'Save trim' }).click();
  await form.waitFor({ state: 'detached' });
  const trimmed = await ada.call('GET', `/updates/${id}`);
  assert.deepEqual([trimmed.trim, trimmed.duration_ms], [{ start_ms: 2_000, end_ms: 6_000 }, 4_000]);
  await draft.getByRole('button', { name: 'Schedule' }).click();
  const local = await page.getByLabel(/^Publish at/).inputValue();
  assert.match(local, /T09:00$/);
  assert.ok(![0, 6].includes(new Date(`${local}Z`).getUTCDay()), local);
  await shot(page, 'schedule');
  await button(page, 'Set the time').click();
  await draft.getByText(/^To be published on/).waitFor();
  const set = await ada.call('GET', `/updates/${id}`);
  assert.equal(set.publish.state, 'scheduled');
  const there = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' });
  assert.equal(there.format(new Date(set.publish.at)), '09:00');
});

await step('a take is thrown away and leaves nothing', async () => {
  const before = (await drafts()).length;
  await start(base, ada, page, team, 'Voice only');
  await recordFor(page, 2);
  await button(page, 'Start over').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click();
  await button(page, 'Start recording').waitFor();
  // The browser forgets it first, then the server.
  const until_ms = Date.now() + 30_000;
  while ((await keptBy(page)) > 0) assert.ok(Date.now() < until_ms, 'the browser keeps it');
  for (let now = await drafts(); now.length !== before; now = await drafts())
    assert.ok(Date.now() < until_ms, `${JSON.stringify(now)} of ${before}`);
});

await step('the whiteboard: an arrow, taken back and cleared by keys', async () => {
  await start(base, ada, page, team, 'Whiteboard');
  const box = await page.getByRole('region', { name: 'Recording' }).boundingBox();
  const draw = async () => {
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6, { steps: 6 });
    await page.mouse.up();
  };
  await page.keyboard.press('a');
  await page.getByRole('button', { name: 'Arrow', pressed: true }).waitFor();
  await draw();
  await page.keyboard.press('p');
  await draw();
  await button(page, 'Take back the last line').click();
  await button(page, 'Clear the drawing').waitFor();
  await shot(page, 'arrow');
  await page.keyboard.press('x');
  await button(page, 'Clear the drawing').waitFor({ state: 'detached' });
  await page.keyboard.press('s');
  await page.waitForURL(/\/u\//);
});

await step('screen and camera: the bubble moves by keys and by mouse; unplugged, the recording goes on without it', async () => {
  await start(base, ada, page, team, 'Screen and camera');
  const bubble = page.getByRole('button', { name: /^Camera bubble/ });
  const before = await bubble.boundingBox();
  await bubble.focus();
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowUp');
  const above = await bubble.boundingBox();
  assert.ok(above.y < before.y - 5, `${above.y} from ${before.y}`);
  await page.mouse.move(above.x + above.width / 2, above.y + above.height / 2);
  await page.mouse.down();
  await page.mouse.move(above.x - 150, above.y - 60, { steps: 8 });
  await page.mouse.up();
  const dragged = await bubble.boundingBox();
  assert.ok(dragged.x < above.x - 50, `${dragged.x} from ${above.x}`);
  await shot(page, 'bubble');
  await page.evaluate(() => window.unplug('video'));
  await page.getByText('The recording goes on without the bubble').waitFor();
  await bubble.waitFor({ state: 'detached' });
  const seconds = await recorded(page);
  await recordFor(page, seconds + 2);
  await page.evaluate(() => window.unplug('audio'));
  await page.getByText('The microphone was unplugged').waitFor();
  await page.getByRole('timer').getByText('Paused').waitFor();
  await shot(page, 'microphone-lost');
  await button(page, 'Go on').click();
  await recordFor(page, seconds + 4);
  const ready = await until(ada, await stop(page), (found) => found.status === 'ready');
  assert.ok(ready.duration_ms >= (seconds + 3) * 1000, `${ready.duration_ms}`);
});

await step('the camera is unplugged: the recording ends with a sentence and is kept', async () => {
  await start(base, ada, page, team, 'Camera');
  await recordFor(page, 3);
  await page.evaluate(() => window.unplug('video'));
  await page.getByText('The camera was unplugged, so the recording ended').waitFor();
  await shot(page, 'camera-lost');
  await page.getByRole('link', { name: 'Open the draft' }).click();
  await page.waitForURL(/\/u\//);
  const ready = await until(ada, idOf(page), (found) => found.status === 'ready');
  assert.ok(ready.duration_ms >= 2_000 && ready.publish.state === 'draft', JSON.stringify(ready));
});

await step('the team’s limit is shown, comes near and ends the recording', async () => {
  const short = await ada.call('POST', `/workspaces/${ada.workspace}/teams`, { name: 'Brief' });
  await ada.call('PATCH', `/teams/${short.id}`, { max_duration_ms: 60_000 });
  // Most of the minute passes on the page's clock alone.
  await page.clock.install();
  await start(base, ada, page, short.id, 'Voice only');
  await page.getByRole('timer', { name: /of at most 1:00$/ }).waitFor();
  await page.clock.fastForward(56_000);
  await page.getByText('The time limit is near').waitFor();
  await shot(page, 'limit-near');
  await page.clock.fastForward(5_000);
  await page.getByText('The time limit was reached').waitFor();
  await shot(page, 'limit-reached');
});

await step('a silent microphone is told', async () => {
  const silence = path.join(folder, 'silence.wav');
  const samples = 16_000;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples * 2, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples * 2, 40);
  fs.writeFileSync(silence, Buffer.concat([head, Buffer.alloc(samples * 2)]));
  const mute = await launch('mute', { mic: silence }, { leaves: true });
  await start(base, ada, mute.page, team, 'Voice only');
  await mute.page.getByText('Nothing is heard').first().waitFor();
  await shot(mute.page, 'silent');
  await mute.close();
});

await step('a refused permission is told, and voice or a file remain', async () => {
  const refused = await launch('refused', { refuse: true }, { leaves: true });
  await visit(base, ada, refused.page, `/record?team=${team}`);
  await refused.page.getByRole('radio', { name: 'Camera', exact: true }).check({ force: true });
  await button(refused.page, 'Start recording').click();
  await refused.page.getByText(/The browser was not allowed to use the (camera|microphone)/).waitFor();
  await refused.page.getByRole('link', { name: 'Upload a recording' }).waitFor();
  await shot(refused.page, 'refused');
  await refused.close();
});

await step('an insecure address says why it cannot record, and offers upload', async () => {
  const plain = await launch('plain', { flags: ['--host-resolver-rules=MAP meridian.test 127.0.0.1'] });
  const there = base.replace('127.0.0.1', 'meridian.test');
  await visit(there, ada, plain.page, `/record?team=${team}`);
  await plain.page.getByText('This page was opened over plain http').waitFor();
  await shot(plain.page, 'insecure');
  assert.equal(await button(plain.page, 'Start recording').count(), 0);
  await plain.page.getByRole('link', { name: 'Upload a recording' }).last().click();
  await plain.page.waitForURL(/\/upload\?team=/);
});

await curtain();
