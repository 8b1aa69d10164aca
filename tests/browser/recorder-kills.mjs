// Kills the recorder's browser at seeded moments, in turn with each source, and once more while the rest is sent.
// usage: node recorder-kills.mjs BASE FOLDER KILLS
import assert from 'node:assert/strict';
import { browser, button, person, speech, start, until, visit } from './recorder-lib.mjs';

const [base, folder, kills = '10'] = process.argv.slice(2);
const said = speech(folder);
const SOURCES = ['Voice only', 'Camera', 'Screen and camera', 'Whiteboard', 'Screen'];
const ada = await person(base, 'Ada');
const team = (await ada.call('POST', `/workspaces/${ada.workspace}/teams`, { name: 'Product' })).id;
let worst = -Infinity;

for (let kill = 0; kill < Number(kills); kill += 1) {
  const source = SOURCES[kill % SOURCES.length];
  const title = `Kill ${kill}`;
  let one = await browser(folder, `kill-${kill}`, { mic: said.file });
  await start(base, ada, one.page, team, source, { title });
  // Moments spread over the second between two pieces, and over recordings of 4 to 12 seconds.
  await new Promise((done) => setTimeout(done, 4_000 + ((kill * 2_377 + 113) % 8_000)));
  // Every third is offline before: then all depends on what the browser kept.
  if (kill % 3 === 2) {
    await one.context.setOffline(true);
    await one.page.getByText('The server cannot be reached').waitFor();
    await new Promise((done) => setTimeout(done, 3_000));
  }
  const recorded_ms = Date.now() - one.clock.startedAt;
  await one.kill();
  one = await browser(folder, `kill-${kill}`, { mic: said.file });
  await visit(base, ada, one.page, '/');
  const goOn = () => button(one.page, 'Go on sending');
  await goOn().waitFor();
  const drafts = (await ada.call('GET', `/workspaces/${ada.workspace}/updates?drafts=only`)).items;
  const draft = drafts.find((found) => found.title === title);
  assert.ok(draft, `${title} has a draft`);
  await goOn().click();
  if (kill % 4 === 3) {
    // Killed again just as it goes on.
    await one.kill();
    one = await browser(folder, `kill-${kill}`, { mic: said.file });
    await visit(base, ada, one.page, '/');
    if ((await ada.call('GET', `/updates/${draft.id}`)).status === 'uploading') await goOn().click();
  }
  const ready = await until(ada, draft.id, (found) => found.status === 'ready');
  const lost_ms = recorded_ms - ready.duration_ms;
  worst = Math.max(worst, lost_ms);
  console.log(`${title} (${source}${kill % 3 === 2 ? ', offline' : ''}): ${recorded_ms} ms recorded, ${ready.duration_ms} there, ${lost_ms} lost`);
  assert.ok(lost_ms <= 2_000, `${lost_ms} ms lost`);
  assert.equal(ready.transcript.status, 'ready');
  // Somebody speaks all the time: the text goes to the end.
  const { segments } = await ada.call('GET', `/updates/${draft.id}/transcript`);
  const last_ms = segments.at(-1)?.end_ms ?? 0;
  assert.ok(ready.duration_ms - last_ms <= 4_000, `text until ${last_ms} of ${ready.duration_ms} ms`);
  await one.close();
}
console.log(`all steps done; at most ${worst} ms lost`);
process.exit(0);
