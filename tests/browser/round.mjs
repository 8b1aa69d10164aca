// A round of four people in four browsers and three zones: made from a template, opened by the clock, answered in text
// and by dropped recordings, played as one list, read, carried over; and five minutes of catch-up.
// usage: node round.mjs BASE RECORDING FOLDER_FOR_PICTURES CLOCK_FILE
import assert from 'node:assert/strict';
import { api, invite, makeTeam, reaches, signUp, theatre } from './people.mjs';
import { catchUp, plays, reads, skips } from './round/playing.mjs';

const [base, recording, pictures, clock] = process.argv.slice(2);
const stage = await theatre(base, pictures);
const { person, step, accessible, curtain } = stage;
const at = (instant) => stage.at(clock, instant);

const ada = await person('Ada', 'Europe/Berlin');
const ben = await person('Ben', 'Asia/Kolkata');
const cleo = await person('Cleo', 'America/New_York');
const dan = await person('Dan', 'Asia/Kolkata');

/** Waits until somebody's inbox, as it is open, says that the round waits for them. */
async function told(who, until) {
  await who.page.goto(`${base}/inbox`);
  await who.page.getByText(`Daily stand-up waits for your answer until ${until}`).waitFor();
}

await at('2026-11-02T02:00:00Z');
const team = await step('Ada makes a team and invites three', async () => {
  await signUp(ada, `${base}/sign-up`, 'Ferrywise');
  const made = await makeTeam(ada, 'Payments', 'Open');
  for (const who of [ben, cleo, dan]) await signUp(who, await invite(ada, { teams: ['Payments'] }));
  return made;
});

await step('an empty team is led to its first check-in; the editor shows everybody’s next openings', async () => {
  const { page } = ada;
  await page.goto(`${base}/t/${team}`);
  await page.getByRole('link', { name: 'Check-ins' }).click();
  await page.getByRole('heading', { name: 'No check-ins yet' }).waitFor();
  await accessible(ada, 'check-ins-empty', { phone: true });
  await page.getByRole('link', { name: /^Daily stand-up/ }).click();
  await page.getByLabel('Questions, one a line').waitFor();
  await page.getByLabel('Minutes of the meeting that it replaces').fill('15');
  const openings = page.getByTestId('openings');
  await openings.locator('time').first().waitFor();
  for (const [name, first] of [['Ada', '2026-11-02T08:00:00Z'], ['Ben', '2026-11-02T03:30:00Z'], ['Cleo', '2026-11-02T14:00:00Z']]) {
    const times = openings.getByRole('listitem').filter({ hasText: name }).locator('time');
    assert.equal(await times.count(), 5, name);
    assert.equal(new Date(await times.first().getAttribute('datetime')).toISOString(), new Date(first).toISOString());
    for (const text of await times.allInnerTexts()) assert.match(text, /09:00/);
  }
  await accessible(ada, 'check-in-editor', { phone: true });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Daily stand-up' }).waitFor();
  await accessible(ada, 'check-ins', { phone: true });
});

/** Answers by dropping the recording on the page that is open; answers the update's id. */
async function drops(who) {
  await who.page.locator('input[type=file]').setInputFiles(recording);
  await who.page.waitForURL(/\/u\//);
  const id = new URL(who.page.url()).pathname.split('/')[2];
  const draft = who.page.getByRole('region', { name: 'Draft' });
  // What is recorded instead is an answer to the same round.
  assert.match(await draft.getByRole('link', { name: 'Record again' }).getAttribute('href'), /round_id=/);
  await draft.getByRole('button', { name: 'Publish', exact: true }).click();
  await who.page.getByText('Published.').waitFor();
  return id;
}

await at('2026-11-02T03:30:02Z');
const bens = await step('at nine in Kolkata Ben is called, and drops his recording', async () => {
  await told(ben, '12:00');
  await ada.page.goto(`${base}/inbox`);
  await ada.page.getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
  await accessible(ben, 'inbox-round', { phone: true });
  await ben.page.getByRole('link', { name: 'Record: Daily stand-up' }).click();
  await ben.page.getByText('What did you finish?').waitFor();
  await ben.page.goto(`${base}/inbox`);
  await ben.page.getByRole('button', { name: 'All', exact: true }).click();
  await ben.page.getByRole('link', { name: 'Upload: Daily stand-up' }).click();
  return drops(ben);
});
const round = (await reaches(ben, bens, 'ready')).round_id;

await at('2026-11-02T08:10:00Z');
await step('at nine in Berlin Ada writes her answer', async () => {
  await told(ada, '12:00');
  await ada.page.goto(base);
  const mine = ada.page.getByRole('region', { name: 'Rounds' });
  await mine.getByText(/Due 12:00/).waitFor();
  await mine.getByRole('link', { name: 'Write' }).click();
  const body = ada.page.locator('#write-body');
  await ada.page.waitForFunction(() => document.querySelector('textarea')?.value.includes('## What is next?'));
  await body.fill('## What did you finish?\nThe contract.\n\n## What is next?\n- Ship the voucher page\n- Call the bank\n\n## What is in your way?\nNothing.');
  await ada.page.getByRole('button', { name: 'Publish', exact: true }).click();
  await ada.page.waitForURL(`**/r/${round}`);
  assert.equal((await api(ada, 'GET', '/api/v1/notifications?unread=true')).json.unread, 0);
});

const dans = await step('Dan drops his too late; the round says so, and who is missing', async () => {
  await dan.page.goto(`${base}/r/${round}`);
  await dan.page.getByText('Your window has ended.').waitFor();
  await dan.page.getByRole('link', { name: 'Upload', exact: true }).click();
  const id = await drops(dan);
  await reaches(dan, id, 'ready');
  await ada.page.goto(`${base}/r/${round}`);
  await ada.page.getByText(/3 of 4 are in. Closes 6:00 pm/).waitFor();
  const missing = ada.page.getByRole('region', { name: 'Still to come' });
  await missing.getByText('3:00 pm to 6:00 pm').waitFor();
  await missing.getByText('in New York').waitFor();
  assert.equal(await missing.getByRole('listitem').count(), 1);
  const late = ada.page.getByRole('article').filter({ hasText: 'Dan' });
  await late.getByText('late', { exact: true }).waitFor();
  assert.equal(await ada.page.getByText('late', { exact: true }).count(), 1);
  await ada.page.getByText('customer database').first().waitFor();
  return id;
});

await step('by question', async () => {
  await ada.page.getByRole('tab', { name: /By question/ }).click();
  const next = ada.page.getByRole('region', { name: /What is next/ });
  await next.getByText('Ship the voucher page').waitFor();
  await ada.page.getByRole('region', { name: 'Answered as a whole' }).getByText('Ben').waitFor();
  await accessible(ada, 'round-by-question');
  await ada.page.getByRole('tab', { name: /By person/ }).click();
});

await step('a suggestion is kept as a blocker with one click, and goes first', async () => {
  await ben.page.goto(`${base}/u/${bens}`);
  const card = ben.page.getByRole('region', { name: 'Heard in this update' });
  await card.getByRole('button', { name: /^Keep/ }).first().waitFor();
  await accessible(ben, 'suggestions', { phone: true });
  const before = (await api(ben, 'GET', `/api/v1/updates/${bens}/comments`)).json.items.length;
  await card.getByRole('button', { name: /^Keep/ }).first().click();
  await ben.page.waitForFunction((n) => document.querySelectorAll('[id^="comment-"]').length > n, before);
  const at_ms = 4000;
  const body = { body: 'The bank does not answer', kind: 'blocker', at_ms };
  assert.equal((await api(dan, 'POST', `/api/v1/updates/${dans}/comments`, body)).status, 201);
  await ada.page.goto(`${base}/r/${round}`);
  const order = ada.page.getByRole('list', { name: 'In this order' }).getByRole('button');
  await order.first().getByText('blocker').waitFor();
  assert.match(await order.first().innerText(), /Dan/);
  await accessible(ada, 'round', { phone: true });
});

await skips(stage, ada);
await plays(stage, ada);
await step('nothing is unseen any more', async () => {
  await ada.page.goto(`${base}/r/${round}`);
  await ada.page.getByLabel(/Only what I have not seen/).check();
  await ada.page.getByText('Nothing to play.').waitFor();
});
await reads(stage, dan, round);
await step('the summary is copied as Markdown', async () => {
  await ada.page.getByRole('button', { name: 'Copy summary' }).click();
  await ada.page.getByText('The summary is copied').waitFor();
  const text = await ada.page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /^# Daily stand-up, 2026-11-02/);
  assert.match(text, /customer database/);
  assert.match(text, /Ship the voucher page/);
});
await catchUp(stage, cleo);

await at('2026-11-03T03:30:02Z');
await step('on Tuesday at nine Ben is called', () => told(ben, '12:00'));
await at('2026-11-03T05:00:00Z');
await step('Ada sees where the team’s day is, and reminds who is missing in Kolkata by hand', async () => {
  await ben.page.goto(`${base}/inbox`);
  const { page } = ada;
  await page.goto(`${base}/t/${team}/members`);
  const day = page.getByRole('region', { name: 'Where the day is' });
  await day.getByText(/3 of 4, the most at once, work from 9:00.am to 12:30.pm/).waitFor();
  await accessible(ada, 'team-day', { phone: true });
  const { next_id } = (await api(ada, 'GET', `/api/v1/rounds/${round}`)).json;
  await page.goto(`${base}/r/${next_id}`);
  const missing = page.getByRole('region', { name: 'Still to come' });
  await missing.getByRole('button', { name: 'Remind' }).click();
  await missing.getByText('Reminded: Ben and Dan.').waitFor();
  await missing.getByText('reminded 6:00 am').first().waitFor();
  await accessible(ada, 'round-reminded', { phone: true });
  await ben.page.getByText('Ada reminds you: Daily stand-up waits for your answer until').waitFor();
});

await at('2026-11-03T08:10:00Z');
await step('on Tuesday Ada’s plan is a checklist where she writes, uploads and records: done, and dropped', async () => {
  await told(ada, '12:00');
  const { items } = (await api(ada, 'GET', '/api/v1/me/rounds')).json;
  const { id, team_id } = items[0].round;
  const own = ada.page.getByRole('region', { name: 'What you planned' });
  await ada.page.goto(`${base}/write?team=${team_id}&round_id=${id}`);
  await own.getByText('0 of 2 done').waitFor();
  await own.getByRole('checkbox', { name: /Ship the voucher page/ }).check();
  await own.getByText('1 of 2 done').waitFor();
  await accessible(ada, 'write-plans');
  await ada.page.goto(`${base}/upload?team=${team_id}&round_id=${id}`);
  await ada.page.getByRole('listitem').filter({ hasText: 'What is next?' }).waitFor();
  await own.getByRole('button', { name: /Drop: Call the bank/ }).click();
  await own.getByText('dropped').waitFor();
  await accessible(ada, 'upload-plans');
  await ada.page.goto(`${base}/record?team=${team_id}&round_id=${id}`);
  await own.getByText('dropped').waitFor();
  assert.equal(await own.getByRole('checkbox', { name: /Ship the voucher page/ }).isChecked(), true);
  assert.match(await ada.page.getByRole('link', { name: 'Upload a recording' }).getAttribute('href'), /round_id=/);
  await own.getByRole('button', { name: /Take up again: Call the bank/ }).click();
  await own.getByRole('button', { name: /Drop: Call the bank/ }).waitFor();
  await accessible(ada, 'record-plans', { phone: true });
  await ada.page.goto(`${base}/r/${id}`);
  const plans = ada.page.getByRole('region', { name: 'Carried over' });
  await plans.getByRole('button', { name: /Drop: Call the bank/ }).click();
  await plans.getByText('dropped').waitFor();
  await plans.getByText(/1 of \d done/).waitFor();
  await ada.page.reload();
  assert.equal(await plans.getByRole('checkbox', { name: /Ship the voucher page/ }).isChecked(), true);
  await accessible(ada, 'round-tuesday', { phone: true });
  await ada.page.getByRole('link', { name: 'Round before' }).click();
  await ada.page.getByText('Closed Mon').or(ada.page.getByText(/Closed yesterday/)).waitFor();
});
await step('a new team is led to its first round, which opens at once; today’s opens only once', async () => {
  const { page } = ada;
  const fresh = await makeTeam(ada, 'Support', 'Open');
  await page.getByRole('link', { name: 'Start a round' }).click();
  await page.getByRole('link', { name: /^Daily stand-up/ }).click();
  await page.getByRole('button', { name: 'Save and open the first round now' }).click();
  await page.waitForURL(/\/r\//);
  await page.getByText('The round is open. Everybody is told.').waitFor();
  await page.getByRole('link', { name: 'Record', exact: true }).waitFor();
  await accessible(ada, 'round-opened', { phone: true });
  await page.goto(`${base}/t/${fresh}/check-ins`);
  await page.getByText('0 of 1 answered').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Open now/ }).count(), 0);
  const weekly = { name: 'Weekly', prompts: ['What was good?'], schedule: { days: ['fr'], at: '09:00', zone: 'member' }, open_for_minutes: 60 };
  const made = await api(ada, 'POST', `/api/v1/teams/${fresh}/check-ins`, weekly);
  await page.reload();
  await page.getByRole('button', { name: 'Open now Weekly' }).waitFor();
  await accessible(ada, 'check-ins-open-now', { phone: true });
  await page.getByRole('button', { name: 'Open now Weekly' }).click();
  await page.waitForURL(/\/r\//);
  await page.waitForFunction(() => document.title.startsWith('Weekly'));
  ada.expected.push(/status of 409.*open$/);
  assert.equal((await api(ada, 'POST', `/api/v1/check-ins/${made.json.id}/open`, {})).status, 409);
});
await curtain();
process.exit(0);
