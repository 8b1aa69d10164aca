// Three people work together: what they agreed on, urgent asks and the backup, answers again, a live talk, goals.
// usage: node together.mjs BASE FOLDER_FOR_PICTURES CLOCK_FILE
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { api, chooseKind, invite, makeTeam, signUp, theatre } from './people.mjs';

const [base, pictures, clock] = process.argv.slice(2);
const { person, step, accessible, curtain } = await theatre(base, pictures);
const ada = await person('Ada', 'Europe/Berlin');
const ben = await person('Ben', 'Asia/Kolkata');
const gus = await person('Gus', 'America/New_York');
const main = (who) => who.page.getByRole('main');
const button = (who, name) => main(who).getByRole('button', { name, exact: true });

/** Lets so many minutes pass for the server. */
function later(minutes) {
  const now = new Date(fs.readFileSync(clock, 'utf8').trim());
  fs.writeFileSync(`${clock}.new`, new Date(now.getTime() + minutes * 60_000).toISOString());
  fs.renameSync(`${clock}.new`, clock);
  // The browsers' clocks stay behind: their tokens are refused before they are renewed.
  for (const who of [ada, ben, gus]) who.expected.push(/status of 401/);
}

/** Looks for something by the API until it is there. */
async function until(who, address, found) {
  for (;;) {
    const answer = await api(who, 'GET', address);
    const result = found(answer.json);
    if (result) return result;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function write(who, team, title, body) {
  await who.page.goto(`${base}/write?team=${team}`);
  await who.page.getByLabel('Title').fill(title);
  await who.page.locator('#write-body').fill(body);
  await button(who, 'Publish').click();
  await who.page.waitForURL(/\/u\//);
  return new URL(who.page.url()).pathname.split('/')[2];
}

/** Asks somebody by the composer. */
async function ask(who, update, { kind = 'Question', text, to, urgent = false }) {
  await who.page.goto(`${base}/u/${update}`);
  const form = who.page.getByRole('form', { name: 'New comment' });
  await chooseKind(form, kind);
  await form.getByRole('textbox', { name: 'Comment' }).fill(text);
  if (to) await form.getByLabel('For').selectOption({ label: to });
  if (urgent) await form.getByRole('checkbox', { name: /^Urgent/ }).check();
  await form.getByRole('button', { name: 'Post comment' }).click();
  await main(who).getByRole('article').filter({ hasText: text }).getByRole('button', { name: 'Reply' }).waitFor();
}

const thread = (who, text) => main(who).locator('.thread').filter({ hasText: text });

await step('Ada makes a team; Ben and Gus join', async () => {
  await signUp(ada, `${base}/sign-up`, 'Ferrywise');
  await makeTeam(ada, 'Payments', 'Open');
  await signUp(ben, await invite(ada, { teams: ['Payments'] }));
  await signUp(gus, await invite(ada, { teams: ['Payments'] }));
});
const team = (await api(ada, 'GET', `/api/v1/workspaces/${(await api(ada, 'GET', '/api/v1/me')).json.workspaces[0].id}/teams`)).json.items[0].id;
const welcome = await step('Ada writes an update for newcomers', () =>
  write(ada, team, 'How we work', 'We write things down.\n\nWelcome.'),
);

await step('they write down what they agreed on', async () => {
  await ada.page.goto(`${base}/t/${team}/agreement`);
  await main(ada).getByText('Nothing is written down yet.').waitFor();
  await button(ada, 'Change').click();
  const field = (name) => main(ada).getByLabel(name, { exact: true });
  await field('“Got it” within, in minutes').fill('5');
  await field('When it is urgent').selectOption({ label: 'Ben' });
  await field('Backup').selectOption({ label: 'Gus' });
  await field('Where the team meets live').fill('https://call.example/payments');
  await field('What goes as an update').fill('*Status*, demos, plans.');
  await field('What goes live').fill('Whatever two rounds of writing did not settle.');
  await field('Add an update').selectOption({ label: 'How we work' });
  await main(ada).getByRole('button', { name: 'Take off: How we work' }).waitFor();
  await accessible(ada, 'agreement-edit', { phone: true });
  await button(ada, 'Save').click();
  await main(ada).getByText('Else Gus is told.').waitFor();
  await accessible(ada, 'agreement', { phone: true });
});

await step('a newcomer starts with what is pinned', async () => {
  await ben.page.goto(`${base}/t/${team}`);
  const pinned = main(ben).getByRole('region', { name: 'Start here' });
  await pinned.getByRole('link', { name: /How we work/ }).first().waitFor();
  await accessible(ben, 'start-here', { phone: true });
  await pinned.getByRole('link', { name: /How we work/ }).first().click();
  await until(ben, `/api/v1/updates/${welcome}`, (update) => update.my_watch.seen);
  await ben.page.goto(`${base}/t/${team}`);
  await main(ben).getByRole('heading', { name: 'Updates', exact: true }).waitFor({ state: 'attached' });
  await main(ben).getByRole('link', { name: /How we work/ }).first().waitFor();
  assert.equal(await main(ben).getByRole('region', { name: 'Start here' }).count(), 0);
});

const update = await step('Ben writes an update', () => write(ben, team, 'Billing', 'The billing service moves to the new cluster.'));

await step('an urgent ask: got it', async () => {
  await ask(ada, update, { text: 'Is the old cluster still needed?', to: 'Ben', urgent: true });
  await thread(ada, 'old cluster').getByText('Urgent', { exact: true }).waitFor();
  await accessible(ada, 'urgent-ask', { phone: true });
  await ben.page.goto(base);
  await button(ben, 'Got it').waitFor();
  await accessible(ben, 'home-ask', { phone: true });
  await button(ben, 'Got it').click();
  await button(ben, 'Got it').waitFor({ state: 'detached' });
  await ada.page.goto(`${base}/u/${update}`);
  await thread(ada, 'old cluster').getByText('noted').waitFor();
});

await step('an urgent ask that nobody takes note of: the backup is told', async () => {
  await ask(ada, update, { kind: 'Blocker', text: 'The invoices are wrong', to: 'Ben', urgent: true });
  later(6);
  await gus.page.goto(`${base}/inbox`);
  await gus.page.getByText('asked something urgent that nobody took note of').waitFor();
  await accessible(gus, 'inbox-backup', { phone: true });
  await ada.page.goto(`${base}/u/${update}`);
  await thread(ada, 'invoices').getByText('Gus was told, as backup').waitFor();
});

await step('an answer is accepted, kept, and offered to who asks the like', async () => {
  await ask(ada, update, { text: 'How do we deploy the billing service?', to: 'Ben' });
  await ben.page.goto(`${base}/u/${update}`);
  const asked = thread(ben, 'deploy the billing');
  await asked.getByRole('button', { name: 'Reply', exact: true }).first().click();
  await asked.getByRole('textbox', { name: 'Reply' }).fill('By the release workflow.');
  await asked.getByRole('button', { name: 'Post reply' }).click();
  // The page says so before the server has it.
  const kept = ada.page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok());
  await thread(ada, 'deploy the billing').getByRole('button', { name: 'Accept as answer' }).click();
  await main(ada).getByText('Answered').first().waitFor();
  await kept;
  await gus.page.goto(`${base}/u/${welcome}`);
  const form = gus.page.getByRole('form', { name: 'New comment' });
  await chooseKind(form, 'Question');
  await form.getByRole('textbox', { name: 'Comment' }).pressSequentially('how to deploy bill', { delay: 20 });
  await form.getByText('By the release workflow.').waitFor();
  await accessible(gus, 'answers-offered', { phone: true });
  await gus.page.goto(`${base}/t/${team}/answers`);
  await main(gus).getByText('By the release workflow.').waitFor();
  await main(gus).getByRole('searchbox', { name: 'Find an answer' }).fill('lunch');
  await main(gus).getByText('No answer is like that.').waitFor();
  await main(gus).getByRole('searchbox', { name: 'Find an answer' }).fill('deploying');
  await main(gus).getByText('By the release workflow.').waitFor();
  await accessible(gus, 'answers', { phone: true });
});

await step('they talk live, and what came of it is a decision', async () => {
  await ada.page.goto(`${base}/u/${update}`);
  await thread(ada, 'invoices').getByRole('button', { name: 'Talk live' }).click();
  const dialog = ada.page.getByRole('dialog');
  await dialog.getByText(/Everybody works next at the same time/).waitFor();
  assert.equal(await dialog.getByRole('link', { name: 'Join the call' }).getAttribute('href'), 'https://call.example/payments');
  await accessible(ada, 'talk', { phone: true });
  await dialog.getByRole('button', { name: 'Ask them to talk' }).click();
  await ben.page.goto(`${base}/inbox`);
  await ben.page.getByText('would like to talk live on').first().waitFor();
  await dialog.getByLabel('What came of it').fill('We **freeze** invoices until Monday.');
  await accessible(ada, 'talk-open', { phone: true });
  await dialog.getByRole('button', { name: 'Keep as decision' }).click();
  await thread(ada, 'invoices').getByText('freeze').waitFor();
  await ben.page.goto(`${base}/t/${team}/decisions`);
  await main(ben).getByText('freeze').waitFor();
  await accessible(ben, 'decisions', { phone: true });
  await main(ben).getByRole('link', { name: 'Open asks' }).click();
  await main(ben).getByText('The invoices are wrong').waitFor();
  await accessible(ben, 'asks', { phone: true });
});

await step('a plan becomes a goal, which heads the rounds until it is done', async () => {
  const now = new Date(fs.readFileSync(clock, 'utf8').trim());
  const soon = new Date(now.getTime() + 120_000).toISOString().slice(11, 16);
  const days = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'];
  const body = { name: 'Daily', prompts: ['What is next?'], schedule: { days, at: soon, zone: 'UTC' }, open_for_minutes: 1380 };
  const made = await api(ada, 'POST', `/api/v1/teams/${team}/check-ins`, body);
  assert.equal(made.status, 201, JSON.stringify(made.json));
  const rounds = `/api/v1/check-ins/${made.json.id}/rounds`;
  later(3);
  const first = await until(ben, rounds, (list) => list.items[0]?.id);
  await ben.page.goto(`${base}/write?team=${team}&round_id=${first}`);
  await ben.page.waitForFunction(() => document.getElementById('write-body')?.value.includes('What is next?'));
  await ben.page.locator('#write-body').fill('## What is next?\n\n- Move the invoices\n- Holidays');
  await button(ben, 'Publish').click();
  await ben.page.waitForURL(/\/r\//);
  const goals = main(ben).getByRole('region', { name: 'Goals' });
  await goals.getByLabel('Make a plan a goal').selectOption({ label: 'Ben: Move the invoices' });
  await goals.getByLabel('Until when').fill('2031-01-31');
  await goals.getByRole('button', { name: 'Pin as goal' }).click();
  await goals.getByText(/until .*31 Jan/).waitFor();
  await accessible(ben, 'goals', { phone: true });
  later(24 * 60);
  const second = await until(ada, rounds, (list) => list.items.find((one) => one.id !== first)?.id);
  await ben.page.goto(`${base}/r/${second}`);
  await goals.getByRole('checkbox', { name: 'Done: Move the invoices' }).check();
  await until(ada, `/api/v1/rounds/${second}`, (round) => round.goals[0]?.state === 'done');
  await accessible(ben, 'goal-done', { phone: true });
});

await curtain();
