// Lighthouse over the main pages: cold cache, desktop and mobile, medians. A browser of its own that is signed in first.
// usage: node pages.mjs BASE EMAIL PASSWORD UPDATE SHARE_TOKEN ROUNDS; the last line is JSON.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import lighthouse, { desktopConfig } from 'lighthouse';
import puppeteer from 'puppeteer-core';

const [base, email, password, update, share, rounds] = process.argv.slice(2);
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--mute-audio',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const FORMS = { desktop: desktopConfig, mobile: undefined };
/** How long a page may load, in ms. The stream of events never ends, so Lighthouse waits that long for the network to rest. */
const LOAD = 12_000;

const profile = await mkdtemp(path.join(os.tmpdir(), 'meridian-pages-'));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  userDataDir: profile,
  args: FLAGS,
});

/** Nothing that an earlier visit left: neither files nor the app's worker. Cookies stay. */
async function cold(page) {
  // From a page of the same origin: Lighthouse loses a navigation that changes the process.
  await page.goto(`${base}/manifest.webmanifest`);
  const devtools = await page.createCDPSession();
  await devtools.send('Network.clearBrowserCache');
  await devtools.send('Storage.clearDataForOrigin', { origin: base, storageTypes: 'cache_storage,service_workers' });
  await devtools.detach();
}

const middle = (figures) => [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)];

/**
 * kB of script that comes over the wire until nothing more is loaded before it plays. Without the app's worker, through
 * which files come without a size.
 */
async function script(address) {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => delete Navigator.prototype.serviceWorker);
  await cold(page);
  const devtools = await page.createCDPSession();
  const scripts = new Set();
  let bytes = 0;
  devtools.on('Network.responseReceived', ({ requestId, type }) => type === 'Script' && scripts.add(requestId));
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await devtools.send('Network.enable');
  await page.goto(`${base}${address}`, { waitUntil: 'load' });
  await new Promise((done) => setTimeout(done, 4000));
  await page.close();
  return bytes / 1000;
}

async function measure(address, form) {
  const seen = [];
  let unrecorded = 0;
  while (seen.length < Number(rounds)) {
    const page = await browser.newPage();
    await cold(page);
    const flags = { onlyCategories: CATEGORIES, disableStorageReset: true, maxWaitForLoad: LOAD, logLevel: 'error' };
    const { lhr } = await lighthouse(`${base}${address}`, flags, FORMS[form], page);
    await page.close();
    // The browser's trace of the page lacks its beginning now and then: nothing was measured, so it is measured again.
    if (lhr.runtimeError?.code === 'NO_NAVSTART' && (unrecorded += 1) < 3) continue;
    if (lhr.runtimeError) throw new Error(`${address}, ${form}: ${lhr.runtimeError.message}`);
    seen.push(lhr);
  }
  const score = (name) => middle(seen.map((lhr) => lhr.categories[name].score * 100));
  const figure = (name) => middle(seen.map((lhr) => lhr.audits[name].numericValue ?? 0));
  // What keeps a page from full marks, for who wants to mend it.
  const short = Object.values(seen[0].audits)
    .filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === 'binary')
    .map((audit) => audit.id);
  return {
    ...Object.fromEntries(CATEGORIES.map((name) => [name, score(name)])),
    lcp_s: figure('largest-contentful-paint') / 1000,
    cls: figure('cumulative-layout-shift'),
    blocked_ms: figure('total-blocking-time'),
    short,
  };
}

/** Seconds until the largest part of the page is painted, for somebody beside the server: nothing is slowed down. */
async function painted(address) {
  const seen = [];
  for (let round = 0; round < Number(rounds); round += 1) {
    const page = await browser.newPage();
    await page.setViewport({ width: 1350, height: 940 });
    await cold(page);
    await page.goto(`${base}${address}`, { waitUntil: 'load' });
    seen.push(await page.evaluate(() => new Promise((done) => {
      let last = 0;
      new PerformanceObserver((list) => {
        for (const { startTime } of list.getEntries()) last = startTime;
      }).observe({ type: 'largest-contentful-paint', buffered: true });
      setTimeout(() => done(last), 3000);
    })));
    await page.close();
  }
  return { lcp_s: middle(seen) / 1000, script_kb: await script(address) };
}

try {
  const results = {};
  // Guests and who has no account first: then nobody is signed in yet.
  for (const form of ['desktop', 'mobile']) {
    results[`sign-in, ${form}`] = await measure('/sign-in', form);
    results[`guest page, ${form}`] = await measure(`/s/${share}`, form);
  }
  const page = await browser.newPage();
  await page.goto(`${base}/sign-in`);
  await page.waitForSelector('input[type=email]');
  await page.type('input[type=email]', email);
  await page.type('input[type=password]', password);
  await Promise.all([page.waitForNavigation(), page.click('button.btn-primary')]);
  await page.waitForSelector('nav');
  await page.close();
  for (const [name, address] of [['watch page', `/u/${update}`], ['home', '/'], ['search', '/search?q=refunds']]) {
    results[`${name}, unthrottled`] = await painted(address);
    for (const form of ['desktop', 'mobile']) results[`${name}, ${form}`] = await measure(address, form);
  }
  console.log(JSON.stringify(results));
} finally {
  await browser.close();
  await rm(profile, { recursive: true, force: true });
}
