// A week of two people: published, trimmed, deleted, brought back, a lost password, a sign-in that ends in mid-upload,
// a server that dies. Whoever starts this restarts the server when asked: a line on standard output, one on input.
// usage: node week.mjs BASE RECORDING FOLDER_FOR_PICTURES DATA_FOLDER CLOCK_FILE SERVER_PROGRAM
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { invite, makeTeam, signUp, theatre } from './people.mjs';
import { guest, losePasswords, settings, tokens, writeText } from './week/places.mjs';
import { sendOverSignIn, sendThroughTrouble } from './week/sending.mjs';
import { correct, deleteAndRestore, discuss, linkOverSignIn, open, reviewAndPublish, schedule } from './week/talking.mjs';

const [base, recording, pictures, data, clock, program] = process.argv.slice(2);
const stage = await theatre(base, pictures);
const { person, step, accessible, curtain } = stage;
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Lets so many minutes pass for the server. */
function later(minutes) {
  const now = new Date(fs.readFileSync(clock, 'utf8').trim());
  const then = new Date(now.getTime() + minutes * 60_000).toISOString();
  fs.writeFileSync(`${clock}.new`, then);
  fs.renameSync(`${clock}.new`, clock);
  // The browsers' clocks stay behind: their tokens are refused before they are renewed.
  for (const who of [ada, ben, elsewhere, gus]) who.expected.push(/status of 401/);
}

async function restart() {
  for (const who of [ada, ben, elsewhere, gus]) who.expected.push(/ERR_|status of 5\d\d/);
  console.log('RESTART');
  await lines.next();
}

const ada = await person('Ada', 'Europe/Berlin');
const ben = await person('Ben', 'Asia/Kolkata');
const elsewhere = await person('Adas second browser', 'Europe/Berlin');
const gus = await person('Gus', 'America/Lima');

await step('Ada signs up, makes teams, invites Ben, who joins', async () => {
  await signUp(ada, `${base}/sign-up`, 'Ferrywise');
  await makeTeam(ada, 'Leads', 'Private');
  await makeTeam(ada, 'Payments', 'Open');
  const link = await invite(ada, { teams: ['Payments'] });
  await accessible(ada, 'invite', { phone: true });
  await ben.page.goto(link);
  await ben.page.getByLabel('Your name').waitFor();
  await accessible(ben, 'accept', { phone: true });
  await signUp(ben, link);
  await ben.page.getByText('Kolkata').first().waitFor();
});

const bytes = fs.readFileSync(recording);
const update = await sendThroughTrouble(stage, ada, { bytes, later, restart });
await reviewAndPublish(stage, ada, update);
const team = await step('Ben finds it at home', async () => {
  await ben.page.goto(base);
  await ben.page.locator(`a[href="/u/${update}"]`).first().click();
  await ben.page.locator('[data-start-ms]').first().waitFor();
  const href = await ben.page.getByRole('link', { name: 'Payments' }).first().getAttribute('href');
  return href.split('/')[2];
});
await linkOverSignIn(stage, ben, update);
await discuss(stage, ada, ben, update);
await correct(stage, ada, ben, update);
await deleteAndRestore(stage, ada, ben, update);
const draft = await sendOverSignIn(stage, ada, elsewhere, { recording, name: path.basename(recording) });
await schedule(stage, ada, ben, draft, later);
await settings(stage, ada, team);
await guest(stage, ada, gus);
await tokens(stage, ada);
await writeText(stage, ben, team);
await losePasswords(stage, ada, ben, { data, program });
await step('at the end of the week all of it is there', async () => {
  await open(ada, update);
  await open(ben, update);
});
await curtain();
process.exit(0);
