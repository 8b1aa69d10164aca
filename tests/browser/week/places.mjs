// Around the updates: a lost password, settings, a guest, API tokens, a text.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { api, invite, mail, PASSWORD, signIn, signUp } from '../people.mjs';

const LINK = /\S+\/reset-password#\S+/;

async function home(who) {
  await who.page.waitForURL((url) => url.pathname === '/');
}

/** Sets a new password by a link, and signs in with it. */
async function setPassword(who, link, password) {
  await who.page.goto(link);
  await who.page.getByLabel('New password').fill(password);
  await who.page.getByRole('button', { name: 'Set password' }).click();
  await who.page.getByText('Your new password is set.').waitFor();
  await who.page.getByRole('link', { name: 'Sign in' }).click();
  await signIn(who, password);
  await home(who);
}

async function signOut(who) {
  await who.page.goto(who.base);
  await who.page.getByRole('button', { name: /Your account/ }).click();
  await who.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await who.page.waitForURL(/\/sign-in/);
}

/** The link in the newest mail. */
async function mailed(data) {
  for (;;) {
    const log = path.join(data, 'mail.log');
    const link = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').match(LINK) : null;
    if (link) return link[0];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Ben loses his password and gets a link by mail; Ada gets hers from whoever runs the server. */
export async function losePasswords({ step, accessible }, ada, ben, { data, program }) {
  const better = 'a better battery staple';
  await step('Ben has forgotten his password: a link comes by mail, and works once', async () => {
    await signOut(ben);
    ben.expected.push(/status of 401.*login/, /status of 4\d\d.*reset/);
    await signIn(ben, 'what was it again');
    await ben.page.getByRole('alert').waitFor();
    await accessible(ben, 'sign-in', { phone: true });
    await ben.page.getByRole('link', { name: 'Forgot your password?' }).click();
    // What was typed is there already.
    await ben.page.waitForURL(/\/forgot-password/);
    await ben.page.waitForFunction((address) => document.querySelector('input[type=email]')?.value === address, mail(ben));
    await accessible(ben, 'forgot');
    await ben.page.getByRole('button', { name: 'Send a link' }).click();
    await ben.page.getByText('a link is on its way').waitFor();
    const link = await mailed(data);
    await setPassword(ben, link, better);
    await signOut(ben);
    await ben.page.goto(link);
    await accessible(ben, 'reset');
    await ben.page.getByLabel('New password').fill('and another one');
    await ben.page.getByRole('button', { name: 'Set password' }).click();
    await ben.page.getByRole('alert').waitFor();
    await ben.page.goto(`${ben.base}/sign-in`);
    await signIn(ben, better);
    await home(ben);
  });
  await step('without mail the administrator’s command gives Ada a link', async () => {
    const told = execFileSync(program, ['admin', 'reset-password', mail(ada)], { encoding: 'utf8' });
    const link = told.match(LINK)?.[0];
    assert.ok(link, told);
    ada.expected.push(/status of 401/);
    await setPassword(ada, link, 'quite another battery');
    await ada.page.goto(`${ada.base}/settings/password`);
    await ada.page.getByLabel('Current password').fill('quite another battery');
    await ada.page.getByLabel('New password').fill(PASSWORD);
    await ada.page.getByRole('button', { name: 'Change password' }).click();
    await ada.page.getByText('Your password is changed').waitFor();
    await accessible(ada, 'password');
  });
}

/** Settings are saved and there again after a reload. */
export async function settings({ step, accessible }, ada, team) {
  const main = ada.page.getByRole('main');
  const saved = () => ada.page.getByText('Saved.').last().waitFor();
  await step('settings of profile, workspace and team are kept', async () => {
    await ada.page.goto(`${ada.base}/settings/profile`);
    await main.getByLabel('Your name').waitFor();
    await accessible(ada, 'profile', { phone: true });
    await ada.page.goto(`${ada.base}/settings/workspace`);
    await main.getByLabel('Name', { exact: true }).fill('Ferrywise Ltd');
    const named = main.getByRole('region', { name: 'Workspace', exact: true });
    await named.getByRole('button', { name: 'Save', exact: true }).click();
    await saved();
    await accessible(ada, 'workspace', { phone: true });
    await ada.page.goto(`${ada.base}/t/${team}/settings`);
    const card = (title) => main.getByRole('region', { name: title });
    await card('Glossary').getByLabel('Terms').fill('Ferrywise\nKubernetes');
    await card('Glossary').getByRole('button', { name: 'Save' }).click();
    await saved();
    await accessible(ada, 'team-settings', { phone: true });
    await ada.page.reload();
    await ada.page.waitForFunction(() => document.getElementById('terms')?.value === 'Ferrywise\nKubernetes');
    await main.getByRole('link', { name: 'Agreement' }).click();
    await main.getByRole('button', { name: 'Change' }).click();
    await card('Working agreement').getByLabel('When it is urgent').selectOption({ label: 'Ben' });
    await card('Working agreement').getByLabel('What goes as an update').fill('Status goes as an update.');
    await card('Working agreement').getByRole('button', { name: 'Save' }).click();
    await main.getByText('Status goes as an update.').waitFor();
    assert.ok((await api(ada, 'GET', `/api/v1/teams/${team}/agreement`)).json.urgent_contact);
  });
}

/** A guest sees the team they were added to, and no directory; roles change what one may. */
export async function guest({ step, accessible }, ada, gus) {
  await step('a guest sees their team and nobody else', async () => {
    await signUp(gus, await invite(ada, { role: 'guest', teams: ['Payments'] }));
    await gus.page.getByRole('link', { name: 'Payments' }).first().waitFor();
    assert.equal(await gus.page.getByRole('link', { name: 'Leads' }).count(), 0);
    await gus.page.goto(`${gus.base}/teams`);
    await gus.page.getByRole('main').getByText('Payments').waitFor();
    assert.equal(await gus.page.getByRole('button', { name: 'New team' }).count(), 0);
    await gus.page.goto(`${gus.base}/settings/workspace`);
    await gus.page.getByRole('heading', { name: 'Settings' }).waitFor();
    assert.equal(await gus.page.getByText(mail(ada)).count(), 0);
  });
  await step('roles are changed by the page', async () => {
    await ada.page.goto(`${ada.base}/settings/workspace`);
    await ada.page.getByLabel('Role of Gus').selectOption('member');
    await ada.page.getByText('Saved.').first().waitFor();
    await gus.page.goto(`${gus.base}/teams`);
    await gus.page.getByRole('button', { name: 'New team' }).waitFor();
    await accessible(gus, 'teams', { phone: true });
  });
}

/** An API token works until it is revoked. */
export async function tokens({ step, accessible }, ada) {
  await step('an API token works until it is revoked', async () => {
    await ada.page.goto(`${ada.base}/settings/tokens`);
    await ada.page.getByLabel('What it is for').fill('scripts');
    await ada.page.getByRole('button', { name: 'Create token' }).click();
    const token = await ada.page.getByLabel('Token', { exact: true }).inputValue();
    await accessible(ada, 'tokens', { phone: true });
    const ask = async () =>
      (await fetch(`${ada.base}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status;
    assert.equal(await ask(), 200);
    await ada.page.getByRole('button', { name: 'Revoke scripts' }).click();
    await ada.page.getByText('no longer works').waitFor();
    assert.equal(await ask(), 401);
  });
}

/** A text update: written, and found. */
export async function writeText({ step, accessible }, ben, team) {
  await step('Ben writes a text update', async () => {
    await ben.page.goto(`${ben.base}/write?team=${team}`);
    await ben.page.getByLabel('Title').fill('Weekly note');
    await ben.page.getByLabel('Text', { exact: true }).fill('**Done**: the importer. <script>alert(1)</script>');
    await accessible(ben, 'write', { phone: true });
    await ben.page.getByRole('button', { name: 'Publish' }).click();
    await ben.page.waitForURL(/\/u\//);
    await ben.page.locator('strong', { hasText: 'Done' }).waitFor();
    await accessible(ben, 'text', { phone: true });
    await ben.page.goto(`${ben.base}/search?q=importer`);
    await ben.page.getByRole('link', { name: 'Weekly note' }).waitFor();
  });
}
