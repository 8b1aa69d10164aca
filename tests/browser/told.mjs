// What reaches two people outside the pages, and how it is turned off: mail through a mail server that is not ours, a
// webhook, notifications of the browser; and many tabs that all follow what happens.
// usage: node told.mjs BASE FOLDER_FOR_PICTURES CLOCK_FILE FOLDER_OF_MAILS
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { api, invite, mail, makeTeam, PASSWORD, signIn, signUp, theatre } from './people.mjs';

const [base, pictures, clock, folder] = process.argv.slice(2);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const stage = await theatre(base, pictures);
const { person, step, accessible, curtain } = stage;
const at = (instant) => stage.at(clock, instant);
const ada = await person('Ada', 'Europe/Berlin');
const ben = await person('Ben', 'Europe/Berlin');

/** Asks again until there is something; what is asked for is work of the server. */
async function until(look) {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const mails = () => fs.readdirSync(folder).filter((name) => name.endsWith('.json'))
  .sort((a, b) => parseInt(a) - parseInt(b)).map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')));
const mailsTo = (who) => mails().filter((one) => one.to.includes(mail(who)));
const publish = async (who, title) => (await api(who, 'POST', `/api/v1/teams/${team}/updates`, { kind: 'text', title, body: `${title}: all is well.` })).json.id;
const comment = async (who, update, body, extra = {}) => assert.equal((await api(who, 'POST', `/api/v1/updates/${update}/comments`, { body, ...extra })).status, 201);

await at('2026-11-02T09:00:00Z');
const team = await step('Ada makes a team and invites Ben', async () => {
  await signUp(ada, `${base}/sign-up`, 'Ferrywise');
  const made = await makeTeam(ada, 'Payments', 'Open');
  await signUp(ben, await invite(ada, { teams: ['Payments'] }));
  return made;
});

await step('the link for a lost password comes by mail and works', async () => {
  await ben.context.clearCookies();
  await ben.page.goto(`${base}/forgot-password`);
  await ben.page.getByLabel('E-mail').fill(mail(ben));
  await ben.page.getByRole('button', { name: 'Send the link' }).or(ben.page.getByRole('button', { name: /link/i })).first().click();
  const [came] = await until(() => { const all = mailsTo(ben); return all.length > 0 && all; });
  assert.deepEqual(came.defects, []);
  const [link] = /\S+\/reset-password#\S+/.exec(came.text);
  assert.ok(link.startsWith(base), link);
  await ben.page.goto(link);
  await ben.page.getByLabel('New password').fill(PASSWORD);
  await ben.page.getByRole('button', { name: 'Set password' }).click();
  await ben.page.getByRole('link', { name: 'Sign in' }).click();
  await signIn(ben);
  await ben.page.waitForURL((url) => url.pathname === '/');
});

const inbox = async (who) => (await api(who, 'GET', '/api/v1/notifications')).json.items;
await step('what is switched off in the settings does not come; what is on does', async () => {
  const first = await publish(ada, 'Voucher page');
  await comment(ben, first, 'Looks good');
  await until(async () => (await inbox(ada)).length === 1);
  await ada.page.goto(`${base}/settings/notifications`);
  await ada.page.getByLabel('Comments on my updates: in the inbox').uncheck();
  await ada.page.getByLabel('Comments on my updates: by e-mail').uncheck();
  await accessible(ada, 'told-settings', { phone: true });
  await ada.page.getByRole('button', { name: 'Save', exact: true }).click();
  await ada.page.getByText('Saved.').waitFor();
  const [second, third] = [await publish(ada, 'Bank contract'), await publish(ada, 'Harbour visit')];
  await comment(ben, second, 'I read it');
  // Events are read in their order: once the ask is there, the comment before it has been looked at.
  const me = (await api(ada, 'GET', '/api/v1/me')).json.id;
  await comment(ben, third, 'When is it?', { kind: 'question', assignee_id: me });
  await until(async () => (await inbox(ada)).length === 2);
  assert.deepEqual((await inbox(ada)).map((entry) => entry.update?.id).sort(), [first, third].sort());
  await ada.page.goto(`${base}/inbox`);
  await ada.page.getByText('When is it?').first().waitFor();
  assert.equal(await ada.page.getByText('I read it').count(), 0);
});

await step('notifications of the browser: only where they are allowed and the page is not in sight', async () => {
  await ada.context.grantPermissions(['notifications', 'clipboard-read', 'clipboard-write'], { origin: base });
  await ada.page.addInitScript(() => {
    window.shown = [];
    const Real = window.Notification;
    window.Notification = class extends Real {
      constructor(title, options) {
        super(title, options);
        window.shown.push([title, options.body]);
      }
    };
  });
  await ada.page.goto(`${base}/settings/notifications`);
  await ada.page.getByLabel(/^Show notifications while Meridian is open/).check();
  await ada.page.goto(`${base}/teams`);
  await ada.page.getByRole('heading', { level: 1 }).waitFor();
  const update = await publish(ada, 'Tariff');
  const me = (await api(ada, 'GET', '/api/v1/me')).json.id;
  const unread = async (n) => until(async () => (await api(ada, 'GET', '/api/v1/notifications?unread=true')).json.unread >= n);
  const before = (await api(ada, 'GET', '/api/v1/notifications?unread=true')).json.unread;
  const badge = ada.page.getByRole('link', { name: /^Inbox/ }).first();
  const was = await badge.innerText();
  await comment(ben, update, 'In sight?', { kind: 'question', assignee_id: me });
  await unread(before + 1);
  await ada.page.waitForFunction((was) => [...document.querySelectorAll('a')].find((link) => link.innerText.startsWith('Inbox')).innerText !== was, was);
  assert.deepEqual(await ada.page.evaluate(() => window.shown), []);
  await ada.page.evaluate(() => Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' }));
  const other = await publish(ada, 'Timetable');
  await comment(ben, other, 'Out of sight?', { kind: 'question', assignee_id: me });
  await ada.page.waitForFunction(() => window.shown.length > 0);
  const shown = await ada.page.evaluate(() => window.shown);
  assert.equal(shown.length, 1);
  assert.match(shown[0][0], /Ben/);
  assert.match(shown[0].join(' '), /Out of sight\?/);
});

const heard = [];
const sink = http.createServer((request, answer) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    heard.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    answer.writeHead(200).end();
  });
});
await new Promise((ready) => sink.listen(0, '127.0.0.1', ready));

await step('a webhook is made, tried, told and told again from its log', async () => {
  const { page } = ada;
  const url = `http://127.0.0.1:${sink.address().port}/hook`;
  await page.goto(`${base}/settings/integrations`);
  await page.getByLabel('Address').fill(url);
  await page.getByLabel('For', { exact: true }).selectOption('standard');
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  const secret = await page.getByLabel('Secret').inputValue();
  await page.getByRole('button', { name: `Send a test to ${url}` }).click();
  await page.getByText(/^It arrived: 200 in/).waitFor();
  await publish(ben, 'Crane repaired');
  const told = () => heard.filter((one) => one.body.includes('Crane repaired'));
  await until(() => told().length === 1);
  const signed = ({ headers, body }) => createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64');
  assert.ok(told()[0].headers['webhook-signature'].split(' ').includes(`v1,${signed(told()[0])}`));
  await page.getByRole('button', { name: `Deliveries to ${url}` }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'update.published' }).filter({ has: page.getByRole('button', { name: /^Send again/ }) }).first();
  await row.getByText('delivered').waitFor();
  await accessible(ada, 'webhook-log', { phone: true });
  await row.getByRole('button', { name: /^Send again/ }).click();
  await page.getByText('It is sent again.').waitFor();
  await until(() => told().length === 2);
  const [one, two] = told();
  assert.equal(two.headers['webhook-id'], one.headers['webhook-id']);
  assert.equal(two.body, one.body);
});

await step('eight tabs at once all follow what happens, also when the one that read for them is closed', async () => {
  const tabs = [];
  for (let number = 0; number < 8; number += 1) {
    const tab = await ada.context.newPage();
    tab.setDefaultTimeout(60_000);
    await tab.goto(base);
    await tab.getByText('Crane repaired').first().waitFor();
    tabs.push(tab);
  }
  await publish(ben, 'Ferry is late');
  for (const tab of tabs) await tab.getByText('Ferry is late').first().waitFor();
  // Whoever was first reads for all: the page of before, then the oldest of these.
  await ada.page.goto('about:blank');
  await tabs.shift().close();
  await publish(ben, 'Ferry is here');
  for (const tab of tabs) await tab.getByText('Ferry is here').first().waitFor();
  for (const tab of tabs) await tab.close();
});

// From here on both have only the digest to come.
fs.writeFileSync(path.join(folder, 'hold'), mail(ben));
await at('2026-11-03T08:40:00Z');
const digests = (who) => mailsTo(who).filter((one) => one.text.includes('Good morning'));
const link = await step('on the next morning both get a digest, with all that a mail needs to be trusted', async () => {
  for (const who of [ada, ben]) await until(() => digests(who).length === 1);
  const [came] = digests(ada);
  assert.deepEqual([came.defects, came.type], [[], 'multipart/alternative']);
  for (const part of [came.text, came.html]) assert.match(part, /Crane repaired/);
  assert.match(came.text, /\d+ updates to see/);
  const url = /^<(.+)>$/.exec(came.headers['list-unsubscribe'])[1];
  assert.ok(url.startsWith(`${base}/unsubscribe/`), url);
  assert.equal(came.headers['list-unsubscribe-post'], 'List-Unsubscribe=One-Click');
  // The HTML part writes a slash as a reference.
  assert.ok(came.text.includes(url) && came.html.replaceAll('&#x2f;', '/').includes(url));
  return url;
});

const wants = async (who) => (await api(who, 'GET', '/api/v1/me/notification-settings')).json.digest;
await step('the server dies before it hears that Ben’s is taken; meanwhile one click unsubscribes Ada', async () => {
  for (const who of [ada, ben]) await who.page.goto('about:blank');
  console.log('RESTART');
  await lines.next();
  await ada.page.goto(link);
  await accessible(ada, 'unsubscribe', { phone: true });
  // Opening the link ends nothing: scanners of mail do that too.
  await ada.page.getByRole('button', { name: 'Unsubscribe' }).waitFor();
  assert.equal(await wants(ada), true);
  await ada.page.getByRole('button', { name: 'Unsubscribe' }).click();
  await ada.page.getByText('Done. No more of this mail comes.').waitFor();
  assert.equal(await wants(ada), false);
});

await step('what the dead server had sent comes again under the same Message-ID, and nothing else twice', async () => {
  const twice = await until(() => { const all = digests(ben); return all.length === 2 && all; });
  const id = twice[0].headers['message-id'];
  assert.equal(twice[1].headers['message-id'], id);
  const others = mails().map((one) => one.headers['message-id']).filter((other) => other !== id);
  assert.equal(new Set(others).size, others.length);
});

await step('one POST unsubscribes Ben, as his mail program would do it', async () => {
  const url = /^<(.+)>$/.exec(digests(ben)[0].headers['list-unsubscribe'])[1];
  const posted = await fetch(url, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
  assert.equal(posted.status, 200);
  await ben.page.goto(`${base}/settings/notifications`);
  const box = ben.page.getByLabel(/^Mail me each working day/);
  await box.waitFor();
  assert.equal(await box.isChecked(), false);
});
sink.close();
await curtain();
process.exit(0);
