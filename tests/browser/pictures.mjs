// The pictures of the README, from the sample workspace (scripts/demo.py): four screens, and the frames of a short film of
// record, watch, comment. Nothing is drawn over them: they are what the browser shows.
// usage: node pictures.mjs BASE DEMO_FILE FOLDER
import fs from 'node:fs';
import path from 'node:path';
import { browser, button, speech } from './recorder-lib.mjs';

const [base, demo, folder] = process.argv.slice(2);
const { password } = JSON.parse(fs.readFileSync(demo, 'utf8'));
fs.mkdirSync(folder, { recursive: true });
const said = speech(folder, { long: true });
const SCREEN = { width: 1280, height: 800 };

const ada = await browser(folder, 'ada', { mic: said.file, viewport: SCREEN, flags: ['--hide-scrollbars'] });
const { page } = ada;
page.setDefaultTimeout(30_000);
const frames = [];

/** A frame of the film, shown for so many seconds. */
async function frame(seconds = 0.9) {
  const file = path.join(folder, `frame-${String(frames.length).padStart(3, '0')}.png`);
  await page.screenshot({ path: file, caret: 'initial' });
  frames.push({ file, seconds });
}

const picture = (name) => page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
const quiet = () => page.waitForLoadState('networkidle').catch(() => undefined);

await page.goto(`${base}/sign-in`);
await page.getByLabel('E-mail').fill('ada@demo.example');
await page.getByLabel('Password').fill(password);
await button(page, 'Sign in').click();
await page.getByRole('heading', { level: 1, name: /^(Good|Still up)/ }).waitFor();
await page.getByRole('region', { name: 'Updates' }).getByRole('link').first().waitFor();

// The four screens.
await page.waitForTimeout(1500);
await picture('home');
await page.getByRole('link', { name: 'Payments are done, the database moves next' }).first().click();
await page.locator('span[data-start-ms]').first().waitFor();
await page.locator('span[data-start-ms]').nth(9).click();
await page.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
await button(page, 'Play').first().click();
await page.waitForTimeout(900);
await button(page, 'Pause').first().click();
await page.mouse.move(5, 5);
await picture('watch');
await page.goto(`${base}/`);
await page.getByRole('region', { name: 'Rounds' }).getByRole('link', { name: 'Daily stand-up' }).first().click();
await page.getByRole('heading', { level: 1 }).waitFor();
await page.getByText('The retries are in').first().waitFor();
await page.waitForTimeout(1500);
await picture('round');
await page.goto(`${base}/search?q=migration`);
await page.getByRole('link', { name: /^at / }).first().waitFor();
await page.waitForTimeout(500);
await picture('search');

// The film: record on a whiteboard.
await page.goto(`${base}/record`);
await page.getByRole('radio', { name: 'Whiteboard', exact: true }).check();
await page.getByLabel('Title').fill('How a payment goes from now on');
const countdown = page.getByRole('checkbox', { name: 'Count down' });
if (await countdown.isChecked()) await countdown.uncheck();
await page.getByRole('meter').waitFor();
await page.waitForTimeout(700);
await frame(1.6);
await button(page, 'Start recording').click();
await page.getByRole('timer').waitFor();
await button(page, 'Pen').click();
const stage = await page.getByRole('region', { name: 'Recording' }).locator('canvas, video').first().boundingBox();
const at = (x, y) => [stage.x + stage.width * x, stage.y + stage.height * y];
async function stroke(points) {
  await page.mouse.move(...at(...points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(...point), { steps: 8 });
  await page.mouse.up();
  await frame(0.7);
}
const box = (x, y, w, h) => [[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]];
await frame(0.8);
await stroke(box(0.12, 0.36, 0.2, 0.24));
await stroke([[0.34, 0.48], [0.5, 0.48], [0.47, 0.44], [0.5, 0.48], [0.47, 0.52]]);
await stroke(box(0.52, 0.36, 0.2, 0.24));
await stroke([[0.57, 0.48], [0.61, 0.54], [0.68, 0.41]]);
await page.waitForTimeout(9000);
await frame(0.9);
await button(page, 'Stop').click();
await page.waitForURL(/\/u\//);
await button(page, 'Publish').waitFor();
await frame(1.2);
await button(page, 'Publish').click();
await page.getByRole('region', { name: 'Draft' }).waitFor({ state: 'detached' });
await page.locator('span[data-start-ms]').nth(4).waitFor();
await page.waitForTimeout(800);
await frame(1.2);

// Watch it, go to a word, comment there.
await button(page, 'Play').first().click();
for (let shot = 0; shot < 4; shot += 1) {
  await page.waitForTimeout(500);
  await frame(0.6);
}
await page.locator('span[data-start-ms]').nth(12).click();
await frame(0.8);
await page.keyboard.press('c');
await page.getByRole('textbox', { name: 'Comment' }).evaluate((box) => box.scrollIntoView({ block: 'center' }));
const words = ['Does this', ' hold for', ' refunds too?'];
for (const part of words) {
  await page.keyboard.type(part);
  await frame(0.5);
}
await page.getByRole('button', { name: 'Post comment' }).click();
await page.getByRole('article', { name: /^Comment by/ }).first().waitFor();
await page.waitForTimeout(600);
await frame(2.4);

const list = frames.flatMap(({ file, seconds }) => [`file '${path.resolve(file)}'`, `duration ${seconds}`]);
// The demuxer takes the last duration from the file that follows it.
fs.writeFileSync(path.join(folder, 'film.txt'), [...list, `file '${path.resolve(frames.at(-1).file)}'`, ''].join('\n'));
await ada.close();
