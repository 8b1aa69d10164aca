// After an upgrade: what tests/fixtures/upgrade holds is shown, plays, is found, and goes on.
// usage: node upgraded.mjs BASE FOLDER_FOR_PICTURES
import assert from 'node:assert/strict';
import { api, playsAt, signIn, theatre, watches } from './people.mjs';

const [base, pictures] = process.argv.slice(2);
const { person, step, curtain } = await theatre(base, pictures);
const ada = await person('Ada', 'Europe/Berlin');
const ben = await person('Ben', 'Asia/Kolkata');

await step('both sign in with the passwords they had', async () => {
  for (const who of [ada, ben]) {
    await who.page.goto(`${base}/sign-in`);
    await signIn(who, undefined, `${who.name.toLowerCase()}@example.org`);
    await who.page.waitForURL((url) => url.pathname === '/');
  }
});

await step('the feed has what was published; the draft is Ada’s', async () => {
  for (const title of ['Payment service', 'Weekly note']) {
    await ben.page.getByRole('link', { name: title }).waitFor();
  }
  assert.equal(await ben.page.getByRole('link', { name: 'A draft' }).count(), 0);
  await ada.page.getByRole('link', { name: 'A draft' }).waitFor();
});

await step('Ben goes on watching where he stopped', async () => {
  await ben.page.getByRole('link', { name: 'Payment service' }).click();
  await ben.page.locator('[data-start-ms]').first().waitFor();
  await playsAt(ben, 2_000);
  await watches(ben);
  await ben.page.getByText('payment', { exact: true }).waitFor();
});

await step('question, answer and reaction are there, and can be answered anew', async () => {
  const comments = ben.page.getByRole('region', { name: 'Comments' });
  await comments.locator('summary', { hasText: 'Answered' }).click();
  await comments.getByText('At nine.').waitFor();
  await ben.page.getByRole('button', { name: /^👍.*1 so far/ }).waitFor();
  await ben.page.getByRole('textbox', { name: 'Comment', exact: true }).fill('Still here');
  await ben.page.getByRole('button', { name: 'Post comment' }).click();
  await comments.getByText('Still here').waitFor();
});

await step('search finds what was said, written and answered', async () => {
  for (const [words, source] of [['service', 'transcript'], ['importer', 'body'], ['window', 'comment']]) {
    const workspace = (await api(ben, 'GET', '/api/v1/me')).json.workspaces[0].id;
    const found = await api(ben, 'GET', `/api/v1/search?workspace_id=${workspace}&q=${words}`);
    const sources = found.json.items.flatMap((item) => item.hits.map((hit) => hit.source));
    assert.ok(sources.includes(source), `${words}: ${sources}`);
  }
});
await curtain();
