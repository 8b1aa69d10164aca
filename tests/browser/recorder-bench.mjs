// P1: from the click on Stop until another browser shows a picture of the last two seconds; both browsers on this machine.
// The viewer follows as the player does by itself, and goes to the newest picture there is once the recorder stops.
// usage: node recorder-bench.mjs BASE FOLDER ROUNDS SECONDS; prints one JSON object: the delays in ms, and their stages.
import { browser, button, person, recordFor, speech, start, until, visit } from './recorder-lib.mjs';

const [base, folder, rounds = '5', seconds = '12'] = process.argv.slice(2);
const LAST_MS = 2_000;
const said = speech(folder);
const ada = await person(base, 'Ada');
const team = (await ada.call('POST', `/workspaces/${ada.workspace}/teams`, { name: 'Bench' })).id;
const invite = await ada.call('POST', `/workspaces/${ada.workspace}/invites`, { role: 'member', team_ids: [team] });
const ben = await person(base, 'Ben', invite.token);
// 720p is what the fake camera gives when asked for it.
const recorder = await browser(folder, 'recorder', { mic: said.file });
const viewer = await browser(folder, 'viewer', { fake: false });

// When the browser handed out its last piece and when the server had it, by the wall clock.
await recorder.context.addInitScript(() => {
  window.stages = {};
  const send = window.fetch;
  window.fetch = async (...given) => {
    const answer = await send(...given);
    if (given[1]?.method === 'PATCH' && given[1].headers?.['upload-length']) window.stages.sent = Date.now();
    return answer;
  };
  const Real = window.MediaRecorder;
  window.MediaRecorder = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener('stop', () => (window.stages.stopped = Date.now()));
    }
  };
});

/** Every picture that the viewer's player shows: `[wall ms, media ms]`; with `hurry` it goes to the end of what there is. */
const follow = () => {
  const video = document.querySelector('video');
  window.shown = [];
  const note = (_, { mediaTime }) => {
    window.shown.push([Date.now(), mediaTime * 1000]);
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
  setInterval(() => {
    const end = video.buffered.length > 0 ? video.buffered.end(video.buffered.length - 1) : 0;
    if (window.hurry && end - video.currentTime > 1.2) video.currentTime = end - 0.6;
    if (video.paused && !video.ended) void video.play();
  }, 50);
};

const all = [];
for (let round = 0; round < Number(rounds); round += 1) {
  await start(base, ada, recorder.page, team, 'Camera', { live: true, title: `Round ${round}` });
  const link = await recorder.page.getByRole('link', { name: /\/u\// }).getAttribute('href');
  const id = link.split('/')[2];
  await visit(base, ben, viewer.page, link);
  await viewer.page.locator('video').waitFor();
  await viewer.page.evaluate(follow);
  await recordFor(recorder.page, Number(seconds));
  const behind = await viewer.page.evaluate(() => window.shown.at(-1) ?? null);
  const recorded_ms = (Number(seconds)) * 1000;
  await recorder.page.evaluate(() => {
    document.addEventListener('click', () => (window.stages.click = Date.now()), { capture: true, once: true });
  });
  await viewer.page.evaluate(() => (window.hurry = true));
  await button(recorder.page, 'Stop').click();
  // The list's end as the server tells it.
  const media = await until(ben, id, (found) => found.media.hls_url !== null);
  const folder_url = new URL(media.media.hls_url, base);
  const master = await (await fetch(folder_url)).text();
  const list = new URL(master.split('\n').find((line) => line !== '' && !line.startsWith('#')), folder_url);
  let listed;
  for (;;) {
    if ((await (await fetch(list)).text()).includes('#EXT-X-ENDLIST')) {
      listed = Date.now();
      break;
    }
    await new Promise((done) => setTimeout(done, 25));
  }
  const playable = await until(ben, id, (found) => !['uploading', 'processing'].includes(found.status));
  const from = playable.duration_ms - LAST_MS;
  await viewer.page.waitForFunction((from) => window.shown.some(([, media]) => media >= from), from, { polling: 25 });
  const reached = await viewer.page.evaluate((from) => window.shown.find(([, media]) => media >= from)[0], from);
  const { click, stopped, sent } = await recorder.page.evaluate(() => window.stages);
  all.push({ total: reached - click, recorder: stopped - click, upload: sent - stopped, processing: listed - sent, player: reached - listed,
    live_behind: behind === null ? null : recorded_ms - behind[1] });
  console.error(JSON.stringify(all.at(-1)));
  await until(ada, id, (found) => found.status === 'ready');
}
const quantile = (list, part) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))];
const column = (name) => all.map((one) => one[name]).filter((value) => value !== null);
const stages = Object.fromEntries(Object.keys(all[0]).map((name) => [name, { p50: quantile(column(name), 0.5), p95: quantile(column(name), 0.95) }]));
console.log(JSON.stringify({ rounds: all.length, seconds: Number(seconds), stages }));
await recorder.close();
await viewer.close();
process.exit(0);
