// What two people do with an update: trim, correct, choose words, ask, answer, delete, bring back.
import assert from 'node:assert/strict';
import { api, chooseKind, playsAt, signIn } from '../people.mjs';

const transcript = (who) => who.page.getByRole('region', { name: 'Transcript' }).first();
const comments = (who) => who.page.getByRole('region', { name: 'Comments' });
const menu = async (who, item) => {
  await who.page.getByRole('button', { name: 'More', exact: true }).click();
  await who.page.getByRole('menuitem', { name: item }).click();
};

/** Opens an update and waits for its text. */
export async function open(who, update, query = '') {
  await who.page.goto(`${who.base}/u/${update}${query}`);
  await who.page.locator('[data-start-ms]').first().waitFor();
}

/** The draft is trimmed, looked at, shown whole again, named and published. */
export async function reviewAndPublish({ step, accessible }, ada, update) {
  await step('Ada trims the draft: what was cut is in neither player nor text', async () => {
    await accessible(ada, 'draft', { phone: true });
    await menu(ada, 'Trim');
    await ada.page.getByRole('textbox', { name: 'Start' }).fill('0:06.0');
    await accessible(ada, 'trim');
    await ada.page.getByRole('button', { name: 'Save trim' }).click();
    await ada.page.waitForFunction(() => !document.querySelector('[data-segment]')?.textContent?.includes('Good morning'));
    await ada.page.reload();
    await ada.page.locator('[data-start-ms]').first().waitFor();
    assert.equal(await ada.page.getByTestId('player-time').innerText(), '0:00');
    const word = ada.page.locator('[data-start-ms]').nth(2);
    const said = Number(await word.getAttribute('data-start-ms'));
    await word.click();
    const shown = `0:0${Math.floor((said - 6_000) / 1000)}`;
    await ada.page.waitForFunction((shown) => document.querySelector('[data-testid=player-time]')?.textContent === shown, shown);
  });
  await step('she shows the whole again', async () => {
    await menu(ada, 'Trim');
    await ada.page.getByRole('button', { name: 'Show the whole again' }).click();
    await transcript(ada).getByText('morning').first().waitFor();
    await ada.page.getByRole('group', { name: 'Playback' }).getByText('0:14').waitFor();
  });
  await step('she corrects its title and publishes', async () => {
    await ada.page.getByRole('button', { name: 'Edit title' }).click();
    await ada.page.getByLabel('Title').fill('Payment service');
    await ada.page.keyboard.press('Enter');
    await ada.page.getByRole('heading', { name: 'Payment service' }).waitFor();
    await ada.page.getByRole('region', { name: 'Draft' }).getByRole('button', { name: 'Publish', exact: true }).click();
    await ada.page.getByText('Published.').waitFor();
    assert.equal((await api(ada, 'GET', `/api/v1/updates/${update}`)).json.publish.state, 'published');
  });
}

/** A link to a second survives the sign-in. */
export async function linkOverSignIn({ step }, ben, update) {
  await step('a link to a second survives Ben’s signing in', async () => {
    await ben.page.getByRole('button', { name: /Your account/ }).click();
    await ben.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await ben.page.waitForURL(/\/sign-in/);
    await ben.page.goto(`${ben.base}/u/${update}?t=7`);
    await ben.page.waitForURL(/\/sign-in\?next=/);
    await signIn(ben);
    await ben.page.waitForURL(/\/u\/.*t=7/);
    await playsAt(ben, 7_000);
  });
}

/** Chosen words, a question with its answer, an action, an edit with its history, a deletion. */
export async function discuss({ step, accessible }, ada, ben, update) {
  await step('Ben comments on words that he chose', async () => {
    await open(ben, update);
    await ben.page.evaluate(() => {
      const words = document.querySelectorAll('[data-segment] .w');
      getSelection().setBaseAndExtent(words[3].firstChild, 0, words[5].firstChild, words[5].textContent.length);
    });
    const bar = ben.page.getByRole('toolbar', { name: 'Chosen words' });
    await accessible(ben, 'chosen-words');
    await bar.getByRole('button', { name: 'Comment' }).click();
    await ben.page.keyboard.type('Well done, @Ada');
    await ben.page.getByRole('option', { name: /Ada/ }).click();
    await ben.page.getByRole('button', { name: 'Post comment' }).click();
    await comments(ada).getByText('Well done').waitFor();
    const made = (await api(ben, 'GET', `/api/v1/updates/${update}/comments`)).json.items[0];
    assert.ok(made.end_ms > made.at_ms && made.mentions.length === 1, JSON.stringify(made));
  });
  const say = async (who, kind, text, extra = async () => undefined) => {
    await who.page.getByRole('textbox', { name: 'Comment', exact: true }).fill(text);
    await chooseKind(who.page.getByRole('form', { name: 'New comment' }), kind);
    await extra();
    await who.page.getByRole('button', { name: 'Post comment' }).click();
    await comments(who).getByText(text).waitFor();
  };
  const said = (who, text) => comments(who).getByRole('article').filter({ hasText: text });
  await step('Ben asks, Ada answers, Ben accepts the answer', async () => {
    await say(ben, 'Question', 'When does the window open?');
    await said(ada, 'When does').getByRole('button', { name: 'Reply' }).click();
    await ada.page.keyboard.type('At nine.');
    await ada.page.getByRole('button', { name: 'Post reply' }).click();
    await said(ben, 'At nine.').getByRole('button', { name: 'Accept as answer' }).click();
    await comments(ada).locator('summary', { hasText: 'Answered' }).waitFor();
  });
  await step('an action for Ada: got it, resolved, reopened', async () => {
    await say(ben, 'Action', 'Send the list', async () => {
      await ben.page.getByRole('combobox', { name: 'For' }).selectOption({ label: 'Ada' });
      await ben.page.getByLabel('Due').fill('2031-11-25');
      await accessible(ben, 'composer');
    });
    await said(ada, 'Send the list').getByRole('button', { name: 'Got it' }).click();
    await said(ben, 'Send the list').getByText('noted').waitFor();
    await said(ada, 'Send the list').getByRole('button', { name: 'Resolve' }).click();
    await said(ben, 'Send the list').getByRole('button', { name: 'Reopen' }).click();
    await comments(ada).locator('summary', { hasText: 'Send the list' }).waitFor({ state: 'detached' });
  });
  await step('a comment is changed, its history shown, another deleted', async () => {
    await said(ben, 'Send the list').getByRole('button', { name: 'Edit' }).click();
    await ben.page.keyboard.press('ControlOrMeta+a');
    await ben.page.keyboard.type('Send the whole list');
    await ben.page.getByRole('button', { name: 'Save', exact: true }).click();
    await said(ada, 'Send the whole list').getByRole('button', { name: '(edited)' }).click();
    await ada.page.getByRole('dialog').getByText('Send the list', { exact: true }).waitFor();
    await accessible(ada, 'history');
    await ada.page.getByRole('button', { name: 'Close' }).click();
    await say(ben, 'Decision', 'We wait');
    await said(ben, 'We wait').getByRole('button', { name: 'Delete' }).click();
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await said(ada, 'We wait').waitFor({ state: 'detached' });
  });
  await step('a reaction at a moment is seen by the other', async () => {
    await ben.page.getByRole('button', { name: /^👍/ }).first().click();
    await ada.page.getByRole('button', { name: /^👍.*1 so far/ }).waitFor();
    await accessible(ada, 'discussion', { phone: true });
  });
}

/** The author corrects the text; where somebody was faster, nothing is lost unseen. */
export async function correct({ step, accessible }, ada, ben, update) {
  await step('Ada corrects a segment; Ben sees it', async () => {
    await ada.page.getByRole('button', { name: 'Correct the text' }).click();
    await ada.page.getByRole('button', { name: /^Correct the text at/ }).first().click();
    await ada.page.getByRole('textbox', { name: /^Text at/ }).fill('Good morning. The payments service is finished.');
    await accessible(ada, 'correct');
    await ada.page.getByRole('button', { name: 'Save', exact: true }).click();
    await transcript(ben).getByText('payments').waitFor();
  });
  await step('a correction that lost a race is told and kept', async () => {
    await ada.page.getByRole('button', { name: /^Correct the text at/ }).first().click();
    const found = (await api(ada, 'GET', `/api/v1/updates/${update}/transcript`)).json.segments[0];
    const theirs = { text: 'Somebody was faster.' };
    assert.equal((await api(ada, 'PATCH', `/api/v1/transcript/segments/${found.id}`, theirs)).status, 200);
    const field = ada.page.getByRole('textbox', { name: /^Text at/ });
    await field.fill('Good morning. The payment service is finished.');
    ada.expected.push(/status of 412/);
    await ada.page.getByRole('button', { name: 'Save', exact: true }).click();
    await ada.page.getByText('Meanwhile it says: “Somebody was faster.”').waitFor();
    assert.match(await field.inputValue(), /^Good morning/);
    await ada.page.getByRole('button', { name: 'Save', exact: true }).click();
    await field.waitFor({ state: 'detached' });
    await transcript(ben).getByText('payment', { exact: true }).waitFor();
  });
}

/** Deleted, gone for the other, brought back with everything. */
export async function deleteAndRestore({ step, accessible }, ada, ben, update) {
  await step('Ada deletes it by mistake; Ben sees nothing of it', async () => {
    ben.expected.push(new RegExp(`status of 404.*${update}`));
    await menu(ada, 'Delete');
    await ada.page.getByText('The update is deleted').waitFor();
    await accessible(ada, 'deleted', { phone: true });
    await ben.page.getByText('There is no such update here').waitFor();
    await accessible(ben, 'missing');
    await ben.page.goto(`${ben.base}/search?q=finished`);
    await ben.page.getByText('Nothing found').waitFor();
  });
  await step('she brings it back with text and comments, and Ben finds it', async () => {
    await ada.page.getByRole('button', { name: 'Undo' }).click();
    await ada.page.locator('[data-start-ms]').first().waitFor();
    await comments(ada).getByText('Send the whole list').waitFor();
    await ben.page.reload();
    await ben.page.locator(`a[href^="/u/${update}?t="]`).first().waitFor();
    await accessible(ben, 'search', { phone: true });
    await ben.page.locator(`a[href^="/u/${update}?t="]`).first().click();
    await ben.page.locator('[data-start-ms]').first().waitFor();
    // What happens from now on is seen again.
    await ben.page.getByRole('textbox', { name: 'Comment', exact: true }).fill('It is back');
    await ben.page.getByRole('button', { name: 'Post comment' }).click();
    await comments(ada).getByText('It is back').waitFor();
  });
}

/** A time is set, taken back, set again, and comes. */
export async function schedule({ step, accessible }, ada, ben, draft, later) {
  const banner = ada.page.getByRole('region', { name: 'Draft' });
  await step('Ada sets a time, takes it back, and sets it again', async () => {
    await ada.page.goto(`${ada.base}/u/${draft}`);
    for (const last of [false, true]) {
      await banner.getByRole('button', { name: 'Schedule' }).click();
      await banner.getByRole('button', { name: 'Set the time' }).click();
      await banner.getByText('To be published on').waitFor();
      if (!last) await banner.getByRole('button', { name: 'Back to draft' }).click();
      if (!last) await banner.getByText('This is a draft.').waitFor();
    }
    await accessible(ada, 'scheduled');
    const found = (await api(ada, 'GET', `/api/v1/updates/${draft}`)).json;
    await ada.page.goto(`${ada.base}/t/${found.team_id}`);
    await ada.page.getByRole('heading', { name: 'Your drafts here' }).waitFor();
    await ada.page.getByText(/^Scheduled, /).waitFor();
    await accessible(ada, 'team', { phone: true });
  });
  await step('until then Ben does not see it; then it comes by itself', async () => {
    await ben.page.goto(ben.base);
    await ben.page.getByRole('heading', { name: 'Updates' }).waitFor();
    assert.equal(await ben.page.locator(`a[href="/u/${draft}"]`).count(), 0);
    ben.expected.push(new RegExp(`status of 404.*${draft}`));
    assert.equal((await api(ben, 'GET', `/api/v1/updates/${draft}`)).status, 404);
    await later(4 * 24 * 60);
    await ben.page.locator(`a[href="/u/${draft}"]`).first().waitFor();
    await accessible(ben, 'home', { phone: true });
  });
}
