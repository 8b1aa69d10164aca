// A guest in a fresh profile opens a share link: watches, comments, and is out once the link is revoked.
// usage: node share.mjs BASE RECORDING FOLDER_FOR_PICTURES
import assert from 'node:assert/strict';
import { api, makeTeam, reaches, signUp, theatre, watches } from './people.mjs';

const [base, recording, pictures] = process.argv.slice(2);
const { person, step, accessible, curtain } = await theatre(base, pictures);
const ada = await person('Ada', 'Europe/Berlin');
const guest = await person('Gia', 'America/Lima');

const update = await step('Ada publishes a recording', async () => {
  await signUp(ada, `${base}/sign-up`, 'Ferrywise');
  const team = await makeTeam(ada, 'Product', 'Private');
  await ada.page.goto(`${base}/upload?team=${team}`);
  await ada.page.locator('input[type="file"]').setInputFiles(recording);
  await ada.page.waitForURL(/\/u\//);
  const update = new URL(ada.page.url()).pathname.split('/')[2];
  await reaches(ada, update, 'ready');
  const title = '</title><script>document.title="ran"</script>';
  assert.equal((await api(ada, 'PATCH', `/api/v1/updates/${update}`, { title })).status, 200);
  assert.equal((await api(ada, 'POST', `/api/v1/updates/${update}/publish`, {})).status, 200);
  await ada.page.reload();
  return update;
});

const dialog = ada.page.getByRole('dialog', { name: 'Share links' });
const link = await step('Ada makes a link with a password and comments', async () => {
  await ada.page.getByRole('button', { name: 'More' }).first().click();
  await ada.page.getByRole('menuitem', { name: /^Share outside/ }).click();
  await dialog.getByLabel('Password (optional)').fill('open sesame');
  await dialog.getByLabel(/^Guests read the comments/).check();
  await dialog.getByRole('button', { name: 'Make link' }).click();
  const link = await dialog.getByLabel('Link', { exact: true }).inputValue();
  await accessible(ada, 'share-dialog');
  await dialog.getByRole('button', { name: 'Close' }).click();
  return link;
});

await step('nothing is shown before the password', async () => {
  guest.expected.push(/status of 401/);
  const page = await guest.page.goto(link);
  assert.ok(!(await page.text()).includes('ran'), 'the head tells the title of a link with a password');
  await guest.page.getByLabel('Password').fill('close sesame');
  await guest.page.getByRole('button', { name: 'Watch', exact: true }).click();
  await guest.page.getByText('This is not the password.').waitFor();
  await accessible(guest, 'share-locked', { phone: true });
});

await step('the guest watches without signing in', async () => {
  await guest.page.getByLabel('Password').fill('open sesame');
  await guest.page.getByRole('button', { name: 'Watch', exact: true }).click();
  await watches(guest);
  assert.ok((await guest.page.title()).startsWith('</title><script>'), await guest.page.title());
  assert.equal(await guest.page.getByRole('link', { name: 'Download' }).count(), 0);
  await accessible(guest, 'shared', { phone: true });
});

await step('the guest comments at a moment, and Ada sees it without reloading', async () => {
  await guest.page.getByLabel('Your name').fill('Gia Guest');
  await guest.page.getByLabel('Your comment').fill('Shall we meet the customer?');
  await guest.page.getByRole('button', { name: 'Send comment' }).click();
  await ada.page.getByText('Shall we meet the customer?').first().waitFor();
  await ada.page.getByText('Gia Guest (guest)').first().waitFor();
});

await step('an open link tells its title and stands in frames; one with a password does neither', async () => {
  const made = await api(ada, 'POST', `/api/v1/updates/${update}/share-links`, { allow_download: true });
  const open = made.json.url;
  const oembed = (url) => guest.context.request.get(`${base}/oembed?url=${encodeURIComponent(url)}`);
  assert.equal((await oembed(link)).status(), 401);
  const shown = await (await oembed(open)).json();
  assert.ok(shown.html.includes(`${open}?embed=1`), shown.html);
  const [page, framed] = [await guest.context.request.get(open), await guest.context.request.get(`${open}?embed=1`)];
  const head = (await page.text()).split('</head>')[0];
  assert.ok(head.includes('<meta property="og:title" content="&lt;/title&gt;'), head);
  assert.ok(!head.includes('<script>document.title'), head);
  assert.match(page.headers()['content-security-policy'], /frame-ancestors 'self'/);
  assert.match(framed.headers()['content-security-policy'], /frame-ancestors \*/);
  const poster = /property="og:image" content="([^"]+)"/.exec(head)[1];
  assert.equal((await guest.context.request.get(poster)).headers()['content-type'], 'image/jpeg');
  const other = await person('Frame', 'UTC');
  await other.page.goto(`${open}?embed=1`);
  await watches(other);
  assert.equal(await other.page.getByRole('textbox').count(), 0);
});

await step('a revoked link says so', async () => {
  guest.expected.push(/status of 404/);
  await ada.page.getByRole('button', { name: 'More' }).first().click();
  await ada.page.getByRole('menuitem', { name: /^Share outside/ }).click();
  // The newest first: the open one, then the guest's.
  await dialog.getByRole('button', { name: /^Revoke/ }).nth(1).click();
  await guest.page.getByText('This link does not lead anywhere any more').waitFor();
  assert.equal((await guest.context.request.get(link)).status(), 404);
});

await curtain();
