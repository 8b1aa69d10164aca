// How pages look, said so that it holds with any fonts (docs/adr/0021): nothing wider than the screen, nothing that lies on a
// control, nothing too small to hit, no text that is cut.
import assert from 'node:assert/strict';

/** Widths that pages are looked at: a phone, a tablet, a laptop, a wide screen. */
export const WIDTHS = [375, 768, 1440, 2560];

/** What is wrong with the page as it stands, in words. */
function faults() {
  const found = [];
  const name = (element) => {
    const said = element.getAttribute('aria-label') ?? element.textContent ?? '';
    return `${element.tagName.toLowerCase()} "${said.trim().replace(/\s+/g, ' ').slice(0, 40)}"`;
  };
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth + 1) found.push(`the page is ${wide} px wide`);
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const controls = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((element) => {
    const { width, height } = element.getBoundingClientRect();
    // What is there for screen readers alone is one pixel large.
    return width > 2 && height > 2 && shown(element);
  });
  for (const control of controls) {
    control.scrollIntoView({ block: 'center', inline: 'nearest' });
    const box = control.getClientRects()[0] ?? control.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (x < 0 || x > innerWidth) {
      // What can be scrolled to sideways, such as tabs on a phone.
      if (!control.closest('.tabs, .seg, .wide, [role=tablist]')) found.push(`${name(control)} is beside the screen`);
      continue;
    }
    const top = document.elementFromPoint(x, y);
    const inside = top && (control.contains(top) || top.contains(control) || top.closest('label')?.contains(control));
    if (top && !inside) found.push(`${name(top)} lies on ${name(control)}`);
    const inText = control.tagName === 'A' && getComputedStyle(control).display === 'inline';
    // A link that stands alone in its line has room around it.
    const least = control.tagName === 'A' ? 19.5 : 23.5;
    const small = Math.min(box.width, box.height) < least && !inText && !control.closest('label, .marks');
    if (small) found.push(`${name(control)} is ${Math.round(box.width)} by ${Math.round(box.height)} px`);
  }
  for (const element of document.querySelectorAll('button, .btn, .chip, h1, h2, h3, label')) {
    const { overflow, textOverflow, clipPath } = getComputedStyle(element);
    if (clipPath !== 'none') continue;
    const cut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 2;
    if (cut && shown(element) && overflow !== 'visible' && textOverflow !== 'ellipsis') found.push(`${name(element)} is cut`);
  }
  scrollTo(0, 0);
  return found;
}

/** Looks at the page in every width. */
export async function looksWell(page, what, widths = WIDTHS) {
  const before = page.viewportSize();
  for (const width of widths) {
    await page.setViewportSize({ width, height: width < 500 ? 800 : 900 });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.deepEqual(await page.evaluate(faults), [], `${what}, ${width} px`);
  }
  await page.setViewportSize(before);
}
