// Monday: sending a recording while nearly everything goes wrong.
import assert from 'node:assert/strict';
import { api, reaches, signIn } from '../people.mjs';

/** So slow that there is a middle. */
const BYTES_PER_SECOND = 60_000;

/** Slows what a page sends; gives what ends it. */
async function slowly(who) {
  const wire = await who.context.newCDPSession(who.page);
  await wire.send('Network.enable');
  const set = (uploadThroughput) =>
    wire.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
  await set(BYTES_PER_SECOND);
  return async () => {
    await set(-1);
    await wire.detach();
  };
}

/** Waits until some of the file has gone. */
async function midway(who, name) {
  await who.page.waitForFunction((name) => {
    const bar = document.querySelector(`[role=progressbar][aria-label="Progress of ${name}"]`);
    return bar && Number(bar.getAttribute('aria-valuenow')) >= 20 && Number(bar.getAttribute('aria-valuenow')) < 90;
  }, name);
}

/** Drops a file on the page as a person does. */
async function drop(who, name, bytes) {
  const files = await who.page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: 'video/webm', lastModified: 1_700_000_000_000 }));
      return transfer;
    },
    [name, bytes.toString('base64')],
  );
  const zone = who.page.getByRole('group', { name: 'Drop files here' });
  for (const event of ['dragenter', 'dragover', 'drop']) await zone.dispatchEvent(event, { dataTransfer: files });
}

/** The offsets at which PATCHes of a page begin. */
function patches(who) {
  const seen = [];
  who.page.on('request', (request) => {
    if (request.method() === 'PATCH' && request.url().includes('/api/v1/uploads/')) {
      seen.push(Number(request.headers()['upload-offset']));
    }
  });
  return seen;
}

/** The wire loses the answer to the upload's beginning, and the server is busy when it is asked how far it is. */
async function faults(who) {
  const met = { lost: 0, busy: 0 };
  await who.page.route('**/api/v1/uploads**', async (route) => {
    const method = route.request().method();
    if (method === 'POST' && met.lost === 0) {
      met.lost += 1;
      const answer = await route.fetch();
      assert.equal(answer.status(), 201);
      return route.abort();
    }
    if (method === 'HEAD' && met.busy === 0) {
      met.busy += 1;
      return route.fulfill({ status: 503, headers: { 'retry-after': '1' } });
    }
    return route.fallback();
  });
  return met;
}

const draftOf = (who) => new URL(who.page.url()).pathname.split('/')[2];

/** Dropped, paused, the access token dies, the server dies: one update comes of it. Answers its id. */
export async function sendThroughTrouble({ step, accessible }, ada, { bytes, later, restart }) {
  await step('Ada drops a file before she has chosen the team; it waits', async () => {
    await ada.page.goto(`${ada.base}/upload`);
    await accessible(ada, 'upload', { phone: true });
    await drop(ada, 'Monday status.webm', bytes);
    await ada.page.getByText('Choose the team').waitFor();
  });
  const full = await slowly(ada);
  await step('it begins once, though the first answer is lost and the server busy', async () => {
    ada.expected.push(/ERR_FAILED.*uploads/, /status of (409|503).*uploads/);
    const met = await faults(ada);
    await ada.page.getByLabel('Team', { exact: true }).selectOption({ label: 'Payments' });
    await midway(ada, 'Monday status.webm');
    assert.deepEqual(met, { lost: 1, busy: 1 });
    await ada.page.unrouteAll();
  });
  await step('it goes on after a pause, though the access token has ended', async () => {
    await ada.page.getByRole('button', { name: 'Pause Monday status.webm' }).click();
    await ada.page.getByText(/^Paused at/).waitFor();
    await accessible(ada, 'upload-paused');
    await later(20);
    const offsets = patches(ada);
    await ada.page.getByRole('button', { name: 'Resume Monday status.webm' }).click();
    await midway(ada, 'Monday status.webm');
    await ada.page.waitForFunction(() => document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') >= 60);
    assert.ok(offsets.length > 0 && offsets.every((offset) => offset > 0), `it began anew: ${offsets}`);
  });
  return step('it ends, though the server is killed in its midst', async () => {
    ada.expected.push(/status of 409.*uploads/);
    await restart();
    await full();
    await ada.page.waitForURL(/\/u\//);
    const update = draftOf(ada);
    await ada.page.locator('[data-start-ms]').first().waitFor({ timeout: 120_000 });
    await reaches(ada, update, 'ready');
    return update;
  });
}

/** The page is reloaded, then the session is ended elsewhere, in mid-upload. Answers the draft's id. */
export async function sendOverSignIn({ step }, ada, elsewhere, { recording, name }) {
  await ada.page.goto(`${ada.base}/upload`);
  await ada.page.getByLabel('Team', { exact: true }).selectOption({ label: 'Payments' });
  const full = await slowly(ada);
  ada.page.on('dialog', (dialog) => void dialog.accept());
  await step('Ada reloads the page in mid-upload and chooses the file again', async () => {
    await ada.page.locator('input[type="file"]').setInputFiles(recording);
    await midway(ada, name);
    await ada.page.getByRole('button', { name: `Pause ${name}` }).click();
    await ada.page.getByText(/^Paused at/).waitFor();
    await ada.page.reload();
    await ada.page.getByText('Not finished').waitFor();
    await ada.page.getByLabel('Team', { exact: true }).selectOption({ label: 'Payments' });
    await ada.page.locator('input[type="file"]').setInputFiles(recording);
    await ada.page.getByText('Going on where it stopped.').waitFor();
    await ada.page.getByRole('button', { name: `Pause ${name}` }).click();
    await ada.page.getByText(/^Paused at/).waitFor();
  });
  await step('her session is ended from another browser', async () => {
    await elsewhere.page.goto(`${elsewhere.base}/sign-in`);
    await signIn({ ...elsewhere, name: ada.name });
    await elsewhere.page.waitForURL((url) => url.pathname === '/');
    await elsewhere.page.goto(`${elsewhere.base}/settings/sessions`);
    await elsewhere.page.getByRole('button', { name: /^Sign out / }).first().click();
    await elsewhere.page.getByText('That browser is signed out.').waitFor();
  });
  return step('she signs in again, and the upload goes on by itself', async () => {
    ada.expected.push(/status of 401/);
    await ada.page.getByRole('button', { name: `Resume ${name}` }).click();
    await ada.page.waitForURL(/\/sign-in\?next=/);
    await signIn(ada);
    await full();
    await ada.page.waitForURL(/\/u\//);
    assert.equal((await api(ada, 'GET', `/api/v1/updates/${draftOf(ada)}`)).json.publish.state, 'draft');
    return draftOf(ada);
  });
}
