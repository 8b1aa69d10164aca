// Scrolls the transcript of two hours, as an update's own is replaced on its way to the browser, and tells how smooth that is:
// frames drawn and dropped, the longest task of the page's thread. For the developer; no goal is set here.
// usage: node scroll.mjs BASE E-MAIL PASSWORD UPDATE_ID
import { createRequire } from 'node:module';

const clients = createRequire(new URL('../clients/package.json', import.meta.url));
const { chromium } = clients('playwright-core');
const [base, mail, password, update] = process.argv.slice(2);
const SEGMENTS = 1400;
const WORDS = 15;
const SPEED = 3000;
const SCROLL_MS = 10_000;

/** Two hours: 1400 segments of 15 words. */
function transcript(of) {
  const segments = Array.from({ length: SEGMENTS }, (_, at) => {
    const start = at * 5140;
    const words = Array.from({ length: WORDS }, (_, index) => ({
      start_ms: start + index * 330,
      end_ms: start + index * 330 + 300,
      text: ['payments', 'are', 'done', 'and', 'the', 'database', 'moves', 'on', 'Tuesday'][(at + index) % 9],
      confidence: (at + index) % 23 === 0 ? 0.4 : 0.95,
    }));
    return {
      id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
      start_ms: start,
      end_ms: start + 5000,
      text: words.map((word) => word.text).join(' '),
      words,
    };
  });
  return { ...of, segments, suggestions: [] };
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--mute-audio',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.route(`**/updates/${update}/transcript?*`, async (route) => {
  const answer = await route.fetch();
  await route.fulfill({ response: answer, json: transcript(await answer.json()) });
});
await page.goto(`${base}/sign-in`);
await page.locator('input[type=email]').fill(mail);
await page.locator('input[type=password]').fill(password);
await page.locator('form button[type=submit], form button.btn-primary').first().click();
await page.waitForURL((url) => url.pathname === '/');
await page.goto(`${base}/u/${update}`);
await page.locator('[data-index="5"]').waitFor();
await page.waitForTimeout(2000);

const box = await page.locator('.side [data-scroll]').boundingBox();
const devtools = await page.context().newCDPSession(page);
const events = [];
devtools.on('Tracing.dataCollected', ({ value }) => events.push(...value));
await devtools.send('Tracing.start', {
  traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'disabled-by-default-devtools.timeline.frame'] },
});
await devtools.send('Input.synthesizeScrollGesture', {
  x: box.x + box.width / 2,
  y: box.y + box.height / 2,
  yDistance: -Math.round((SPEED * SCROLL_MS) / 1000),
  speed: SPEED,
  gestureSourceType: 'mouse',
  preventFling: true,
});
const ended = new Promise((done) => devtools.once('Tracing.tracingComplete', done));
await devtools.send('Tracing.end');
await ended;

const scrolled = await page.locator('.side [data-scroll]').evaluate((box) => [Math.round(box.scrollTop), box.scrollHeight]);
const main = events.find((event) => event.name === 'thread_name' && event.args?.name === 'CrRendererMain');
const tasks = events.filter(
  (event) => event.name === 'RunTask' && event.pid === main?.pid && event.tid === main?.tid && event.dur !== undefined,
);
const named = (name) => events.filter((event) => event.name === name).length;
const draws = events.filter((event) => event.name === 'DrawFrame').map((event) => event.ts).sort((a, b) => a - b);
const spans = draws.slice(1).map((ts, index) => (ts - draws[index]) / 1000).sort((a, b) => a - b);
const lasted = ((draws.at(-1) ?? 0) - (draws[0] ?? 0)) / 1e6;
console.log(
  JSON.stringify({
    scrolled,
    seconds: lasted.toFixed(1),
    frames: draws.length,
    framesPerSecond: (draws.length / lasted).toFixed(1),
    dropped: named('DroppedFrame'),
    medianFrameMs: spans[Math.floor(spans.length / 2)]?.toFixed(1),
    p95FrameMs: spans[Math.floor(spans.length * 0.95)]?.toFixed(1),
    longestFrameMs: spans.at(-1)?.toFixed(1),
    longestTaskMs: (Math.max(...tasks.map((task) => task.dur)) / 1000).toFixed(1),
    tasksOver50Ms: tasks.filter((task) => task.dur > 50_000).length,
    elements: await page.evaluate(() => document.querySelectorAll('.side *').length),
  }),
);
await browser.close();
